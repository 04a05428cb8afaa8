-- An article that was read from a page names a capture that exists: the articles that the run wrote, and all where it may have taken captures away.
-- level: error
with named as materialized (
    select outlet_id, url, capture_id
    from articles
    where capture_id is not null
        and (run_id = $run_id or exists (select 1 from runs where runs.run_id = $run_id and kind not in ('nightly', 'import', 'backfill')))
)
select outlet_id, 'capture ' || capture_id as observed, 'a row in captures' as expected, url as detail
from named
where capture_id not in (select capture_id from captures where capture_id in (select capture_id from named))
