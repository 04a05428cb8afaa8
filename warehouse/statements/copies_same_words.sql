-- Articles with the words of one of the asked articles, at most 72 hours before or after it.
select distinct mates.article_id
from text_sketches as mine
    join asked using (article_id)
    join text_sketches as mates on mates.text_hash = mine.text_hash and mates.article_id <> mine.article_id
        and mates.dated_at between mine.dated_at - interval 72 hours and mine.dated_at + interval 72 hours
