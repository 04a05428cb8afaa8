-- One row per event reported in an article, under ACLED's own column names; candidates for a coder, not ACLED data.
create or replace view events_acled as
select event_id as event_id_cnty,
    event_date,
    year(event_date) as "year",
    case date_precision when 'day' then 1 when 'week' then 2 when 'month' then 3 end as time_precision,
    event_type, sub_event_type,
    coalesce(first_side.name, actor1) as actor1,
    coalesce(second_side.name, actor2) as actor2,
    if(events.pcode is not null, 'Myanmar', null) as country,
    events.admin1, township.name as admin3, location, events.latitude, events.longitude, geo_precision,
    outlets.name as source,
    articles.body[events.start_char + 1:events.end_char] as notes,
    fatalities, alleged, confidence, review_status, article_id
from events join articles using (article_id) join outlets using (outlet_id)
    left join entities as first_side on first_side.entity_id = actor1 and first_side.kind <> 'place'
    left join entities as second_side on second_side.entity_id = actor2 and second_side.kind <> 'place'
    left join entities as township on township.entity_id = left(events.pcode, 9) and length(events.pcode) >= 9;
comment on view events_acled is 'One row per event reported in an article, under ACLED''s own column names.';
comment on column events_acled.event_id_cnty is 'Id of the event in its article; not an ACLED id.';
comment on column events_acled.event_date is 'Day of the event, or the first day of its week or month; NULL where the text fixes none.';
comment on column events_acled."year" is 'Year of the event.';
comment on column events_acled.time_precision is '1 day, 2 week, 3 month; NULL where it is not known.';
comment on column events_acled.event_type is 'ACLED event type.';
comment on column events_acled.sub_event_type is 'ACLED sub-event type.';
comment on column events_acled.actor1 is 'Who did it, by name.';
comment on column events_acled.actor2 is 'To whom, by name, or Civilians.';
comment on column events_acled.country is 'Myanmar where the place is known, else NULL.';
comment on column events_acled.admin1 is 'State or region.';
comment on column events_acled.admin3 is 'Township.';
comment on column events_acled.location is 'Place as named.';
comment on column events_acled.latitude is 'Degrees north.';
comment on column events_acled.longitude is 'Degrees east.';
comment on column events_acled.geo_precision is '1 the town itself, 2 a village or the township, 3 the state.';
comment on column events_acled.source is 'Name of the outlet.';
comment on column events_acled.notes is 'The evidence: the passage of the body that reports the event.';
comment on column events_acled.fatalities is 'Deaths as the text states them; NULL where it gives no number.';
comment on column events_acled.alleged is 'True where it is told as a claim, in a quotation, or by an armed side.';
comment on column events_acled.confidence is '0 to 1.';
comment on column events_acled.review_status is 'candidate, accepted or refused.';
comment on column events_acled.article_id is 'Article.';
