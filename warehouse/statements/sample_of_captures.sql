-- Older captures by chance: which ones hangs on the run's id and the number of captures alone, so that the same run finds the same. Of many captures
-- the row numbers are drawn, so that not all are read: now and then one of a file just loaded, which is left out; of few all are
-- looked at.
with ends as (
    select coalesce(max(rowid) + 1, 0) as row_count from captures
), drawn as materialized (
    select distinct (hash($run_id, place) % row_count)::bigint as number
    from ends, range($number) as places(place)
    where row_count > 20 * $number
    union all
    select captures.rowid from captures, ends where row_count <= 20 * $number
)
select *
from captures
where rowid in (select number from drawn)
    and warc_file not in (select warc_file from capture_files where loaded_at >= (select started_at from runs where run_id = $run_id))
order by hash(capture_id || $run_id), capture_id
limit $number
