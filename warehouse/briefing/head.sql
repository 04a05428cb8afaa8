-- How much came in on the day, beside the day before and the median of the 28 days before?
-- Days before the first article of the file are left out of the median: they say nothing about a usual day.
with days as (
    select cast(unnest(generate_series($first_day, $day, interval 1 day)) as date) as day
), began as (
    select min(published_on) as began_on from articles
), printed as (
    select published_on as day, count(*) as articles, count(*) filter (is_original) as originals, count(distinct outlet_id) as outlets
    from articles
    where published_on between $first_day and $day
    group by published_on
), told as (
    select unnest(told_on) as day, fatalities_low, fatalities_high from events_between($first_day, $day)
), events as (
    select day, count(*) as events, sum(fatalities_low) as killed_low, sum(fatalities_high) as killed_high from told group by day
), edited as (
    -- A night belongs to the day before it: from noon to noon, in Asia/Yangon.
    select cast(timezone('Asia/Yangon', seen_at) - interval 12 hours as date) as day, count(*) as changed
    from article_versions
    where version > 1 and seen_at between $noticed_first and $noticed_until
    group by all
), taken_down as (
    select cast(timezone('Asia/Yangon', gone_at) - interval 12 hours as date) as day, count(*) as gone
    from articles
    where gone_at between $noticed_first and $noticed_until
    group by all
), counted as (
    select day, coalesce(articles, 0)::bigint as articles, coalesce(originals, 0)::bigint as originals, coalesce(outlets, 0)::bigint as outlets,
        coalesce(events, 0)::bigint as events, coalesce(killed_low, 0)::bigint as killed_low, coalesce(killed_high, 0)::bigint as killed_high,
        coalesce(changed, 0)::bigint as changed, coalesce(gone, 0)::bigint as gone
    from days left join printed using (day) left join events using (day) left join edited using (day) left join taken_down using (day)
), long as (
    unpivot counted on articles, originals, outlets, events, killed_low, killed_high, changed, gone into name figure value number
)
select figure,
    max(number) filter (day = $day) as today,
    max(number) filter (day = $day - 1 and day >= began_on) as yesterday,
    cast(median(number) filter (day < $day and day >= began_on) as double) as median,
    count(*) filter (day < $day and day >= began_on) as median_of_days,
    list(number order by day) as series
from long, began
group by figure
order by figure
