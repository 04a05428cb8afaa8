-- Texts of the slice that came without a sketch of this recipe and have none that still holds.
with wanted as (
    select article_id
    from copies_slice join copies_pending using (article_id)
    where version is distinct from $version
), held as (
    select article_id
    from text_sketches join wanted using (article_id) join article_texts using (article_id)
    where version = $version and text_hash = ('0x' || left(text_sha256, 16))::ubigint
)
select article_id, body
from articles join wanted using (article_id)
where article_id not in (select article_id from held)
