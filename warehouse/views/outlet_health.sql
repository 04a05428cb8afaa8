-- One row per outlet: its last run and what that says of it. ok, degraded (some pages or sources failed),
-- blocked (also where its pages were challenges), paused (it asked to be left alone), unavailable (too many failures),
-- broken (no page came through, or what came is no news), silent (its sources stand still), or not_crawled.
create or replace view outlet_health as
with crawled as (
    select run_outlets.*, runs.started_at,
        row_number() over (partition by outlet_id order by runs.started_at desc) as age
    from run_outlets join runs using (run_id)
    where runs.kind = 'nightly'
), challenged as (
    -- Pages that came and were a challenge or a block page: the outlet refuses us with status 200.
    select run_id, outlet_id, count(*) as challenges from rejections where stage = 'extract' and reason = 'challenge' group by run_id, outlet_id
), alarmed as (
    select run_id, outlet_id, list(distinct substr(checks.name, 7) order by substr(checks.name, 7)) as alarms
    from checks
    where starts_with(checks.name, 'alarm_')
    group by run_id, outlet_id
), newest as (
    select outlet_id, max(date_published) as newest_article_at, count(*) as articles from articles group by outlet_id
)
select outlets.outlet_id, outlets.name, outlets.enabled,
    case
        when crawled.run_id is null then 'not_crawled'
        when crawled.alert like 'blocked%' then 'blocked'
        when challenges >= 3 and crawled.extracted = 0 then 'blocked'
        when challenges >= crawled.fetched then 'blocked'
        when crawled.alert in ('paused', 'unavailable') then crawled.alert
        when crawled.alert is not null then 'broken'
        when crawled.fetched > 0 and crawled.extracted = 0 then 'broken'
        when list_has_any(alarmed.alarms, ['unread', 'sameness', 'golden']) then 'broken'
        when list_has_any(alarmed.alarms, ['silence', 'frozen']) then 'silent'
        when len(alarmed.alarms) > 0 then 'degraded'
        -- A page that the outlet took down is no fault of anybody. A source that gives nothing is one, even where another names all articles tonight.
        when exists (
            select 1 from rejections
            where rejections.run_id = crawled.run_id and rejections.outlet_id = outlets.outlet_id
                and ((stage in ('fetch', 'keep', 'extract') and reason <> 'gone') or reason = 'source_failed')
        ) then 'degraded'
        else 'ok'
    end as state,
    crawled.alert, crawled.started_at as last_run_at, crawled.discovered, crawled.fetched, crawled.failed, crawled.rejected, crawled.new, crawled.updated,
    newest.newest_article_at, coalesce(newest.articles, 0) as articles, coalesce(alarmed.alarms, []) as alarms
from outlets left join crawled on crawled.outlet_id = outlets.outlet_id and crawled.age = 1
    left join challenged on challenged.run_id = crawled.run_id and challenged.outlet_id = crawled.outlet_id
    left join alarmed on alarmed.run_id = crawled.run_id and alarmed.outlet_id = crawled.outlet_id
    left join newest on newest.outlet_id = outlets.outlet_id;
comment on view outlet_health is 'One row per outlet: its last nightly run and what that says of it.';
comment on column outlet_health.outlet_id is 'Outlet.';
comment on column outlet_health.name is 'Name of the outlet.';
comment on column outlet_health.enabled is 'True where nightly runs crawl it.';
comment on column outlet_health.state is 'ok, degraded (some pages failed or were rejected, a source failed, or another alarm was raised), blocked (refused, or all pages were challenges), paused (it asked to be left alone), unavailable (too many failures), broken (no page came through, or the alarm unread, sameness or golden), silent (the alarm silence or frozen) or not_crawled.';
comment on column outlet_health.alert is 'What an operator should look at; NULL where all is well.';
comment on column outlet_health.last_run_at is 'When its last nightly run began; NULL where there was none.';
comment on column outlet_health.discovered is 'Last run: article addresses named by the sources, re-checked ones included.';
comment on column outlet_health.fetched is 'Last run: pages that came and were kept.';
comment on column outlet_health.failed is 'Last run: addresses that gave no page.';
comment on column outlet_health.rejected is 'Last run: pages that did not become an article.';
comment on column outlet_health.new is 'Last run: articles met for the first time.';
comment on column outlet_health.updated is 'Last run: articles that got a further version.';
comment on column outlet_health.newest_article_at is 'Latest moment of publication among its articles.';
comment on column outlet_health.articles is 'Articles of the outlet, copies included.';
comment on column outlet_health.alarms is 'Kinds of the alarms that the last run raised; the table checks has what was observed and what to do.';
