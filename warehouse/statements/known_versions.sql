select article_id, headline, description, body, body_sha256, capture_id
from article_versions
where article_id in (select article_id from touched)
order by version
