-- What the search index holds of the articles of the registered table search_changed.
select
    articles.article_id, outlet_id, language, published_on, coalesce(copy_id, articles.article_id) as copy_id, is_original,
    headline, description, body
from articles join search_changed on ('0x' || articles.article_id)::ubigint = search_changed.article
where search_changed.is_there
