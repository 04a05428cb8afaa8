-- Articles whose id begins so.
select article_id, outlet_id, url, headline
from articles
where starts_with(article_id, $asked)
order by article_id
limit 12
