-- How many rows at most were added to one of the tables of articles, versions, sources and tags since the first batch of the runs in the table
-- `wrote`; null where that is not known, or where a reprocessing since then may have made tags anew, which it does without a batch.
with batches as (
    select rowid as number, run_id, rows_max from load_log
), earliest as (
    select min(number) as number, count(distinct run_id) as run_count from batches semi join wrote using (run_id)
), remade as (
    -- A day for a clock that was set back.
    select 1
    from runs
    where kind = 'reprocess'
        and coalesce(ended_at, 'infinity') >= (select min(started_at) from runs semi join wrote using (run_id)) - interval 1 day
)
select sum(rows_max)::bigint
from batches
where number >= (select number from earliest)
having bool_and(rows_max is not null) and not exists (from remade)
    and (select run_count from earliest) = (select count(distinct run_id) from wrote)
    and (select count(*) from runs semi join wrote using (run_id)) = (select count(distinct run_id) from wrote)
