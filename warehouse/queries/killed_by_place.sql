-- How many people were reported killed, by township named in the same article, copies and roundups left out?
select entities.name as township,
    count(distinct articles.article_id) as articles,
    sum(figures.best) as killed,
    any_value(articles.url) as for_example
from articles_original as articles
    join figures using (article_id)
    join (select distinct article_id, entity_id from mentions where kind = 'place' and role <> 'dateline') as named using (article_id)
    join entities using (entity_id)
where figures.role = 'killed' and figures.scope = 'event' and articles.kind <> 'roundup' and length(entities.pcode) = 9
group by entities.name
order by killed desc, township
