-- Pairs of a changed article and one with the words that it has or had, at most 72 hours before or after it.
with changed as (
    select article_id, dated_at, text_hash from text_sketches join changed_sketches using (article_id)
    union all
    select article_id, dated_at, text_hash from old_sketches join changed_sketches using (article_id)
)
select distinct mine.article_id, mates.article_id
from changed as mine
    join text_sketches as mates on mates.text_hash = mine.text_hash and mates.article_id <> mine.article_id
        and mates.dated_at between mine.dated_at - interval 72 hours and mine.dated_at + interval 72 hours
where mates.dated_at between (select min(dated_at) - interval 72 hours from changed) and (select max(dated_at) + interval 72 hours from changed)
