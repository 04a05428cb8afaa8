-- One row per address of the outlet that a source named and that gave no page, or none this time: those left over, and those that failed
-- fewer than ten times in a row, or where there was no such page (404, 410), fewer than two.
select url, published_at, candidates, asked_url,
    not exists (from captures where captures.outlet_id = links.outlet_id and captures.url = links.url) as is_unseen
from links
where outlet_id = $outlet_id and (state = 'waiting' or (state = 'failed' and attempts < if(http_status in (404, 410), 2, 10)))
order by url
