-- Where does each outlet's day of publication come from, how exact is it, and how many articles have none?
select outlet_id,
    coalesce(date_published_source, 'no date') as source,
    coalesce(date_published_precision, '') as precision,
    count(*) as articles,
    min(published_on) as first_day,
    max(published_on) as last_day
from articles
group by all
order by outlet_id, articles desc, source
