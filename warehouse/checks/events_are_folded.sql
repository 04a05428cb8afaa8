-- Every event of an article stands in one row of event_folds, and none waits to be folded.
-- level: error
with counted as (
    select (select count(*) from events) as told, (select coalesce(sum(event_count), 0) from event_folds) as folded,
        (select count(*) from folds_pending) as waiting
)
select null as outlet_id, folded || ' events folded, ' || waiting || ' days or texts waiting' as observed, told || ' events, and none waiting' as expected,
    'the table event_folds is not what the events give' as detail
from counted
where folded <> told or waiting > 0
