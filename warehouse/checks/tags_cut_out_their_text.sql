-- The offsets of a tag in the body cut out exactly its text.
-- level: error
with tags as (
    select 'mention' as tag, article_id, start_char, end_char, text from mentions where field = 'body'
    union all select 'figure', article_id, start_char, end_char, text from figures
    union all select 'quotation', article_id, start_char, end_char, text from quotations
    union all select 'date', article_id, start_char, end_char, text from dates
)
select outlet_id, tag || ' "' || left(tags.text, 80) || '" at ' || start_char as observed, 'the same text in the body' as expected, url as detail
from tags join articles using (article_id)
where body[start_char + 1:end_char] <> tags.text and run_id = $run_id
limit 100
