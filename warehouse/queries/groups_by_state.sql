-- Which armed groups were named, in the last thirty days, in articles that name a place in which state, and in how many articles and outlets?
with asked as (
    -- The last thirty days of the file; for other days write two dates here. Articles without a day are left out.
    select last_day - 29 as first_day, last_day from (select least(max(published_on), cast(max(first_seen_at) as date) + 1) as last_day from articles)
), states as (
    -- P-codes of states have six characters. Bago and Shan are coded in parts, "Shan (North)"; here the parts are one state again.
    select admin1_pcode, regexp_replace(name, ' \(.*', '') as state from entities where kind = 'place' and length(pcode) = 6
), named as materialized (
    select article_id, outlet_id, mentions.kind, entity_id
    from articles_original join asked on published_on between first_day and last_day join mentions using (article_id)
    where articles_original.kind <> 'roundup' and (mentions.kind = 'armed_group' or mentions.kind = 'place' and mentions.role <> 'dateline')
), placed as (
    select distinct article_id, state
    from named join entities using (entity_id) join states using (admin1_pcode)
    where named.kind = 'place'
), grouped as (
    select distinct article_id, outlet_id, entities.name as armed_group
    from named join entities using (entity_id)
    where named.kind = 'armed_group'
), per_outlet as (
    select state, armed_group, outlet_id, count(*) as articles
    from placed join grouped using (article_id)
    group by state, armed_group, outlet_id
)
select state, armed_group, sum(articles)::bigint as articles, count(*) as outlets
from per_outlet
group by state, armed_group
order by articles desc, state, armed_group
