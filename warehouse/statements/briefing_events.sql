create temp table events_of_the_page as select * from events_between($first_day, $day)
