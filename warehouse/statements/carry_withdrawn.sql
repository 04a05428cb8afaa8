-- Takes over which addresses stay out.
insert into withdrawn by name
select distinct on (address_hash) *
from lost.withdrawn
where address_hash not in (select address_hash from withdrawn)
