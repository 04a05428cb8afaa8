-- One row per article: its id as a number, a fingerprint of everything that the search index says about it, and its place in the table.
select
    ('0x' || article_id)::ubigint as article,
    hash(outlet_id, url, headline, description, body_sha256, language, kind, published_on, is_original, copy_id) as fingerprint,
    rowid as place
from articles
