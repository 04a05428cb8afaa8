-- Three or more addresses of one outlet with the same words are probably an error page or a wall that answers 200 and that no gate knew.
-- The articles stay; the first five addresses are named, the newest first.
-- level: warning
with sharing as (
    select articles.outlet_id, articles.url, articles.run_id, articles.first_seen_at, article_texts.text_sha256
    from articles join article_texts using (article_id)
    where articles.body <> ''
)
select outlet_id, count(*) || ' articles with one text' as observed, 'at most 2' as expected,
    array_to_string(list(url order by first_seen_at desc, url)[:5], ' ') as detail
from sharing
group by outlet_id, text_sha256
having count(*) >= 3 and bool_or(run_id = $run_id)
order by outlet_id, count(*) desc, detail
