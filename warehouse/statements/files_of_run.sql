-- One row per WARC file whose captures were loaded by this run.
select warc_file
from capture_files
where loaded_at >= (select started_at from runs where run_id = $run_id)
order by warc_file
