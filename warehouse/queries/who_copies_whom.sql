-- Which outlet prints the texts of which other one, and how long after?
select original.outlet_id as original, copy.outlet_id as copied_by,
    count(*) as texts,
    median(date_diff('day', original.published_on, copy.published_on)) as days_later,
    -- Hours only where both pages print a time of day.
    round(median(epoch(copy.date_published - original.date_published)) filter (
        copy.date_published_precision in ('second', 'minute') and original.date_published_precision in ('second', 'minute')) / 3600, 1) as hours_later
from copies
    join articles as copy using (article_id)
    join articles as original on original.article_id = copies.other_article_id
where copies.relation not in ('original', 'translation')
group by all
order by texts desc
