-- The robots.txt files that decisions about the article rest on.
select distinct base, sha256, http_status, first_seen_at, last_seen_at
from robots_files
where sha256 in (
    select robots_sha256
    from captures join observations on observations.observation_id = captures.capture_id
    where article_id = $article_id
)
order by base, sha256
