-- One row per article, as they stand in the table: its id as a number, a fingerprint of what the search index says about it, and its place in the
-- table. Headline, address, day and the rest only change where a run writes the row anew, whose id stands in it; to read them of all of history took
-- twice as long as the rest. What changes in the row as it stands is the group of copies.
select
    ('0x' || article_id)::ubigint as article,
    hash(run_id, version, body_sha256, is_original, copy_id) as fingerprint,
    rowid as place
from articles
