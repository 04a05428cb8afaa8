-- One row per table that both files have.
select table_name
from duckdb_tables()
where database_name in ('lost', 'rebuilt') and not internal
group by table_name
having count(distinct database_name) = 2
order by table_name
