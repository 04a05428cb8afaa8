-- One row per address of the outlet that a source named and that gave no page yet: those left over, and those that failed fewer than five times in a row.
select url, published_at, candidates, asked_url
from links
where outlet_id = $outlet_id and (state = 'waiting' or (state = 'failed' and attempts < 5))
order by url
