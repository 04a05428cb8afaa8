-- One row per capture in the files that this run loaded.
select *
from captures
where warc_file in (select warc_file from capture_files where loaded_at >= (select started_at from runs where run_id = $run_id))
order by warc_file, warc_offset
