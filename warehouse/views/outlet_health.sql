-- One row per outlet: its last run and what that says of it. ok, degraded (some pages failed),
-- blocked, broken (no page came through), or not_crawled.
create or replace view outlet_health as
with crawled as (
    select run_outlets.*, runs.started_at,
        row_number() over (partition by outlet_id order by runs.started_at desc) as age
    from run_outlets join runs using (run_id)
    where runs.kind = 'nightly'
), newest as (
    select outlet_id, max(date_published) as newest_article_at, count(*) as articles from articles group by outlet_id
)
select outlets.outlet_id, outlets.name, outlets.enabled,
    case
        when crawled.run_id is null then 'not_crawled'
        when crawled.alert like 'blocked%' then 'blocked'
        when crawled.alert is not null then 'broken'
        when crawled.fetched > 0 and crawled.extracted = 0 then 'broken'
        when crawled.failed > 0 or crawled.rejected > 0 then 'degraded'
        else 'ok'
    end as state,
    crawled.alert, crawled.started_at as last_run_at, crawled.discovered, crawled.fetched, crawled.failed, crawled.rejected, crawled.new, crawled.updated,
    newest.newest_article_at, coalesce(newest.articles, 0) as articles
from outlets left join crawled on crawled.outlet_id = outlets.outlet_id and crawled.age = 1
    left join newest on newest.outlet_id = outlets.outlet_id;
comment on view outlet_health is 'One row per outlet: its last nightly run and what that says of it.';
