-- For which days of the last 28 was an outlet looked at, and how many of its articles carry their date?
-- nothing: a run looked on that day or later and found no article of it. blind: every run that looked was refused, found no source or could read no page.
-- partly_blind: one of its sources failed. not_asked: no nightly run looked on that day or since, or it lies before all
-- that is known of the outlet. printed: there are articles, and a run looked well;
-- incomplete: there are articles, and more may be missing.
with days as (
    select cast(unnest(generate_series($first_day + 1, $day, interval 1 day)) as date) as day
), failed as (
    select distinct run_id, outlet_id from rejections where reason = 'source_failed'
), looked as (
    -- A night belongs to the day before it: from noon to noon, in Asia/Yangon. Every night asks for all that came since the last good look.
    select run_outlets.outlet_id, cast(timezone('Asia/Yangon', started_at) - interval 12 hours as date) as news_day,
        case when alert is not null or (fetched > 0 and extracted = 0) then 'blind' when failed.run_id is not null then 'partly_blind' else 'well' end as look
    from run_outlets
        join runs on runs.run_id = run_outlets.run_id and runs.kind = 'nightly' and started_at < $noticed_until
        left join failed on failed.run_id = run_outlets.run_id and failed.outlet_id = run_outlets.outlet_id
), last_looks as (
    select outlet_id, max(news_day) as last_look, max(news_day) filter (look = 'well') as last_well,
        max(news_day) filter (look in ('well', 'partly_blind')) as last_partly
    from looked
    group by outlet_id
), known as (
    -- A list that was read for the first time does not say what it no longer holds.
    select outlet_id, least(first_look, first_article) as known_since
    from (select outlet_id, min(news_day) as first_look from looked group by outlet_id)
        full join (select outlet_id, min(published_on) as first_article from articles group by outlet_id) using (outlet_id)
), printed as (
    select outlet_id, published_on as day, count(*) as articles
    from articles
    where published_on between $first_day + 1 and $day
    group by all
)
select outlets.outlet_id, outlets.name as outlet, day, coalesce(articles, 0) as articles,
    case
        when coalesce(articles, 0) > 0 and (last_look is null or coalesce(last_well >= day, false)) then 'printed'
        when coalesce(articles, 0) > 0 then 'incomplete'
        when day < known_since then 'not_asked'
        when coalesce(last_well >= day, false) then 'nothing'
        when coalesce(last_partly >= day, false) then 'partly_blind'
        when coalesce(last_look >= day, false) then 'blind'
        else 'not_asked'
    end as state
from outlets cross join days left join printed using (outlet_id, day) left join last_looks using (outlet_id) left join known using (outlet_id)
where outlet_id in (select outlet_id from printed) or outlet_id in (select outlet_id from last_looks)
order by outlet_id, day
