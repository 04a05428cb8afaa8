-- The articles of the ids, for the list of what a search found.
select
    article_id, outlet_id, coalesce(outlets.name, articles.outlet_id) as outlet, headline, description, body, articles.language, published_on, url, kind,
    is_original, copy_id
from articles left join outlets using (outlet_id)
where article_id in (select unnest($ids))
