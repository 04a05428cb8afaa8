-- One row per event, however many articles tell it. Reports are folded in two ways, and their deaths are never added up:
-- within a group of copies, where they have one type, day and place; and between texts only where nothing speaks against it: one sub-event
-- type, one day, one township and the same two actors, no text that tells two such events, and no two villages named in one language.
create or replace view events_folded as
with reported as (
    select events.*, articles.outlet_id, articles.language, articles.published_on,
        coalesce(articles.copy_id, articles.article_id) as text_id,
        if(length(events.pcode) >= 9, left(events.pcode, 9), null) as township_pcode,
        if(regexp_matches(location, '(?i)village|ward|quarter|hamlet|ကျေးရွာ|ရပ်ကွက်'), lower(location), null) as village,
        concat_ws('|', sub_event_type, event_date, coalesce(location, ''), coalesce(events.pcode, '')) as within_text
    from events join articles using (article_id)
), keyed as (
    select *,
        if(date_precision = 'day' and township_pcode is not null and actor1 is not null and actor2 is not null,
            concat_ws('|', sub_event_type, event_date, township_pcode, least(actor1, actor2), greatest(actor1, actor2)), null) as between_texts
    from reported
), per_text as (
    select between_texts, text_id, count(distinct within_text) as events_in_text
    from keyed
    where between_texts is not null
    group by between_texts, text_id
), per_language as (
    select between_texts, language, count(distinct village) as villages
    from keyed
    where between_texts is not null
    group by between_texts, language
), certain as (
    select between_texts
    from per_text
    group by between_texts
    having max(events_in_text) = 1
        and between_texts not in (select between_texts from per_language where villages > 1)
), grouped as (
    select keyed.*, coalesce(certain.between_texts, text_id || '|' || within_text) as fold_key
    from keyed left join certain using (between_texts)
)
select arg_min(event_id, (coalesce(published_on, date '9999-12-31'), language <> 'en', event_id)) as folded_id,
    min(event_date) as event_date, any_value(date_precision) as date_precision,
    any_value(event_type) as event_type, any_value(sub_event_type) as sub_event_type,
    arg_min(actor1, (coalesce(published_on, date '9999-12-31'), language <> 'en', event_id)) as actor1,
    arg_min(actor2, (coalesce(published_on, date '9999-12-31'), language <> 'en', event_id)) as actor2,
    any_value(admin1) as admin1,
    arg_min(location, (coalesce(published_on, date '9999-12-31'), language <> 'en', event_id)) as location,
    any_value(township_pcode) as township_pcode,
    min(fatalities) as fatalities_low, max(fatalities) as fatalities_high,
    bool_and(alleged) as alleged, max(confidence) as confidence,
    count(distinct article_id) as articles, count(distinct outlet_id) as outlets,
    list(event_id order by event_id) as event_ids
from grouped
group by fold_key;
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
