-- How many people were reported killed, where and on whose side?
-- Copies and roundups are left out; each figure goes to the township that is named nearest to it.
with killed as (
    select article_id, outlet_id, url, start_char, best, party
    from figures join articles_original using (article_id)
    where role = 'killed' and scope = 'event' and articles_original.kind <> 'roundup'
), placed as (
    select article_id, killed.start_char, any_value(url) as url, any_value(best) as best, any_value(party) as party,
        arg_min(left(entity_id, 9), (abs(mentions.start_char - killed.start_char), mentions.start_char)) as township_pcode
    from killed join mentions using (article_id)
    where mentions.kind = 'place' and field = 'body' and length(entity_id) >= 9
    group by article_id, killed.start_char
)
select township.name as township, party,
    count(distinct article_id) as articles,
    sum(best) as killed,
    any_value(url) as for_example
from placed join entities as township on township.entity_id = placed.township_pcode
group by township.name, party
order by killed desc, township, party nulls last
