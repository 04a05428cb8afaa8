-- One row per address that is not simply asked again when a source names it.
with said as (
    select outlet_id, url, list([field, value, source]) as candidates
    from field_sources join articles using (article_id)
    where source in ('feed', 'sitemap')
    group by outlet_id, url
), links_of_outlet as (
    select links.*, $now::timestamptz - coalesce(published_at, first_seen_at) as age, $now::timestamptz - checked_at as unasked
    from links
    where outlet_id = $outlet_id and not (state = 'failed' and attempts < 5)
)
select url,
    age <= to_days($recheck_days::integer) and unasked >= if(age < interval 4 days, interval 20 hours, interval 44 hours) as due,
    etag, last_modified, candidates
from links_of_outlet left join said using (outlet_id, url)
order by url
