-- One row per article: its id as a number, and a fingerprint of everything that the search index says about it.
select
    ('0x' || article_id)::ubigint as article,
    hash(headline, description, body_sha256, language, outlet_id, published_on, copy_id, is_original) as fingerprint
from articles
