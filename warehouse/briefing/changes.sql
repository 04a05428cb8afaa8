-- Which articles were changed by their outlets since the night before, and how did they read before and after?
-- Texts are read by row number: only those that are shown, out of all that are kept.
with noticed as (
    select *, count(*) over () as changes_in_all, row_number() over (
        order by not list_contains(changes, 'correction'), not list_contains(changes, 'figure'), seen_at desc, article_id, version) as place
    from (select rowid as after_row, article_id, version, seen_at, changes from article_versions where version > 1 and seen_at >= $noticed_from and seen_at < $noticed_until)
), shown as (
    select noticed.*, earlier.rowid as before_row
    from noticed join article_versions as earlier on earlier.article_id = noticed.article_id and earlier.version = noticed.version - 1
    where noticed.place <= $changes_max
)
select shown.article_id, articles.outlet_id, outlets.name as outlet, articles.url, articles.language, shown.version, shown.seen_at, shown.changes,
    articles.published_on, before.headline as headline_before, after.headline as headline_after,
    before.description as description_before, after.description as description_after, before.body as body_before, after.body as body_after,
    changes_in_all
from shown
    join article_versions as after on after.rowid = shown.after_row
    join article_versions as before on before.rowid = shown.before_row
    join articles on articles.article_id = shown.article_id
    left join outlets on outlets.outlet_id = articles.outlet_id
order by shown.place
