-- No article is published more than a day after it was first seen.
-- level: warning
select outlet_id, 'published ' || date_published as observed, 'not after ' || first_seen_at as expected, url as detail
from articles
where date_published > first_seen_at + interval 24 hours and run_id = $run_id
