-- The writer's database. A row group holds few articles, because the last one is packed anew at every checkpoint.
attach '$path' as work (row_group_size $rows, storage_version '$version'$blocks)
