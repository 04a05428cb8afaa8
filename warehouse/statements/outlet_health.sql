select * from outlet_health order by outlet_id
