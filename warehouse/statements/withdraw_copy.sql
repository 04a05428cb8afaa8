copy from database old_work to $target
