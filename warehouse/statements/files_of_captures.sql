-- One row per WARC file that a capture lies in.
select distinct outlet_id, warc_file
from captures
order by outlet_id, warc_file
