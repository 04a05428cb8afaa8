-- The outlets that brought something new in three of four nightly runs of the last 30 days, of three runs or more over a week or more.
select outlet_id
from run_outlets join runs using (run_id)
where kind = 'nightly' and alert is null and started_at < $now::timestamptz and started_at >= $now::timestamptz - interval 30 days
group by outlet_id
having count(*) >= 3 and count(*) filter (new > 0) >= 0.75 * count(*) and min(started_at) <= $now::timestamptz - interval 7 days
order by outlet_id
