-- The runs that wrote the article's row or fetched a page of it.
select run_id, kind, started_at, nightdesk_version
from runs
where run_id in (
    select run_id from articles where article_id = $article_id
    union
    select captures.run_id
    from captures join observations on observations.observation_id = captures.capture_id
    where article_id = $article_id
)
order by started_at, run_id
