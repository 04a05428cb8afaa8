-- Takes over which addresses stay out.
insert or ignore into withdrawn by name
select * from lost.withdrawn
