-- One row per run, the newest first.
select run_id, kind, started_at, ended_at, state, parameters, nightdesk_version
from runs
order by started_at desc, run_id desc
limit $number
