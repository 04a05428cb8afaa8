-- Articles of the slice that are in a group and changed, or have no text to compare any more.
with held as (
    select article_id from text_sketches join copies_slice using (article_id)
)
select article_id
from copies join copies_slice using (article_id)
where relation <> 'translation'
    and (article_id in (select article_id from changed_sketches) or article_id not in (select article_id from held))
