delete from $table where $column in (select value from withdrawing where kind = '$kind')
