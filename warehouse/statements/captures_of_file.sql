-- One row per capture of a WARC file.
select *
from captures
where warc_file = $warc_file
order by warc_offset
