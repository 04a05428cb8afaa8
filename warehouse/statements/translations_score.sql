-- How much two texts share of what both languages write alike. A township or a figure says more than a state or an army that is in every story.
-- The weights are judgement, not measurement: no set of labelled pairs was at hand.
insert into translation_pairs
with asked as (
    select article_id from translation_candidates union select other_article_id from translation_candidates
), items as (
    select distinct article_id, 'place ' || entity_id as item, if(length(entity_id) >= 9, 2.0, .5) as weight
    from near_mentions join asked using (article_id)
    where kind = 'place'
    union
    select distinct article_id, 'name ' || entity_id, 1.0
    from near_mentions join asked using (article_id)
    where kind <> 'place'
    union
    select distinct article_id, 'figure ' || role || ' ' || best, 2.0
    from near_figures join asked using (article_id)
), totals as (
    select article_id, sum(weight) as total from items group by article_id
), shared as (
    select c.article_id, c.other_article_id, sum(a.weight) as weight, count(*) filter (a.weight >= 2) as telling
    from translation_candidates as c
        join items as a on a.article_id = c.article_id
        join items as b on b.article_id = c.other_article_id and b.item = a.item
    group by all
), pictured as (
    select distinct c.article_id, c.other_article_id, true as is_pictured
    from translation_candidates as c
        join near_pictures as a on a.article_id = c.article_id
        join near_pictures as b on b.article_id = c.other_article_id and b.picture = a.picture
    where a.picture <> ''
), scored as (
    select article_id, other_article_id, coalesce(telling, 0) as telling, coalesce(is_pictured, false) as is_pictured,
        2 * coalesce(shared.weight, 0) / greatest(1, coalesce(mine.total, 0) + coalesce(theirs.total, 0)) as dice
    from translation_candidates
        left join shared using (article_id, other_article_id)
        left join pictured using (article_id, other_article_id)
        left join totals as mine using (article_id)
        left join totals as theirs on theirs.article_id = other_article_id
)
select article_id, other_article_id, if(is_pictured, 1 - .4 * (1 - dice), dice) as score
from scored
where (is_pictured or telling >= 2) and score >= .5
