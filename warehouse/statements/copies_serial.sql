-- Which of the asked articles belong to a series: their own outlet printed two or more texts like theirs on other days, all of them over more than
-- 60 hours. Three days in a row are a text that is printed again; a fourth makes them a column, and so do texts of every second day.
with own as (
    select article_id, outlet_id, dated_at, text_hash
    from text_sketches join asked using (article_id) join articles using (article_id)
), alike as (
    select own.article_id, other_article_id as alike_id from own join copy_edges using (article_id)
    union
    select own.article_id, copy_edges.article_id from own join copy_edges on copy_edges.other_article_id = own.article_id
    union
    select own.article_id, mates.article_id
    from own join text_sketches as mates on mates.text_hash = own.text_hash and mates.article_id <> own.article_id
        and mates.dated_at between own.dated_at - interval 72 hours and own.dated_at + interval 72 hours
)
select own.article_id
from own
    join alike using (article_id)
    join text_sketches as others on others.article_id = alike_id
    join articles as article_alike on article_alike.article_id = alike_id
where article_alike.outlet_id = own.outlet_id and others.dated_at not between own.dated_at - interval 20 hours and own.dated_at + interval 20 hours
group by own.article_id
having count(*) >= 2
    and max(greatest(own.dated_at, others.dated_at)) - min(least(own.dated_at, others.dated_at)) > interval 60 hours
