-- One row per event that is told of the days of the slice, or of no day in its texts, however many articles tell it.
-- Reports are folded in two ways, and their deaths are never added up: within a group of copies, where they have one type, day and place;
-- and between texts only where nothing speaks against it: one sub-event type, one day, one township and the same two actors, no text that
-- tells two such events, and no two villages named in one language. So nothing is folded across days, and without a day nothing across texts.
insert into event_folds by name
with told as materialized (
    -- Which rows first, by their number, then those rows: of a large file a few days are read, not all.
    select events.rowid as event_row, article_id from events where event_date in (select event_date from folds_slice)
    union all
    select events.rowid, article_id
    from events
    where event_date is null and article_id in (
        select article_id from articles where coalesce(copy_id, article_id) in (select text_id from folds_slice where event_date is null)
    )
), article_rows as materialized (
    select rowid as number from articles where article_id in (select article_id from told)
), told_by as (
    select article_id, outlet_id, language, published_on, copy_id from articles where rowid in (select number from article_rows)
), reported as (
    select events.*, outlet_id, language, published_on, coalesce(copy_id, told_by.article_id) as text_id,
        if(length(events.pcode) >= 9, left(events.pcode, 9), null) as township_pcode,
        if(regexp_matches(location, '(?i)village|ward|quarter|hamlet|ကျေးရွာ|ရပ်ကွက်'), lower(location), null) as village,
        concat_ws('|', sub_event_type, event_date, coalesce(location, ''), coalesce(events.pcode, '')) as within_text
    from told
        join told_by on told_by.article_id = told.article_id
        join events on events.rowid = event_row
), keyed as (
    select *,
        if(date_precision = 'day' and township_pcode is not null and actor1 is not null and actor2 is not null,
            concat_ws('|', sub_event_type, event_date, township_pcode, least(actor1, actor2), greatest(actor1, actor2)), null) as between_texts,
        -- Of equal reports the earliest speaks, an English one first; the id makes it the same one whatever came in first.
        {'published_on': coalesce(published_on, date '9999-12-31'), 'is_other': language <> 'en', 'event_id': event_id} as place
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
select arg_min(event_id, place) as folded_id,
    min(event_date) as event_date, arg_min(date_precision, place) as date_precision,
    arg_min(event_type, place) as event_type, arg_min(sub_event_type, place) as sub_event_type,
    arg_min(actor1, place) as actor1, arg_min(actor2, place) as actor2,
    arg_min(admin1, place) as admin1, arg_min(location, place) as location, arg_min(township_pcode, place) as township_pcode,
    min(fatalities) as fatalities_low, max(fatalities) as fatalities_high,
    bool_and(alleged) as alleged, max(confidence) as confidence,
    count(distinct article_id) as articles, count(distinct outlet_id) as outlets,
    if(min(text_id) = max(text_id), min(text_id), null) as text_id,
    min(published_on) as first_told_on, max(published_on) as last_told_on, list(distinct published_on order by published_on nulls last) as told_on,
    list(event_id order by event_id) as event_ids, count(*) as event_count
from grouped
group by fold_key
-- So that what is asked of some days need not read the rest.
order by first_told_on, folded_id
