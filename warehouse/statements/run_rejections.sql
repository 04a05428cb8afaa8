select outlet_id, stage, reason, count(*) as pages
from rejections
where run_id = ?
group by all
order by all
