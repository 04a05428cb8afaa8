-- How did each outlet fare in its last nightly run of the night, and what was not taken?
-- blocked, paused, unavailable, broken and silent: next to nothing came, or nothing new. degraded: some pages or a source failed, or an alarm was
-- raised. not_crawled: no nightly run asked it. The words are those of outlet_health, which knows the last run only.
with nights as (
    select run_outlets.*, row_number() over (partition by outlet_id order by started_at desc) as age
    from run_outlets join runs using (run_id)
    where runs.kind = 'nightly' and started_at >= $noticed_from and started_at < $noticed_until
), refused as (
    select run_id, outlet_id,
        count(*) filter (reason = 'source_failed') as sources_failed,
        count(*) filter (stage = 'extract' and reason = 'challenge') as challenges,
        count(*) filter (stage in ('fetch', 'keep', 'extract') and reason <> 'gone') as pages_failed
    from rejections
    where run_id in (select run_id from nights)
    group by all
), alarmed as (
    select run_id, outlet_id, list(distinct name order by name) as alarms from checks where starts_with(name, 'alarm_') group by all
), reasons as (
    select run_id, outlet_id, list({'reason': reason, 'stage': stage, 'number': number} order by number desc, reason) as not_taken
    from (select run_id, outlet_id, stage, reason, count(*) as number from rejections where run_id in (select run_id from nights) group by all)
    group by all
)
select outlets.outlet_id, outlets.name as outlet, outlets.enabled,
    case
        when nights.run_id is null then 'not_crawled'
        when alert like 'blocked%' then 'blocked'
        when challenges >= 3 and extracted = 0 then 'blocked'
        when challenges >= fetched and challenges > 0 then 'blocked'
        when alert in ('paused', 'unavailable') then alert
        when alert is not null then 'broken'
        when fetched > 0 and extracted = 0 then 'broken'
        when list_has_any(alarms, ['alarm_unread', 'alarm_sameness', 'alarm_golden']) then 'broken'
        when list_has_any(alarms, ['alarm_silence', 'alarm_frozen']) then 'silent'
        when len(alarms) > 0 then 'degraded'
        when sources_failed > 0 or pages_failed > 0 then 'degraded'
        else 'ok'
    end as state,
    alert, discovered, fetched, failed, rejected, "new", updated, coalesce(sources_failed, 0) as sources_failed, coalesce(not_taken, []) as not_taken
from outlets
    left join nights on nights.outlet_id = outlets.outlet_id and nights.age = 1
    left join refused on refused.run_id = nights.run_id and refused.outlet_id = outlets.outlet_id
    left join alarmed on alarmed.run_id = nights.run_id and alarmed.outlet_id = nights.outlet_id
    left join reasons on reasons.run_id = nights.run_id and reasons.outlet_id = outlets.outlet_id
where nights.run_id is not null or outlets.enabled
order by array_position(['blocked', 'broken', 'unavailable', 'paused', 'silent', 'degraded', 'not_crawled', 'ok'], state), outlets.outlet_id
