-- One row per outlet of the run: what the run counted, what nightly runs of the 30 days before counted together, and how the outlet stands.
with before as (
    select outlet_id, min(started_at) as first_run_at, count(*) as runs, sum(fetched + failed) as asked, sum(extracted) as extracted,
        count(*) filter (new > 0) as runs_with_news
    from run_outlets join runs using (run_id)
    where kind = 'nightly' and started_at < $now::timestamptz and run_id <> $run_id and started_at >= $now::timestamptz - interval 30 days
        and alert is null
    group by outlet_id
), refused as (
    -- A page that the outlet took down, or that was withdrawn, is no fault of anybody.
    select outlet_id, list(number || ' ' || reason order by number desc, reason) as reasons, sum(number)::integer as refused
    from (
        select outlet_id, reason, count(*) as number
        from rejections
        where run_id = $run_id and stage in ('fetch', 'keep', 'extract') and reason not in ('gone', 'withdrawn', 'robots_disallowed')
        group by all
    )
    group by outlet_id
), newest as (
    select outlet_id, max(coalesce(date_published, first_seen_at)) as newest_at
    from articles
    where coalesce(date_published, first_seen_at) <= $now::timestamptz
    group by outlet_id
)
select run_outlets.outlet_id, outlets.country, outlet_health.state, run_outlets.alert, run_outlets.fetched, run_outlets.extracted, run_outlets.new,
    coalesce(refused.reasons, []) as reasons, coalesce(refused.refused, 0) as refused, before.first_run_at, coalesce(before.runs, 0) as runs_before,
    coalesce(before.runs_with_news, 0)::integer as runs_with_news, coalesce(before.asked, 0)::integer as asked_before,
    coalesce(before.extracted, 0)::integer as extracted_before, newest.newest_at
from run_outlets join outlets using (outlet_id) join outlet_health using (outlet_id)
    left join before using (outlet_id) left join refused using (outlet_id) left join newest using (outlet_id)
where run_id = $run_id
order by run_outlets.outlet_id
