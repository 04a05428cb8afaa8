-- The row number that follows the last one.
select coalesce(max(rowid) + 1, 0) from $table
