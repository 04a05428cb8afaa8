-- The offsets of a tag cut out exactly its text: of the articles of the run, and after reprocessing, which makes tags anew, of all articles.
-- What a run adds to a table are its last rows: only they are looked at. They are named one by one, as a row number that is compared with what a
-- query gives (rowid > ...) is compared with those of all of history; their text is read by row number too.
-- level: error
with reprocessed as (
    select 1 from runs where run_id = $run_id and kind = 'reprocess'
),
added as materialized (
    -- At most so many rows at the end of each table of tags; null for all, where no batch says how many.
    select if(exists (from reprocessed) or bool_or(tag_count is null), null, sum(tag_count)::bigint) as tag_count from load_log where run_id = $run_id
),
touched as materialized (
    select rowid as number from articles where run_id = $run_id
    union all
    select rowid from articles
    where run_id <> $run_id and exists (from reprocessed)
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
    where article_id in (select article_id from texts) and rowid in (
        select unnest(range(greatest(0, coalesce(last + 1 - tag_count, 0)), last + 1)) from added, (select max(rowid) as last from mentions)
    )
    union all
    select 'figure', 'body', article_id, start_char, end_char, text from figures
    where article_id in (select article_id from texts) and rowid in (
        select unnest(range(greatest(0, coalesce(last + 1 - tag_count, 0)), last + 1)) from added, (select max(rowid) as last from figures)
    )
    union all
    select 'quotation', 'body', article_id, start_char, end_char, text from quotations
    where article_id in (select article_id from texts) and rowid in (
        select unnest(range(greatest(0, coalesce(last + 1 - tag_count, 0)), last + 1)) from added, (select max(rowid) as last from quotations)
    )
    union all
    select 'date', 'body', article_id, start_char, end_char, text from dates
    where article_id in (select article_id from texts) and rowid in (
        select unnest(range(greatest(0, coalesce(last + 1 - tag_count, 0)), last + 1)) from added, (select max(rowid) as last from dates)
    )
    union all
    select 'event ' || part, field, article_id, start_char, end_char, text from event_evidence
    where article_id in (select article_id from texts) and rowid in (
        select unnest(range(greatest(0, coalesce(last + 1 - tag_count, 0)), last + 1)) from added, (select max(rowid) as last from event_evidence)
    )
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
