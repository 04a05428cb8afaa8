-- One row per address that was asked for before. `is_due`: it is asked again in this run whether a source names it or not.
with said as (
    select outlet_id, url, list([field, value, source]) as candidates
    from field_sources join articles using (article_id)
    where articles.outlet_id = $outlet_id and source in ('feed', 'sitemap', 'listing')
    group by outlet_id, url
), answered as (
    select url, arg_max(final_url, fetched_at) as asked_url, arg_max(coalesce(revisit_of, capture_id), fetched_at) as original_id
    from captures
    where outlet_id = $outlet_id
    group by url
), originals as (
    select capture_id as original_id, captures as original
    from captures
    where outlet_id = $outlet_id and revisit_of is null
), links_of_outlet as (
    select links.*, $now::timestamptz - coalesce(published_at, first_seen_at) as age, $now::timestamptz - checked_at as unasked
    from links
    where outlet_id = $outlet_id
)
select url,
    case
        when unasked < interval 0 hours then false
        when state = 'waiting' then true
        when state = 'failed' and http_status in (404, 410) then attempts < if(age > to_days($recheck_days::integer), 2, 5)
        when state = 'failed' and attempts < 5 then true
        -- Then every week: an outlet whose pages were broken for a week must not have lost them for good.
        when state = 'failed' then attempts < 10 and unasked >= interval 164 hours
        when age > to_days($recheck_days::integer) then false
        when age < interval 4 days then unasked >= interval 20 hours
        else unasked >= interval 44 hours
    end as due,
    etag, last_modified, said.candidates, links_of_outlet.candidates as candidates_of_link,
    coalesce(answered.asked_url, links_of_outlet.asked_url) as asked_url,
    found_by = 'recovered' as is_recovered,
    state = 'waiting' as is_waiting,
    answered.original_id is null as is_unseen,
    if(due, published_at, null) as published_at,
    -- What a source says to have changed is looked at again for a year.
    if(age <= interval 365 days, checked_at, null) as checked_at,
    if(due, original, null) as original
from links_of_outlet left join said using (outlet_id, url) left join answered using (url) left join originals using (original_id)
order by url
