-- One row per outlet, language and day (in the outlet's zone), from its first nightly run to its last: what was asked, what came, and whether a
-- zero means that nothing was published or that we were blind. The funnel of a day stands in the row of the outlet's own language; rows of
-- other languages hold what was published in them.
create or replace view coverage_ledger as
with nights as (
    select run_outlets.*, kind, outlets.language, timezone(outlets.time_zone, started_at)::date as day
    from run_outlets join runs using (run_id) join outlets using (outlet_id)
    where kind in ('nightly', 'backfill', 'import')
), troubles as (
    select run_id, outlet_id, count(*) filter ((stage in ('fetch', 'keep', 'extract') and reason not in ('gone', 'withdrawn')) or reason = 'source_failed') as number
    from rejections
    group by all
), judged as (
    select nights.*, alert is not null or (fetched > 0 and extracted = 0) as is_blind, coalesce(troubles.number, 0) as troubles
    from nights left join troubles using (run_id, outlet_id)
), of_day as (
    select outlet_id, day, count(*) filter (kind = 'nightly') as runs,
        bool_and(is_blind) filter (kind = 'nightly') as is_blind, bool_or(is_blind) filter (kind = 'nightly') as was_blind, sum(troubles) as troubles,
        sum(discovered) as discovered, sum(skipped_known) as skipped_known, sum(fetched) as fetched, sum(not_modified) as not_modified,
        sum(failed) as failed, sum(extracted) as extracted, sum(rejected) as rejected, sum(new) as new, sum(updated) as updated,
        sum(unchanged) as unchanged, sum(copies) as copies
    from judged
    group by outlet_id, day
), counted as (
    select outlet_id, day, reason || ' (' || stage || ')' as reason, count(*) as number
    from rejections join nights using (run_id, outlet_id)
    group by all
), reasons as (
    select outlet_id, day, list(number || ' ' || reason order by number desc, reason) as reasons from counted group by outlet_id, day
), alarmed as (
    select outlet_id, day, list(distinct checks.name order by checks.name) as alarms
    from checks join nights using (run_id, outlet_id)
    where checks.name like 'alarm\_%' escape '\'
    group by outlet_id, day
), spans as (
    select outlet_id, min(day) as first_day, max(day) as last_day from nights where kind = 'nightly' group by outlet_id
), days as (
    select outlet_id, unnest(generate_series(first_day, last_day, interval 1 day))::date as day from spans
), printed as (
    select articles.outlet_id, articles.language, published_on as day, count(*) as published
    from articles join spans on spans.outlet_id = articles.outlet_id and published_on between first_day and last_day
    group by all
), languages as (
    select outlet_id, language from outlets union select outlet_id, language from printed
), spine as (
    select outlet_id, days.day, languages.language, languages.language = outlets.language as is_own
    from days join languages using (outlet_id) join outlets using (outlet_id)
), filled as (
    select spine.*, coalesce(published, 0) as published,
        median(coalesce(published, 0)) over before as expected, count(*) over before as days_before
    from spine left join printed using (outlet_id, language, day)
    window before as (partition by outlet_id, language order by day rows between 28 preceding and 1 preceding)
)
select filled.outlet_id, filled.language, filled.day,
    case
        when coalesce(runs, 0) = 0 then 'not_asked'
        when is_blind then 'blind'
        when was_blind or troubles > 0 then 'partly_blind'
        when new > 0 then 'news'
        else 'nothing_new'
    end as state,
    coalesce(runs, 0) as runs, case when days_before >= 14 then expected end as expected, published,
    case when is_own then coalesce(discovered, 0) end as discovered, case when is_own then coalesce(skipped_known, 0) end as skipped_known,
    case when is_own then coalesce(fetched, 0) end as fetched, case when is_own then coalesce(not_modified, 0) end as not_modified,
    case when is_own then coalesce(failed, 0) end as failed, case when is_own then coalesce(extracted, 0) end as extracted,
    case when is_own then coalesce(rejected, 0) end as rejected, case when is_own then coalesce(reasons, []) end as reasons,
    case when is_own then coalesce(new, 0) end as new, case when is_own then coalesce(updated, 0) end as updated,
    case when is_own then coalesce(unchanged, 0) end as unchanged, case when is_own then coalesce(copies, 0) end as copies,
    coalesce(alarms, []) as alarms
from filled
    left join of_day using (outlet_id, day) left join reasons using (outlet_id, day) left join alarmed using (outlet_id, day);
comment on view coverage_ledger is 'One row per outlet, language and day: what was asked and what came, and whether a zero means that nothing was published or that we were blind.';
comment on column coverage_ledger.outlet_id is 'Outlet.';
comment on column coverage_ledger.language is 'BCP 47 language of the texts. The funnel stands in the row of the outlet''s own language and is NULL in others.';
comment on column coverage_ledger.day is 'Day in the outlet''s zone: of the runs for the funnel, of publication for published and expected.';
comment on column coverage_ledger.state is 'news, nothing_new (all was asked and answered), partly_blind (pages, sources or one of several runs failed), blind (no run could see the outlet), or not_asked (no nightly run began on that day; a later one asked for what it missed).';
comment on column coverage_ledger.runs is 'Nightly runs that began on that day.';
comment on column coverage_ledger.expected is 'Median of published over the 28 days before; NULL with fewer than 14.';
comment on column coverage_ledger.published is 'Articles known today that were published on that day, copies included. Of the last day only what came before the run.';
comment on column coverage_ledger.discovered is 'Article addresses named by the sources, re-checked ones included.';
comment on column coverage_ledger.skipped_known is 'Of these, not asked: known and not due, or over the limit of a run.';
comment on column coverage_ledger.fetched is 'Pages that came and were kept.';
comment on column coverage_ledger.not_modified is 'Answers 304.';
comment on column coverage_ledger.failed is 'Addresses that gave no page.';
comment on column coverage_ledger.extracted is 'Pages that became an article or a version.';
comment on column coverage_ledger.rejected is 'Pages that did not.';
comment on column coverage_ledger.reasons is 'Rejections by reason and stage, the commonest first: 4 consent_wall (extract).';
comment on column coverage_ledger.new is 'Articles met for the first time.';
comment on column coverage_ledger.updated is 'Articles that got a further version.';
comment on column coverage_ledger.unchanged is 'Articles met again without a change.';
comment on column coverage_ledger.copies is 'New articles that are copies of another one.';
comment on column coverage_ledger.alarms is 'Alarms that the runs of the day raised.';
