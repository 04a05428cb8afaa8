-- Which events do articles of the day tell, each event once, and which sentence of which article says so?
-- Texts are read by row number: only those that are shown, out of all that are kept.
with told as (
    select *, count(*) over () as events_in_all, row_number() over (order by fatalities_high desc nulls last, outlets desc, event_date desc nulls last, folded_id) as place
    from events_between($first_day, $day)
    where list_contains(told_on, $day)
), reports as (
    -- Of the day's articles the one that tells of most deaths; an original before its copies.
    select told.folded_id, events.event_id, events.article_id, events.start_char, events.end_char, articles.outlet_id, articles.url, articles.headline,
        articles.language, articles.rowid as article_row,
        row_number() over (partition by told.folded_id order by fatalities desc nulls last, not is_original, events.event_id) as place
    from (select folded_id, unnest(event_ids) as event_id from told where place <= $rows_max) as told
        join events using (event_id) join articles using (article_id)
    where articles.published_on = $day
), sentences as (
    select shown.*, text.body[shown.start_char + 1:shown.end_char] as sentence
    from (select * from reports where place = 1) as shown join articles as text on text.rowid = shown.article_row
)
select told.folded_id, told.event_date, told.date_precision, told.event_type, told.sub_event_type,
    coalesce(first_side.name, told.actor1) as actor1, coalesce(second_side.name, told.actor2) as actor2,
    told.actor1 as actor1_id, told.actor2 as actor2_id,
    regexp_replace(told.admin1, ' \(.*', '') as state, told.township_pcode, township.name as township, told.location,
    told.fatalities_low as killed_low, told.fatalities_high as killed_high, told.alleged, told.articles, told.outlets,
    sentences.sentence, sentences.article_id, sentences.outlet_id, outlets.name as outlet, sentences.url, sentences.headline, sentences.language,
    told.events_in_all
from told
    join sentences using (folded_id)
    left join outlets on outlets.outlet_id = sentences.outlet_id
    left join entities as first_side on first_side.entity_id = told.actor1 and first_side.kind <> 'place'
    left join entities as second_side on second_side.entity_id = told.actor2 and second_side.kind <> 'place'
    left join entities as township on township.entity_id = told.township_pcode
order by told.place
