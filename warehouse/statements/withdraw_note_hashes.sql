insert into withdrawn by name
select address_hash, $day as withdrawn_on
from (select distinct unnest($hashes) as address_hash)
where address_hash not in (select address_hash from withdrawn)
