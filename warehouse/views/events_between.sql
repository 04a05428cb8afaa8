-- One row per event told by articles that were published between two days: select ... from events_between(date '2026-03-01', date '2026-03-07').
-- NULL leaves an end open; with both ends open it is events_folded, undated articles included. Which reports are of one event is told by all of
-- history (event_folds); what is said of the event, its deaths too, comes from the articles of these days alone.
create or replace macro events_between(first_day, last_day) as table
with told as (
    select *,
        (first_day is null and last_day is null)
            or coalesce((first_day is null or first_told_on >= first_day) and (last_day is null or last_told_on <= last_day), false)
                and told_on[-1] is not null as is_whole
    from event_folds
    where (first_day is null or last_told_on >= first_day) and (last_day is null or first_told_on <= last_day)
), reported as (
    -- Events that were told before or after these days too: their reports are looked at one by one.
    select told.folded_id as fold_id, events.*, outlet_id, published_on,
        {'published_on': published_on, 'is_other': language <> 'en', 'event_id': event_id} as place
    from (select folded_id, unnest(event_ids) as event_id from told where not is_whole) as told
        join events using (event_id)
        join articles using (article_id)
    where (first_day is null or published_on >= first_day) and (last_day is null or published_on <= last_day)
)
select folded_id, event_date, date_precision, event_type, sub_event_type, actor1, actor2, admin1, location, township_pcode,
    fatalities_low, fatalities_high, alleged, confidence, articles, outlets, told_on, event_ids
from told
where is_whole
union all
select arg_min(event_id, place), min(event_date), arg_min(date_precision, place), arg_min(event_type, place), arg_min(sub_event_type, place),
    arg_min(actor1, place), arg_min(actor2, place), arg_min(admin1, place), arg_min(location, place),
    arg_min(if(length(pcode) >= 9, left(pcode, 9), null), place),
    min(fatalities), max(fatalities), bool_and(alleged), max(confidence), count(distinct article_id), count(distinct outlet_id),
    list(distinct published_on order by published_on), list(event_id order by event_id)
from reported
group by fold_id
