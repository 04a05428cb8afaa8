-- Which kinds of events did articles of the day and of its week tell, each event once?
select event_type, sub_event_type,
    count(*) filter (list_contains(told_on, $day)) as day,
    count(*) as week
from events_between($first_day, $day)
where list_last(told_on) >= $week_first
group by event_type, sub_event_type
order by sum(day) over (partition by event_type) desc, sum(week) over (partition by event_type) desc, event_type, day desc, week desc, sub_event_type
