-- One row per article that was known at a moment, in the version of then: select ... from articles_as_of('2026-03-02 20:00:00+00').
create or replace macro articles_as_of(moment) as table
with versions as (
    select *
    from article_versions
    where seen_at <= moment::timestamptz
    qualify row_number() over (partition by article_id order by version desc) = 1
)
select articles.article_id, outlet_id, url, language, kind, section, authors, date_published, date_published_precision, published_on,
    versions.version, versions.seen_at, versions.headline, versions.description, versions.body, versions.body_sha256, versions.capture_id,
    versions.version = articles.version as is_newest, coalesce(gone_at <= moment::timestamptz, false) as was_gone
from versions join articles using (article_id)
