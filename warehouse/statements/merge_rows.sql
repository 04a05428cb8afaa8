merge into $table as old using incoming as new on $match
when matched then update set $changes
when not matched then insert ($columns) values ($values)
