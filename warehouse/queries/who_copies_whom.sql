-- Which outlet prints the texts of which other one, and how long after?
select original.outlet_id as original, copy.outlet_id as copied_by,
    count(*) as texts,
    round(median(epoch(copy.date_published - original.date_published)) / 3600, 1) as hours_later
from copies
    join articles as copy using (article_id)
    join articles as original on original.article_id = copies.other_article_id
where copies.relation <> 'original'
group by all
order by texts desc
