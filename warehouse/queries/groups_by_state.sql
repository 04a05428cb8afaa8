-- Which armed groups are named in articles that name a place in which state or region, and in how many articles of how many outlets?
with placed as (
    select distinct article_id, entities.admin1_pcode
    from mentions join entities using (entity_id)
    where mentions.kind = 'place' and mentions.role <> 'dateline' and entities.admin1_pcode is not null
), grouped as (
    select distinct article_id, entity_id, entities.name as armed_group
    from mentions join entities using (entity_id)
    where mentions.kind = 'armed_group'
), states as (
    -- P-codes of states have six characters. Bago and Shan are coded in parts, "Shan (North)"; here the parts are one state again.
    select admin1_pcode, regexp_replace(name, ' \(.*', '') as state from entities where kind = 'place' and length(pcode) = 6
)
select states.state, grouped.armed_group,
    count(distinct articles.article_id) as articles,
    count(distinct articles.outlet_id) as outlets
from articles_original as articles
    join placed using (article_id)
    join grouped using (article_id)
    join states using (admin1_pcode)
where articles.kind <> 'roundup'
group by states.state, grouped.armed_group
order by articles desc, states.state, grouped.armed_group
