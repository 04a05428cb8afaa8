select * from run_outlets where run_id = ? order by outlet_id
