-- One row per event told by articles that were published between two days: select ... from events_between(date '2026-03-01', date '2026-03-07').
-- NULL leaves an end open; with both ends open it is events_folded, undated articles included. What is said of the event comes from all articles
-- that tell it, as in events_folded; told_on holds the days between the two only.
create or replace macro events_between(first_day, last_day) as table
select folded_id, event_date, date_precision, event_type, sub_event_type, actor1, actor2, admin1, location, township_pcode,
    fatalities_low, fatalities_high, alleged, confidence, articles, outlets,
    if(first_day is null and last_day is null, told_on,
        list_filter(told_on, lambda day: (first_day is null or day >= first_day) and (last_day is null or day <= last_day))) as told_on,
    event_ids
from event_folds
where (first_day is null or last_told_on >= first_day) and (last_day is null or first_told_on <= last_day)
    -- An event can be told before these days and after them, and not on one of them.
    and ((first_day is null and last_day is null)
        or len(list_filter(told_on, lambda day: (first_day is null or day >= first_day) and (last_day is null or day <= last_day))) > 0)
