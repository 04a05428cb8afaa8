-- One row per version of an article after the first: what it changed.
create or replace view edits as
with pairs as (
    select article_id, version, seen_at, changes, headline, description, body,
        lag(headline) over (partition by article_id order by version) as headline_before,
        lag(description) over (partition by article_id order by version) as description_before,
        lag(body) over (partition by article_id order by version) as body_before
    from article_versions
)
select article_id, outlet_id, url, pairs.version, seen_at, changes, headline_before, pairs.headline, description_before, pairs.description,
    body_before, pairs.body
from pairs join articles using (article_id)
where pairs.version > 1;
comment on view edits is 'One row per version of an article after the first.';
