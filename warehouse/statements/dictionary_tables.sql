-- One row per table or view of an open database, tables first.
select 'table' as kind, table_name as name, comment from duckdb_tables() where not internal and not temporary
union all
select 'view', view_name, comment from duckdb_views() where not internal and not temporary
order by kind, name
