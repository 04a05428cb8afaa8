-- What did the checks of the night's runs find?
select checks.name, checks.level, checks.outlet_id, outlets.name as outlet, observed, expected, detail, checks.run_id
from checks
    join runs using (run_id)
    left join outlets on outlets.outlet_id = checks.outlet_id
where started_at >= $noticed_from and started_at < $noticed_until
order by level, not starts_with(checks.name, 'alarm_'), checks.name, checks.outlet_id nulls first, observed
