-- How many people were killed and injured, by state, in the events that articles of the day and of its week tell, each event once?
-- Reports of one event are never added up: where they differ, the lowest and the highest number stand. Injured are those counted in the very
-- passage that tells the event.
with told as (
    select folded_id, regexp_replace(admin1, ' \(.*', '') as state, told_on, fatalities_low, fatalities_high, unnest(event_ids) as event_id
    from events_between($first_day, $day)
    where list_last(told_on) >= $week_first
), injured as (
    select events.event_id, sum(coalesce(low, best)) as low, sum(coalesce(best, low)) as best
    -- The id of an event begins with that of its article, by which rows are found sooner.
    from told join events on events.article_id = split_part(told.event_id, '-', 1) and events.event_id = told.event_id
        join figures on figures.article_id = events.article_id and figures.start_char >= events.start_char and figures.end_char <= events.end_char
    where figures.role = 'injured' and figures.scope = 'event'
    group by events.event_id
), folded as (
    select folded_id, any_value(state) as state, list_contains(any_value(told_on), $day) as is_of_day,
        any_value(fatalities_low) as killed_low, any_value(fatalities_high) as killed_high, min(low) as injured_low, max(best) as injured_high
    from told left join injured using (event_id)
    group by folded_id
)
select state,
    count(*) filter (is_of_day) as events_day,
    coalesce(sum(killed_low) filter (is_of_day), 0)::bigint as killed_low_day, coalesce(sum(killed_high) filter (is_of_day), 0)::bigint as killed_high_day,
    coalesce(sum(injured_low) filter (is_of_day), 0)::bigint as injured_low_day, coalesce(sum(injured_high) filter (is_of_day), 0)::bigint as injured_high_day,
    count(*) as events_week,
    coalesce(sum(killed_low), 0)::bigint as killed_low_week, coalesce(sum(killed_high), 0)::bigint as killed_high_week,
    coalesce(sum(injured_low), 0)::bigint as injured_low_week, coalesce(sum(injured_high), 0)::bigint as injured_high_week
from folded
group by state
order by killed_high_day desc, killed_high_week desc, events_day desc, events_week desc, state nulls last
