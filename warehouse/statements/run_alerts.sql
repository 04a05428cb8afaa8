-- One row per outlet of a run that someone should look at.
select outlet_id, alert
from run_outlets
where run_id = $run_id and alert is not null
order by outlet_id
