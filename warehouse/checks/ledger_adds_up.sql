-- Each address and page that a run counts as failed or rejected has its row with a reason, and no row is uncounted.
-- level: warning
with told as (
    select outlet_id, count(*) filter (stage = 'fetch') as failed, count(*) filter (stage = 'extract' or stage = 'import') as rejected,
        count(*) filter (stage = 'keep') as kept_out
    from rejections
    where run_id = $run_id
    group by outlet_id
), sums as (
    select outlet_id, run_outlets.failed + run_outlets.rejected as counted,
        coalesce(told.failed, 0) + coalesce(told.rejected, 0) + coalesce(told.kept_out, 0) as told
    from run_outlets left join told using (outlet_id)
    where run_id = $run_id
)
select outlet_id, format('{} addresses and pages gave no article, {} reasons are written down', counted, told) as observed, 'equal numbers' as expected,
    'the table rejections does not account for this run' as detail
from sums
where counted <> told
