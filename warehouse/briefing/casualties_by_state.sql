-- How many people were killed and injured, by state, in the events that articles of the day and of its week tell, each event once?
-- Reports of one event are never added up: where they differ, the lowest and the highest number stand. Injured are those counted in the very
-- passage that tells the event.
with told as (
    select folded_id, regexp_replace(admin1, ' \(.*', '') as state, told_on, fatalities_low, fatalities_high, unnest(event_ids) as event_id
    from events_between($first_day, $day)
    where list_last(told_on) >= $week_first
), of_articles as materialized (
    -- The id of an event begins with that of its article, by which rows are found: by their number first, then those rows.
    select distinct split_part(event_id, '-', 1) as article_id from told
), passages as (
    select event_id, article_id, start_char, end_char
    from events
    where rowid in (select rowid from events where article_id in (from of_articles)) and event_id in (select event_id from told)
), numbers as (
    select article_id, start_char, end_char, low, best
    from figures
    where rowid in (select rowid from figures where article_id in (from of_articles)) and role = 'injured' and scope = 'event'
), injured as (
    select event_id, sum(coalesce(low, best)) as low, sum(coalesce(best, low)) as best
    from passages
        join numbers on numbers.article_id = passages.article_id and numbers.start_char >= passages.start_char and numbers.end_char <= passages.end_char
    group by event_id
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
