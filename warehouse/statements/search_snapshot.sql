-- What names the state of a file: every publishing adds a run or ends one.
select md5(string_agg(run_id || state || coalesce(epoch_us(ended_at)::varchar, ''), ' ' order by run_id))[:16] as snapshot from runs
