-- Older captures by chance: which ones hangs on the run's id alone, so that the same run finds the same.
select *
from captures
where warc_file not in (select warc_file from capture_files where loaded_at >= (select started_at from runs where run_id = $run_id))
order by hash(capture_id || $run_id), capture_id
limit $number
