-- What did each outlet offer in each run, what was taken, and for how much of it were we blind?
select cast(runs.started_at as date) as night, runs.kind, run_outlets.outlet_id, discovered,
    skipped_known + not_modified as known_already,
    new, updated, unchanged,
    failed as not_fetched,
    rejected as not_an_article,
    alert
from run_outlets join runs using (run_id)
order by night, runs.started_at, outlet_id
