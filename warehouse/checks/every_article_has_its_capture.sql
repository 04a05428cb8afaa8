-- An article that was read from a page names a capture that exists: the articles that the run wrote, and all where it may have taken captures away.
-- level: error
with article_rows as materialized (
    -- Where the rows stand first: else all columns of all history are unpacked to look for them.
    select rowid as number from articles where run_id = $run_id
    union all
    select rowid
    from articles
    where run_id <> $run_id
        and exists (select 1 from runs where runs.run_id = $run_id and kind not in ('nightly', 'import', 'backfill'))
), named as materialized (
    select outlet_id, url, capture_id from articles where rowid in (select number from article_rows) and capture_id is not null
)
select outlet_id, 'capture ' || capture_id as observed, 'a row in captures' as expected, url as detail
from named
where capture_id not in (select capture_id from captures where capture_id in (select capture_id from named))
