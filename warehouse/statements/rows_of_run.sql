-- How many rows at most the run added to one of the tables of articles, versions, sources and tags; null where its batches do not say: those of
-- reprocessing, which makes tags anew without a batch.
select sum(rows_max)::bigint
from load_log
where run_id = $run_id
having bool_and(rows_max is not null) and not exists (select 1 from runs where run_id = $run_id and kind = 'reprocess')
