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
comment on column edits.article_id is 'Article.';
comment on column edits.outlet_id is 'Outlet that published it.';
comment on column edits.url is 'Canonical URL.';
comment on column edits.version is 'Number of the version, from 2.';
comment on column edits.seen_at is 'When this version was first met.';
comment on column edits.changes is 'What differs from the version before: fields (headline, description, body), then kinds of change (figure, place, attribution, addition, deletion, wording, correction).';
comment on column edits.headline_before is 'Headline of the version before.';
comment on column edits.headline is 'Headline of this version.';
comment on column edits.description_before is 'Standfirst of the version before.';
comment on column edits.description is 'Standfirst of this version.';
comment on column edits.body_before is 'Text of the version before.';
comment on column edits.body is 'Text of this version.';
