-- First and last moment between which copies of the compared articles can lie.
select min(dated_at) - interval 72 hours, max(dated_at) + interval 72 hours
from text_sketches join compared using (article_id)
