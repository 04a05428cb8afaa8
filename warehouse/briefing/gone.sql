-- Which articles disappeared since the night before?
select article_id, articles.outlet_id, outlets.name as outlet, headline, url, articles.language, published_on, gone_at, count(*) over () as gone_in_all
from articles left join outlets on outlets.outlet_id = articles.outlet_id
where gone_at >= $noticed_from and gone_at < $noticed_until
order by gone_at desc, article_id
limit $rows_max
