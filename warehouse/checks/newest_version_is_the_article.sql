-- The text of an article is that of its newest version: of the articles that the run met, whose versions were written anew.
-- level: error
with met as materialized (
    select article_id, outlet_id, url, version, body_sha256
    from articles
    where run_id = $run_id or last_seen_at >= (select started_at from runs where runs.run_id = $run_id)
        or exists (select 1 from runs where runs.run_id = $run_id and kind not in ('nightly', 'import', 'backfill'))
)
select outlet_id, 'article ' || article_id as observed, 'the text of version ' || met.version as expected, url as detail
from met left join (from article_versions where article_id in (select article_id from met)) as versions using (article_id, version)
where versions.body_sha256 is distinct from met.body_sha256
