-- One row per article of `touched`, with the hash of its newest version's content.
with newest as (
    select article_id, arg_max(content_sha256, struct_pack(seen_at, observation_id)) as content_sha256
    from observations
    where article_id in (select article_id from touched)
    group by article_id
)
select articles.*, newest.content_sha256
from articles join newest using (article_id)
