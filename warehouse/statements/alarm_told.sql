-- One row per article and field of which a source of the outlet (feed, sitemap, listing) and the page were both heard: what each said.
-- Articles that this run wrote, and the 100 met last before.
with ranked as (
    select article_id, outlet_id, url, run_id = $run_id as is_tonight,
        row_number() over (partition by outlet_id, run_id = $run_id order by first_seen_at desc, article_id) as age
    from articles
    where run_id = $run_id or (first_seen_at < $now::timestamptz and outlet_id in (select outlet_id from run_outlets where run_id = $run_id))
), chosen as (
    select * from ranked where is_tonight or age <= 100
), told as (
    select article_id, field, source in ('feed', 'sitemap', 'listing') as is_of_source, value, source, chosen as was_chosen
    from field_sources semi join chosen using (article_id)
    where field in ('headline', 'date_published') and source not in ('url', 'object_id', 'dateline', 'import')
), by_source as (
    select article_id, field, min(value) as value from told where is_of_source group by all having count(distinct value) = 1
), by_page as (
    select article_id, field, coalesce(min(value) filter (was_chosen), min(value)) as value from told where not is_of_source group by all
)
select chosen.outlet_id, chosen.is_tonight, by_source.field, by_source.value as by_source, by_page.value as by_page, chosen.url
from chosen join by_source using (article_id) join by_page on by_page.article_id = chosen.article_id and by_page.field = by_source.field
order by chosen.outlet_id, chosen.url, by_source.field
