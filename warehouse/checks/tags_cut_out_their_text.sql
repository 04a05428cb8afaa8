-- The offsets of a tag cut out exactly its text: of the articles of the run, and after reprocessing, which makes tags anew, of all articles.
-- Rows are found by their ids first and their text is read by row number: what a run wrote stands together, and the rest is not read.
-- level: error
with touched as materialized (
    select rowid as number from articles where run_id = $run_id
    union all
    select rowid from articles
    where run_id <> $run_id and exists (select 1 from runs where runs.run_id = $run_id and kind = 'reprocess')
),
texts as materialized (
    select article_id, outlet_id, url, headline, description, body, dateline_place, (
        select string_agg(caption, chr(10) order by position) from images where images.article_id = articles.article_id and caption is not null
    ) as caption
    from articles
    where rowid in (select number from touched)
),
tags as (
    select 'mention' as tag, field, article_id, start_char, end_char, text from mentions
    where rowid in (select rowid from mentions where article_id in (select article_id from texts))
    union all
    select 'figure', 'body', article_id, start_char, end_char, text from figures
    where rowid in (select rowid from figures where article_id in (select article_id from texts))
    union all
    select 'quotation', 'body', article_id, start_char, end_char, text from quotations
    where rowid in (select rowid from quotations where article_id in (select article_id from texts))
    union all
    select 'date', 'body', article_id, start_char, end_char, text from dates
    where rowid in (select rowid from dates where article_id in (select article_id from texts))
    union all
    select 'event ' || part, field, article_id, start_char, end_char, text from event_evidence
    where rowid in (select rowid from event_evidence where article_id in (select article_id from texts))
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
