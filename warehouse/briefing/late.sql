-- Which articles came in since the night before that carry an earlier day, or none?
select article_id, articles.outlet_id, outlets.name as outlet, headline, url, articles.language, published_on, first_seen_at, count(*) over () as late_in_all
from articles left join outlets on outlets.outlet_id = articles.outlet_id
where first_seen_at >= $noticed_from and first_seen_at < $noticed_until and (published_on < $day or published_on is null)
order by published_on desc nulls first, article_id
limit $rows_max
