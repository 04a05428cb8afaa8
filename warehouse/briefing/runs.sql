-- Which runs worked in the night of the day (from noon to noon, Asia/Yangon), how did they end, and what did they bring?
select runs.run_id, runs.kind, runs.state, started_at, ended_at, count(outlet_id) as outlets, count(alert) as outlets_with_alert,
    coalesce(sum(discovered), 0)::bigint as discovered, coalesce(sum(fetched), 0)::bigint as fetched, coalesce(sum(failed), 0)::bigint as failed,
    coalesce(sum(rejected), 0)::bigint as rejected, coalesce(sum("new"), 0)::bigint as "new", coalesce(sum(updated), 0)::bigint as updated,
    coalesce(sum(unchanged), 0)::bigint as unchanged, coalesce(sum(copies), 0)::bigint as copies
from runs left join run_outlets using (run_id)
where started_at >= $noticed_from and started_at < $noticed_until
group by all
order by started_at, runs.run_id
