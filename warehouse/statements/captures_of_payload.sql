-- One row per capture that holds the payload itself. A revisit refers to such a one.
select *
from captures
where outlet_id = $outlet_id and payload_sha256 = $payload_sha256 and revisit_of is null
order by fetched_at desc
