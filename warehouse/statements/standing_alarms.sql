-- One row per alarm of the last nightly run of each outlet.
with last_run as (
    select outlet_id, arg_max(run_id, started_at) as run_id from run_outlets join runs using (run_id) where kind = 'nightly' group by outlet_id
)
select checks.outlet_id, substr(checks.name, 7) as kind, observed, expected, detail
from checks join last_run using (outlet_id, run_id)
where starts_with(checks.name, 'alarm_')
order by checks.outlet_id, kind, observed
