-- The offsets of a name in the body cut out exactly that name.
-- level: error
select outlet_id, 'mention "' || text || '" at ' || start_char as observed, 'the same text in the body' as expected, url as detail
from mentions join articles using (article_id)
where field = 'body' and body[start_char + 1:end_char] <> text and run_id = $run_id
limit 100
