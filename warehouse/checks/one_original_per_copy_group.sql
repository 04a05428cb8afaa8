-- Each group of copies has exactly one original, and articles and copies agree on it.
-- level: error
select null as outlet_id, 'group ' || copies.copy_id as observed, 'one original' as expected,
    count(*) filter (articles.is_original) || ' originals among ' || count(*) || ' articles' as detail
from copies join articles using (article_id)
group by copies.copy_id
having count(*) filter (articles.is_original) <> 1 or count(*) filter (relation = 'original') <> 1 or bool_or(articles.copy_id is distinct from copies.copy_id)
