-- Which file is this page made from: how many articles does it hold, of which days, and which run wrote it last?
select count(*) as articles, min(published_on) as first_day, max(published_on) as last_day,
    (select arg_max(run_id, started_at) from runs where ended_at is not null) as last_run_id,
    (select max(ended_at) from runs) as last_run_ended_at,
    (select arg_max(state, started_at) from runs where ended_at is not null) as last_run_state,
    (select max(started_at) from runs where kind = 'nightly') as last_nightly_at
from articles
