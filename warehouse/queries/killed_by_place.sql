-- How many people were reported killed, where and on whose side?
-- Copies and roundups are left out; each figure goes to the township that is named nearest to it.
with placed as (
    select article_id, figures.start_char, figures.best, figures.party, left(mentions.entity_id, 9) as township_pcode,
        row_number() over (
            partition by article_id, figures.start_char order by abs(mentions.start_char - figures.start_char), mentions.start_char
        ) as nearness
    from figures join mentions using (article_id)
    where figures.role = 'killed' and figures.scope = 'event'
        and mentions.kind = 'place' and mentions.field = 'body' and length(mentions.entity_id) >= 9
)
select township.name as township, placed.party,
    count(distinct articles.article_id) as articles,
    sum(placed.best) as killed,
    any_value(articles.url) as for_example
from placed
    join articles_original as articles using (article_id)
    join entities as township on township.entity_id = placed.township_pcode
where placed.nearness = 1 and articles.kind <> 'roundup'
group by township.name, placed.party
order by killed desc, township
