-- Which events did more than one article tell, and do they agree on the deaths?
select event_date, sub_event_type, admin1, location, actor1, actor2, fatalities_low, fatalities_high, articles, outlets
from events_folded
where articles > 1
order by articles desc, event_date, location
