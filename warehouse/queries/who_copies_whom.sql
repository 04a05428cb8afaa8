-- Which outlet prints the texts of which other one, how surely after it, and how long after?
select outlet_id as original, printed_by as copied_by, articles as texts, surely_later, credited, days_later,
    -- Hours only where both pages print a time of day.
    hours_later
from syndication
order by texts desc, original, copied_by
