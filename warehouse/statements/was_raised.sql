-- One row where the nightly run that asked the outlet last before this one ended with a finding of this name for it.
with last_run as (
    select arg_max(run_id, started_at) as run_id
    from runs join run_outlets using (run_id)
    where kind = 'nightly' and run_id <> $run_id and outlet_id = $outlet_id
)
select 1 from checks semi join last_run using (run_id) where name = $name and outlet_id = $outlet_id limit 1
