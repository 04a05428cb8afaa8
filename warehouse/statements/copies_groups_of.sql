-- All members of the groups that the asked articles are in.
select copy_id, article_id
from copies
where relation <> 'translation' and copy_id in (
    select copy_id from copies where article_id in (select article_id from asked) and relation <> 'translation'
)
