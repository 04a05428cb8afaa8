-- One row per event told by articles that were published between two days: select ... from events_between(date '2026-03-01', date '2026-03-07').
-- NULL leaves an end open; with both ends open it is events_folded, undated articles included.
-- Reports are folded in two ways, and their deaths are never added up: within a group of copies, where they have one type, day and place;
-- and between texts only where nothing speaks against it: one sub-event type, one day, one township and the same two actors, no text that
-- tells two such events, and no two villages named in one language.
create or replace macro events_between(first_day, last_day) as table
with reported as (
    select events.*, outlet_id, language, published_on, text_id,
        if(length(events.pcode) >= 9, left(events.pcode, 9), null) as township_pcode,
        if(regexp_matches(location, '(?i)village|ward|quarter|hamlet|ကျေးရွာ|ရပ်ကွက်'), lower(location), null) as village,
        concat_ws('|', sub_event_type, event_date, coalesce(location, ''), coalesce(events.pcode, '')) as within_text
    -- Which rows first, by their number, then those rows: of a large file a few days are read, not all.
    from (
        select events.rowid as event_row, outlet_id, language, published_on, coalesce(copy_id, article_id) as text_id
        from events join articles using (article_id)
        where (first_day is null or published_on >= first_day) and (last_day is null or published_on <= last_day)
    ) as told
        join events on events.rowid = event_row
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
    list(distinct published_on order by published_on) as told_on,
    list(event_id order by event_id) as event_ids
from grouped
group by fold_key
