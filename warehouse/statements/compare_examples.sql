-- One row per article that is only in the lost file and was read from a page, the first ones by address.
select lost.article_id, lost.outlet_id, lost.url, lost.capture_id
from lost.articles as lost
anti join rebuilt.articles as rebuilt using (article_id)
where lost.capture_id is not null
order by lost.url
limit $number
