-- Events of all history are folded once and kept, and of a run only what it touched is folded anew.

create table event_folds (
    folded_id varchar not null,
    event_date date,
    date_precision varchar,
    event_type varchar,
    sub_event_type varchar,
    actor1 varchar,
    actor2 varchar,
    admin1 varchar,
    location varchar,
    township_pcode varchar,
    fatalities_low integer,
    fatalities_high integer,
    alleged boolean,
    confidence double,
    articles bigint not null,
    outlets bigint not null,
    text_id varchar,
    first_told_on date,
    last_told_on date,
    told_on date[] not null,
    event_ids varchar[] not null
);
comment on table event_folds is 'One row per event, however many articles tell it; what the view events_folded shows.';
comment on column event_folds.folded_id is 'Id of the event in its earliest article.';
comment on column event_folds.event_date is 'Day of the event, or the first day of its week or month; NULL where the texts fix none.';
comment on column event_folds.date_precision is 'day, week, month or unknown.';
comment on column event_folds.event_type is 'ACLED event type.';
comment on column event_folds.sub_event_type is 'ACLED sub-event type.';
comment on column event_folds.actor1 is 'Who did it: actor id or a general word.';
comment on column event_folds.actor2 is 'To whom: actor id or a general word.';
comment on column event_folds.admin1 is 'State or region.';
comment on column event_folds.location is 'Place as the earliest article names it.';
comment on column event_folds.township_pcode is 'P-code of the township; NULL where only the state is known.';
comment on column event_folds.fatalities_low is 'Lowest number of deaths that one of the articles states; never a sum.';
comment on column event_folds.fatalities_high is 'Highest number of deaths that one of the articles states; never a sum.';
comment on column event_folds.alleged is 'True where every report tells it as a claim.';
comment on column event_folds.confidence is 'Of the surest report, 0 to 1.';
comment on column event_folds.articles is 'Articles that tell it, copies included.';
comment on column event_folds.outlets is 'Outlets that tell it.';
comment on column event_folds.text_id is 'The one text that tells it: group of copies, or article; NULL where several texts do.';
comment on column event_folds.first_told_on is 'Earliest day of publication of the articles that tell it; NULL where none has one.';
comment on column event_folds.last_told_on is 'Latest day of publication of the articles that tell it.';
comment on column event_folds.told_on is 'Days of publication of the articles that tell it, in order; a NULL at the end stands for undated articles.';
comment on column event_folds.event_ids is 'The events of the articles, for joins with events and event_evidence.';

create table folds_pending (
    event_date date,
    text_id varchar
);
comment on table folds_pending is 'One row per day, or text that fixes none, whose events are to be folded anew; empty between runs.';
comment on column folds_pending.event_date is 'Day of events; NULL for events of no day.';
comment on column folds_pending.text_id is 'For events of no day: group of copies, or article; else NULL.';

-- Whatever was loaded before is folded at the next run.
insert into folds_pending
select distinct event_date, if(event_date is null, coalesce(copy_id, article_id), null)
from events join articles using (article_id);

-- How many rows of tags a batch added: they are the last ones of their tables, so that a check of what a run wrote need not look for them in all.
alter table load_log add column tag_count bigint;
comment on column load_log.tag_count is 'Rows that it added to the tables of tags, all tables together; NULL for batches of schema 9 and earlier.';
