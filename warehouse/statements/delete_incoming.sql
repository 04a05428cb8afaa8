-- The rows of a table that the incoming ones, inserted next, stand for.
delete from $table as old using incoming as new where $match
