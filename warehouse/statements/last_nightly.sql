-- The last nightly run of all enabled outlets that came to its end.
select run_id, started_at
from runs
where kind = 'nightly' and state in ('completed', 'incomplete') and json_array_length(parameters, '$.outlets') = 0
order by started_at desc
limit 1
