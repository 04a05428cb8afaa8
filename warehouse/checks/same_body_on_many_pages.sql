-- Three or more addresses of one outlet with the same text are probably an error page that answers 200.
-- level: warning
select outlet_id, count(*) || ' articles with one text' as observed, 'at most 2' as expected, any_value(url) as detail
from articles
group by outlet_id, body_sha256
having count(*) >= 3 and bool_or(run_id = $run_id)
