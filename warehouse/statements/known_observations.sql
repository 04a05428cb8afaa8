select article_id, observation_id, seen_at, content_sha256
from observations
where article_id in (select article_id from touched)
