-- No article that was loaded waits to be compared with others: what is published is grouped.
-- level: error
select null as outlet_id, count(*) || ' articles' as observed, '0 articles that wait to be compared' as expected, min(article_id) as detail
from copies_pending
having count(*) > 0
