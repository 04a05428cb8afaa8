-- The publication day and another day that the page prints, its address names or its machines state differ by more than a day.
-- level: warning
with told as (
    select article_id, source, try_cast(left(value, 10) as date) as told_on
    from field_sources
    where field = 'date_published' and not chosen and source not in ('listing', 'object_id') and rowid >= $first_field_sources
)
select articles.outlet_id, articles.date_published_source || ' says ' || articles.published_on as observed,
    'within a day of ' || told.source || ' ' || told.told_on as expected, articles.url as detail
from told join articles using (article_id)
where abs(date_diff('day', articles.published_on, told.told_on)) > 1 and articles.run_id = $run_id
    -- Two machines may mean two things; what people see and what machines say should be one day.
    and (told.source in ('byline', 'outlet_rule', 'url', 'dateline') or articles.date_published_source in ('byline', 'outlet_rule', 'url', 'dateline'))
order by articles.outlet_id, detail, expected
