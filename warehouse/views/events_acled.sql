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
comment on column events_acled.event_id_cnty is 'Id over article, place, day and type; not an ACLED id.';
comment on column events_acled.event_date is 'Day of the event.';
comment on column events_acled."year" is 'Year of the event.';
comment on column events_acled.time_precision is '1 day, 2 week, 3 month; NULL where it is not known.';
comment on column events_acled.event_type is 'ACLED event type.';
comment on column events_acled.sub_event_type is 'ACLED sub-event type.';
comment on column events_acled.actor1 is 'First actor.';
comment on column events_acled.actor2 is 'Second actor.';
comment on column events_acled.country is 'Always Myanmar.';
comment on column events_acled.admin1 is 'State or region.';
comment on column events_acled.location is 'Place as named.';
comment on column events_acled.latitude is 'Degrees north.';
comment on column events_acled.longitude is 'Degrees east.';
comment on column events_acled.geo_precision is 'ACLED geo precision, 1 to 3.';
comment on column events_acled.source is 'Name of the outlet.';
comment on column events_acled.notes is 'The evidence: the passage of the body that reports the event.';
comment on column events_acled.fatalities is 'Deaths reported.';
comment on column events_acled.alleged is 'True where only one party claims it.';
comment on column events_acled.confidence is '0 to 1.';
comment on column events_acled.review_status is 'unreviewed, accepted or refused.';
comment on column events_acled.article_id is 'Article.';
