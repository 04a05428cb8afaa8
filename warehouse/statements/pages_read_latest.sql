-- The pages of the batch of which no later reading is known: what they say holds.
select pages_read.outlet_id, pages_read.url
from pages_read join articles on articles.outlet_id = pages_read.outlet_id and articles.url = pages_read.url
    join observations on observations.article_id = articles.article_id
group by pages_read.outlet_id, pages_read.url
having max(pages_read.seen_at) >= max(observations.seen_at)
order by pages_read.outlet_id, pages_read.url
