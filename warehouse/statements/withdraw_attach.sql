attach '$path' as old_work (read_only)
