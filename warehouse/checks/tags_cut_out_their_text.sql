-- The offsets of a tag cut out exactly its text: of the articles of the run, and after reprocessing, which makes tags anew, of all articles.
-- What a run adds to a table are its last rows: only they are looked at, and their text is read by row number too.
-- level: error
with reprocessed as (
    select 1 from runs where run_id = $run_id and kind = 'reprocess'
),
touched as materialized (
    select rowid as number from articles where run_id = $run_id
    union all
    select rowid from articles
    where run_id <> $run_id and exists (from reprocessed)
),
texts as materialized (
    select article_id, outlet_id, url, headline, description, body, dateline_place, (
        select string_agg(caption, chr(10) order by position) from images where images.article_id = articles.article_id and caption is not null and images.rowid >= $first_images
    ) as caption
    from articles
    where rowid in (select number from touched)
),
tags as (
    select 'mention' as tag, field, article_id, start_char, end_char, text from mentions
    where article_id in (select article_id from texts) and rowid >= $first_mentions
    union all
    select 'figure', 'body', article_id, start_char, end_char, text from figures
    where article_id in (select article_id from texts) and rowid >= $first_figures
    union all
    select 'quotation', 'body', article_id, start_char, end_char, text from quotations
    where article_id in (select article_id from texts) and rowid >= $first_quotations
    union all
    select 'date', 'body', article_id, start_char, end_char, text from dates
    where article_id in (select article_id from texts) and rowid >= $first_dates
    union all
    select 'event ' || part, field, article_id, start_char, end_char, text from event_evidence
    where article_id in (select article_id from texts) and rowid >= $first_event_evidence
),
cut as (
    select outlet_id, url, tag, field, start_char, tags.text, case field
        when 'headline' then headline when 'description' then description when 'body' then body
        when 'caption' then caption when 'dateline_place' then dateline_place
    end[start_char + 1:end_char] as cut_out
    from tags join texts using (article_id)
)
select outlet_id, tag || ' "' || left(text, 80) || '" at ' || start_char as observed, 'the same text in the ' || field as expected, url as detail
from cut
where cut_out is distinct from text
limit 100
