-- Events by rule, and the words behind each part of an event.

alter table events add column rule varchar;
alter table events add column method varchar;
comment on table events is 'One row per event reported in an article, with ACLED''s names: a candidate for a coder, found by rules.';
comment on column events.event_id is 'Article, then 8 hex digits over type, place and day.';
comment on column events.event_date is 'Day of the event; the first day of the week or month where the text gives no single day; NULL where it gives none.';
comment on column events.date_precision is 'day, week, month or unknown.';
comment on column events.actor1 is 'Who did it: actor id, or Unidentified Armed Group, Protesters, Rioters; NULL where the passage does not say.';
comment on column events.actor2 is 'To whom: actor id, or Civilians; NULL where the passage does not say.';
comment on column events.admin1 is 'State or region; NULL where the text names none for the event.';
comment on column events.pcode is 'MIMU P-code of the town, township or state; a village has that of its township.';
comment on column events.latitude is 'Degrees north, of the place with that P-code.';
comment on column events.longitude is 'Degrees east, of the place with that P-code.';
comment on column events.geo_precision is '1 the town itself, 2 a village or the township, 3 the state.';
comment on column events.fatalities is 'Deaths as the text states them; NULL where it gives no number. Never a sum over sentences.';
comment on column events.alleged is 'True where the text tells it as a claim, in a quotation, or as said by an armed side.';
comment on column events.rule is 'Line of terms/event_rules.csv.';
comment on column events.method is 'rule.';
comment on column events.review_status is 'candidate, accepted or refused.';

create table event_evidence (
    event_id varchar not null,
    article_id varchar not null,
    part varchar not null,
    field varchar not null,
    start_char integer not null,
    end_char integer not null,
    text varchar not null
);
comment on table event_evidence is 'One row per passage that stands behind a part of an event.';
comment on column event_evidence.event_id is 'Event.';
comment on column event_evidence.article_id is 'Article.';
comment on column event_evidence.part is 'report (a sentence that tells it), cue, date, place, actor1, actor2 or fatalities.';
comment on column event_evidence.field is 'Always body so far.';
comment on column event_evidence.start_char is 'First code point in the field.';
comment on column event_evidence.end_char is 'Code point after the last.';
comment on column event_evidence.text is 'The words.';
