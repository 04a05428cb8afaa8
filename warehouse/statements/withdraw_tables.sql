-- The tables that hold rows of articles, captures or addresses, by the column that says whose they are.
select table_name, column_name
from duckdb_columns()
where not internal and database_name = current_database() and column_name in ('article_id', 'capture_id', 'url', 'observation_id')
    and table_name in (select table_name from duckdb_tables() where not internal)
order by table_name, column_name
