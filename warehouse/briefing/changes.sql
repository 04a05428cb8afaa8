-- Which articles were changed by their outlets since the night before, and how did they read before and after?
with noticed as (
    select *, count(*) over () as changes_in_all, row_number() over (
        order by not list_contains(changes, 'correction'), not list_contains(changes, 'figure'), seen_at desc, article_id, version) as place
    from (select article_id, version, seen_at, changes from article_versions where version > 1 and seen_at >= $noticed_from and seen_at < $noticed_until)
)
select noticed.article_id, articles.outlet_id, outlets.name as outlet, articles.url, articles.language, noticed.version, noticed.seen_at, noticed.changes,
    articles.published_on, before.headline as headline_before, after.headline as headline_after,
    before.description as description_before, after.description as description_after, before.body as body_before, after.body as body_after,
    changes_in_all
from noticed
    join article_versions as after on after.article_id = noticed.article_id and after.version = noticed.version
    join article_versions as before on before.article_id = noticed.article_id and before.version = noticed.version - 1
    join articles on articles.article_id = noticed.article_id
    left join outlets on outlets.outlet_id = articles.outlet_id
where noticed.place <= $changes_max
order by noticed.place
