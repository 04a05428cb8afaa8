-- Outlets and languages that articles have, with the names of the outlets.
select distinct articles.outlet_id, coalesce(outlets.name, articles.outlet_id) as outlet, articles.language
from articles left join outlets using (outlet_id)
