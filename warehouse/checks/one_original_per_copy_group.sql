-- Each group of copies has exactly one original, and articles and copies agree on it; an article in no group is an original.
-- level: error
with grouped as (
    select copy_id, article_id, relation from copies where relation <> 'translation'
), members as materialized (
    -- An article that is not among them, and is in a group, does not agree with it either.
    select article_id, outlet_id, copy_id, is_original from articles where copy_id is not null or not is_original
)
select null as outlet_id, 'group ' || grouped.copy_id as observed, 'one original' as expected,
    count(*) filter (members.is_original) || ' originals among ' || count(*) || ' articles' as detail
from grouped left join members using (article_id)
group by grouped.copy_id
having count(*) filter (members.is_original) <> 1 or count(*) filter (relation = 'original') <> 1
    or bool_or(members.is_original is distinct from (relation = 'original')) or bool_or(members.copy_id is distinct from grouped.copy_id)
union all
select outlet_id, 'article ' || article_id, 'an original, or a member of a group', 'copy_id ' || coalesce(copy_id, 'none')
from members
where article_id not in (select article_id from grouped)
