-- How many civilians were reported killed in Rathedaung in March 2026, each event once, and which sentence, article and bytes say so?
-- For another place or month change the three values of `asked`. Reports of one event are never added up: where they differ, both ends stand.
with asked as (
    select 'Rathedaung' as township, date '2026-03-01' as first_day, date '2026-03-31' as last_day
), folded as (
    select events_folded.*
    from events_folded
        join entities as place on place.entity_id = township_pcode
        join asked on place.name = asked.township and event_date between first_day and last_day and date_precision = 'day'
), reports as materialized (
    -- The id of an event begins with that of its article: by that few rows are found, of which then the others are looked at.
    select folded_id, event_id, split_part(event_id, '-', 1) as article_id from (select folded_id, unnest(event_ids) as event_id from folded)
), evidence as materialized (
    -- Which rows first, by their number, then those rows: of a large file few passages are read, not all.
    select event_id, part, start_char, end_char, text
    from event_evidence
    where rowid in (select rowid from event_evidence where article_id in (select article_id from reports))
), civilians as materialized (
    select article_id, start_char, low, best
    from figures
    where rowid in (select rowid from figures where article_id in (select article_id from reports)) and role = 'killed' and party = 'civilians'
), counted as (
    -- The numbers of civilians of each report; of those killed "people" may be civilians too, which the text does not say.
    select folded_id, reports.event_id, sum(coalesce(low, best)) as low, sum(coalesce(best, low)) as best
    from reports
        join evidence on evidence.event_id = reports.event_id and part = 'fatalities'
        join civilians on civilians.article_id = reports.article_id and civilians.start_char = evidence.start_char
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
    sentence.text as sentence, articles.url,
    captures.payload_sha256, captures.warc_file, captures.warc_offset
from once
    join folded using (folded_id)
    join (from events where rowid in (select rowid from events where article_id in (select article_id from reports))) as events using (event_id)
    -- What stands in the body there; to cut it out of the body would unpack thousands of texts.
    left join evidence as sentence
        on sentence.event_id = once.event_id and part = 'report' and sentence.start_char = events.start_char and sentence.end_char = events.end_char
    join articles on articles.article_id = events.article_id
    left join captures on captures.capture_id = articles.capture_id
order by folded.event_date, folded.location
