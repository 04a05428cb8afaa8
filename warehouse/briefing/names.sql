-- What are the names behind the ids of places and groups on this page?
select entity_id, kind, if(length(entity_id) = 6, regexp_replace(name, ' \(.*', ''), name) as name, name_my, admin1_pcode, latitude, longitude
from entities
where (kind = 'place' and regexp_matches(entity_id, '^MMR[0-9]{3}([0-9]{3})?$')) or kind = 'armed_group'
order by entity_id
