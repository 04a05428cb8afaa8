-- One row per outlet of the run: an article of an earlier run with its capture and what it was read as. The same one every night, while no fuller
-- one comes: the most complete, then the smallest id.
with candidates as (
    select articles.outlet_id, articles.article_id, articles.headline, articles.body_sha256, articles.date_published, articles.extractor, articles.capture_id,
        row_number() over (
            partition by articles.outlet_id
            order by (headline is not null)::integer + (date_published is not null)::integer + (byline is not null)::integer
                + (description is not null)::integer desc, is_truncated, articles.article_id
        ) as place
    from articles
    where run_id <> $run_id and capture_id is not null and word_count >= 50
        and outlet_id in (select outlet_id from run_outlets where run_id = $run_id)
)
select candidates.article_id, candidates.headline, candidates.body_sha256, candidates.date_published, candidates.extractor, captures as capture
from candidates join captures using (capture_id)
where place = 1
order by candidates.outlet_id
