-- What the search index holds of the articles of the registered table search_changed. Found by their places, so that only the texts around them
-- are unpacked; those of articles that are gone have none.
select
    article_id, outlet_id, url, headline, description, body, language, kind, published_on, is_original, copy_id
from articles join search_changed on articles.rowid = search_changed.place
