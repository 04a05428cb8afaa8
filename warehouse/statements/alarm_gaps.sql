-- One row per outlet: the 95th percentile of the hours between one article and the next of the 60 days before its newest, and of how many.
with moments as (
    select outlet_id, coalesce(date_published, first_seen_at) as moment from articles where coalesce(date_published, first_seen_at) <= $now::timestamptz
), recent as (
    select outlet_id, moment, max(moment) over (partition by outlet_id) as newest_at from moments
), gaps as (
    select outlet_id, date_diff('second', lag(moment) over (partition by outlet_id order by moment), moment) / 3600 as hours
    from recent
    where moment > newest_at - interval 60 days
)
select outlet_id, quantile_cont(hours, 0.95) as p95_hours, count(hours) as gaps from gaps where hours is not null group by outlet_id
