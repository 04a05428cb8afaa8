-- Per outlet: articles met for the first time in the run that are copies of another one.
update run_outlets set copies = (
    select count(*) from articles
    where articles.run_id = $run_id and articles.outlet_id = run_outlets.outlet_id and version = 1 and not is_original
)
where run_id = $run_id
