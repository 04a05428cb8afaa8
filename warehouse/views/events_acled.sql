-- One row per event reported in an article, under ACLED's own column names; candidates for a coder, not ACLED data.
create or replace view events_acled as
select event_id as event_id_cnty,
    event_date,
    year(event_date) as "year",
    case date_precision when 'day' then 1 when 'week' then 2 when 'month' then 3 end as time_precision,
    event_type, sub_event_type, actor1, actor2, 'Myanmar' as country, admin1, location, events.latitude, events.longitude, geo_precision,
    outlets.name as source,
    articles.body[events.start_char + 1:events.end_char] as notes,
    fatalities, alleged, confidence, review_status, article_id
from events join articles using (article_id) join outlets using (outlet_id);
comment on view events_acled is 'One row per event reported in an article, under ACLED''s own column names.';
