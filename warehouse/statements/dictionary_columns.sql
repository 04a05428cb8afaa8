-- One row per column of the tables and views of an open database, in their order.
select table_name, column_name, data_type, comment
from duckdb_columns()
where not internal
order by table_name, column_index
