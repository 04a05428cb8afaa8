-- Takes out what pages said of themselves before: those that were now read in their newest form, and after reprocessing those that are no
-- article any more.
with latest as (
    select pages_read.outlet_id, pages_read.url
    from pages_read join articles on articles.outlet_id = pages_read.outlet_id and articles.url = pages_read.url
        join observations on observations.article_id = articles.article_id
    group by pages_read.outlet_id, pages_read.url
    having max(pages_read.seen_at) >= max(observations.seen_at)
)
delete from reservations
where source in ('header', 'meta') and (
    (outlet_id, url) in (select (outlet_id, url) from latest)
    or ($reread and (outlet_id, url) not in (select (outlet_id, url) from articles))
)
