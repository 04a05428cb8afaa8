select count(*) from $database.$table
