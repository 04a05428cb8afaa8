-- One row per address that was asked for before. `is_due`: it is asked again in this run whether a source names it or not.
with said as (
    select outlet_id, url, list([field, value, source]) as candidates
    from field_sources join articles using (article_id)
    where source in ('feed', 'sitemap')
    group by outlet_id, url
), answered as (
    select url, arg_max(final_url, fetched_at) as asked_url
    from captures
    where outlet_id = $outlet_id
    group by url
), links_of_outlet as (
    select links.*, $now::timestamptz - coalesce(published_at, first_seen_at) as age, $now::timestamptz - checked_at as unasked
    from links
    where outlet_id = $outlet_id
)
select url,
    case
        when state = 'waiting' then unasked >= interval 0 hours
        when state = 'failed' then attempts < 5 and unasked >= interval 0 hours
        when age > to_days($recheck_days::integer) then false
        when age < interval 4 days then unasked >= interval 20 hours
        else unasked >= interval 44 hours
    end as due,
    etag, last_modified, candidates, asked_url,
    found_by = 'recovered' as is_recovered
from links_of_outlet left join said using (outlet_id, url) left join answered using (url)
order by url
