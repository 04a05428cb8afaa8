-- One row per version of an article after the first: what it changed.
create or replace view edits as
select article_id, outlet_id, url, now.version, now.seen_at, now.changes,
    past.headline as headline_before, now.headline, past.description as description_before, now.description,
    past.body as body_before, now.body
from article_versions as now
    -- Versions are numbered without gaps. A window over all versions would sort a million to find the few that are not the first.
    join article_versions as past using (article_id)
    join articles using (article_id)
where now.version > 1 and past.version = now.version - 1;
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
