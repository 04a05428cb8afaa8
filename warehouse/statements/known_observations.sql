select article_id, observation_id, seen_at, content_sha256, payload_sha256
from observations left join captures on captures.capture_id = observations.observation_id
where article_id in (select article_id from touched)
