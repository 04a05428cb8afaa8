-- One row per check that found something at level error in a run, which was therefore not published.
select name, count(*) as findings, any_value(observed) as observed, any_value(detail) as detail
from checks
where run_id = $run_id and level = 'error'
group by name
order by name
