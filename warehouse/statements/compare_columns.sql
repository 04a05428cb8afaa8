-- One row per column of articles that both files have, key aside.
select column_name
from duckdb_columns()
where database_name in ('lost', 'rebuilt') and table_name = 'articles' and column_name <> 'article_id'
group by column_name
having count(distinct database_name) = 2
order by min(column_index)
