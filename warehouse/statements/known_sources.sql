-- One row per address of the outlet's sources: what it last said.
select * from sources where outlet_id = $outlet_id order by url
