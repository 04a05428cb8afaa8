-- The text of an article is that of its newest version: of the articles that the run met, whose versions were written anew.
-- level: error
with met_rows as materialized (
    select rowid as number
    from articles
    where run_id = $run_id or last_seen_at >= (select started_at from runs where runs.run_id = $run_id)
        or exists (select 1 from runs where runs.run_id = $run_id and kind not in ('nightly', 'import', 'backfill'))
),
met as materialized (
    select article_id, outlet_id, url, version, body_sha256 from articles where rowid in (select number from met_rows)
),
own_rows as materialized (
    -- Where the rows stand first: else all columns of all history are unpacked to look for them. Those that the run wrote are the last ones.
    select rowid as number from article_versions where article_id in (select article_id from met) and rowid >= $first_article_versions
),
own as materialized (
    select article_id, version, body_sha256 from article_versions where rowid in (select number from own_rows)
),
left_over as materialized (
    select article_id from met anti join own using (article_id, version)
),
other_rows as materialized (
    select rowid as number from article_versions where article_id in (select article_id from left_over) and rowid < $first_article_versions
),
versions as (
    from own
    union all
    select article_id, version, body_sha256 from article_versions where rowid in (select number from other_rows)
)
select outlet_id, 'article ' || article_id as observed, 'the text of version ' || met.version as expected, url as detail
from met left join versions using (article_id, version)
where versions.body_sha256 is distinct from met.body_sha256
