-- How many civilians were reported killed in Rathedaung in March 2026, each event once, and which sentence, article and bytes say so?
-- For another place or month change the three values of `asked`. Reports of one event are never added up: where they differ, both ends stand.
with asked as (
    select 'Rathedaung' as township, date '2026-03-01' as first_day, date '2026-03-31' as last_day
), folded as (
    select events_folded.*
    from events_folded
        join entities as place on place.entity_id = township_pcode
        join asked on place.name = asked.township and event_date between first_day and last_day and date_precision = 'day'
), counted as (
    -- The numbers of civilians of each report; of those killed "people" may be civilians too, which the text does not say.
    select folded_id, events.event_id, sum(coalesce(figures.low, figures.best)) as low, sum(coalesce(figures.best, figures.low)) as best
    from (select folded_id, unnest(event_ids) as event_id from folded) as reports
        join events using (event_id)
        join event_evidence as evidence on evidence.event_id = events.event_id and evidence.part = 'fatalities'
        join figures on figures.article_id = events.article_id and figures.start_char = evidence.start_char and figures.role = 'killed'
    where figures.party = 'civilians'
    group by all
), numbers as (
    select folded_id, min(low) as civilians_low, max(best) as civilians_high, arg_max(event_id, (best, event_id)) as event_id
    from counted
    group by folded_id
), once as (
    select numbers.*, sum(civilians_low) over () as total_low, sum(civilians_high) over () as total_high from numbers
)
select folded.event_date, folded.location, folded.sub_event_type, folded.actor1, once.civilians_low, once.civilians_high,
    once.total_low, once.total_high, folded.articles, folded.alleged,
    articles.body[events.start_char + 1:events.end_char] as sentence, articles.url,
    captures.payload_sha256, captures.warc_file, captures.warc_offset
from once
    join folded using (folded_id)
    join events using (event_id)
    join articles on articles.article_id = events.article_id
    left join captures on captures.capture_id = articles.capture_id
order by folded.event_date, folded.location
