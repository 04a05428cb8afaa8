-- One row: blocks of the working database, and how many of them hold nothing.
select total_blocks, free_blocks from pragma_database_size() where database_name = current_database()
