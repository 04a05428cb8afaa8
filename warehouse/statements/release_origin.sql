-- What the file is: its schema, and the run that published it, which is the last one that ended in it.
select (select max(version) from schema_migrations) as schema_version, run_id, kind, ended_at, nightdesk_version
from runs
where ended_at is not null
order by ended_at desc, run_id desc
limit 1
