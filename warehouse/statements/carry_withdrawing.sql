-- Takes over what a withdrawal that has begun has still to remove.
insert into withdrawing by name
select * from lost.withdrawing
