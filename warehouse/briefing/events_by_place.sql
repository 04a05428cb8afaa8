-- In which townships did the events happen that articles of the day and of its week tell, each event once?
-- Where a text names no township, the state stands alone; where it names neither, both are empty.
select regexp_replace(events.admin1, ' \(.*', '') as state, township_pcode, township.name as township, township.name_my as township_my,
    township.latitude, township.longitude,
    count(*) filter (list_contains(told_on, $day)) as day,
    count(*) as week
from events_between($first_day, $day) as events left join entities as township on township.entity_id = township_pcode
where list_last(told_on) >= $week_first
group by all
order by day desc, week desc, state nulls last, township nulls last
