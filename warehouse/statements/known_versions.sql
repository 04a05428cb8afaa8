-- The versions of the touched articles among the rows from $first to $last.
select article_id, version, headline, description, body, body_sha256, capture_id
from article_versions
where rowid between $first and $last and article_id in (select article_id from touched)
