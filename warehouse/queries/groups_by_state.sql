-- Which armed groups are named in articles that name a place in which state or region, and in how many articles of how many outlets?
with states as (
    -- P-codes of states have six characters. Bago and Shan are coded in parts, "Shan (North)"; here the parts are one state again.
    select admin1_pcode, regexp_replace(name, ' \(.*', '') as state from entities where kind = 'place' and length(pcode) = 6
), placed as (
    select distinct article_id, state
    from mentions join entities using (entity_id) join states using (admin1_pcode)
    where mentions.kind = 'place' and mentions.role <> 'dateline'
), grouped as (
    select distinct article_id, entities.name as armed_group
    from mentions join entities using (entity_id)
    where mentions.kind = 'armed_group'
), per_outlet as (
    select state, armed_group, outlet_id, count(*) as articles
    from articles_original join placed using (article_id) join grouped using (article_id)
    where kind <> 'roundup'
    group by state, armed_group, outlet_id
)
select state, armed_group, sum(articles)::bigint as articles, count(*) as outlets
from per_outlet
group by state, armed_group
order by articles desc, state, armed_group
