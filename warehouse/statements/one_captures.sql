-- One row per capture that was read as the article, and per capture that holds the payload of one of these.
with read_as as (
    select observation_id as capture_id from observations where article_id = $article_id
    union
    select capture_id from article_versions where article_id = $article_id
), needed as (
    select capture_id from read_as
    union
    select revisit_of from captures where capture_id in (select capture_id from read_as)
)
select * from captures where capture_id in (select capture_id from needed) order by fetched_at, capture_id
