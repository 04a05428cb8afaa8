-- One row per event, however many articles tell it; how reports are folded stands in statements/folds_insert.sql.
create or replace view events_folded as
select folded_id, event_date, date_precision, event_type, sub_event_type, actor1, actor2, admin1, location, township_pcode,
    fatalities_low, fatalities_high, alleged, confidence, articles, outlets, event_ids
from event_folds;
comment on view events_folded is 'One row per event, however many articles tell it.';
comment on column events_folded.folded_id is 'Id of the event in its earliest article.';
comment on column events_folded.event_date is 'Day of the event, or the first day of its week or month; NULL where the texts fix none.';
comment on column events_folded.date_precision is 'day, week, month or unknown.';
comment on column events_folded.event_type is 'ACLED event type.';
comment on column events_folded.sub_event_type is 'ACLED sub-event type.';
comment on column events_folded.actor1 is 'Who did it: actor id or a general word.';
comment on column events_folded.actor2 is 'To whom: actor id or a general word.';
comment on column events_folded.admin1 is 'State or region.';
comment on column events_folded.location is 'Place as the earliest article names it.';
comment on column events_folded.township_pcode is 'P-code of the township; NULL where only the state is known.';
comment on column events_folded.fatalities_low is 'Lowest number of deaths that one of the articles states; never a sum.';
comment on column events_folded.fatalities_high is 'Highest number of deaths that one of the articles states; never a sum.';
comment on column events_folded.alleged is 'True where every report tells it as a claim.';
comment on column events_folded.confidence is 'Of the surest report, 0 to 1.';
comment on column events_folded.articles is 'Articles that tell it, copies included.';
comment on column events_folded.outlets is 'Outlets that tell it.';
comment on column events_folded.event_ids is 'The events of the articles, for joins with events and event_evidence.';
