-- The observations of the touched articles; of those that are captures also what came over the wire.
with held as materialized (
    select article_id, observation_id, seen_at, content_sha256 from observations where article_id in (select article_id from touched)
), kept as (
    select capture_id, payload_sha256 from captures where capture_id in (select observation_id from held)
)
select article_id, observation_id, seen_at, content_sha256, payload_sha256
from held left join kept on capture_id = observation_id
