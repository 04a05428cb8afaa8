-- One row: what a database file holds, and the run that ended last in it.
select
    (select max(version) from schema_migrations) as schema_version,
    (select count(*) from articles) as articles,
    (select count(*) from captures) as captures,
    (select count(*) from runs) as runs,
    (select max_by(run_id, (started_at, run_id)) from runs) as newest_run,
    (select count(*) from runs where state = 'running') as running
