-- Pairs of a changed article and one with the same words, at most 72 hours before or after it.
select mine.article_id, mates.article_id
from text_sketches as mine
    join changed_sketches using (article_id)
    join text_sketches as mates on mates.text_hash = mine.text_hash and mates.article_id <> mine.article_id
        and mates.dated_at between mine.dated_at - interval 72 hours and mine.dated_at + interval 72 hours
where mates.dated_at between $first and $last
