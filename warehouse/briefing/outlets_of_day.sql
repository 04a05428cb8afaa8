-- How many articles of each outlet carry the day's date, beside the day before and the median of the 28 days before?
with began as (
    select outlet_id, min(published_on) as began_on from articles group by outlet_id
), days as (
    select cast(unnest(generate_series($first_day, $day, interval 1 day)) as date) as day
), printed as (
    select outlet_id, published_on as day, count(*) as articles, count(*) filter (is_original) as originals
    from articles
    where published_on between $first_day and $day
    group by all
), counted as (
    select outlets.outlet_id, outlets.name, day, began_on, coalesce(articles, 0) as articles, coalesce(originals, 0) as originals
    from outlets join began using (outlet_id) cross join days left join printed using (outlet_id, day)
)
select outlet_id, any_value(name) as outlet,
    max(articles) filter (day = $day) as articles,
    max(originals) filter (day = $day) as originals,
    max(articles - originals) filter (day = $day) as copies,
    max(articles) filter (day = $day - 1 and day >= began_on) as yesterday,
    cast(median(articles) filter (day < $day and day >= began_on) as double) as median
from counted
group by outlet_id
having max(articles) > 0
order by articles desc, median desc nulls last, outlet_id
