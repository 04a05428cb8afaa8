-- What the search index holds of the articles of the registered table search_changed. They are found by their ids alone, so that of all other
-- articles no text is read.
select article_id, outlet_id, url, headline, description, body, language, kind, published_on, is_original, copy_id
from articles
where rowid in (
    select articles.rowid
    from articles join search_changed on ('0x' || articles.article_id)::ubigint = search_changed.article
    where search_changed.is_there
)
