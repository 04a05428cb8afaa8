-- Three or more addresses of one outlet with the same words are probably an error page or a wall that answers 200 and that no gate knew.
-- The articles stay; the first five addresses are named, the newest first. Only texts that the run brought are looked at, not all of history.
-- level: warning
with brought as (
    select distinct articles.outlet_id, article_texts.text_sha256
    from articles join article_texts using (article_id)
    where articles.run_id = $run_id and article_texts.token_count > 0 and article_texts.rowid >= $first_article_texts
), same_words as (
    select article_id, text_sha256 from article_texts where text_sha256 in (select text_sha256 from brought)
), sharing as (
    select articles.outlet_id, articles.url, articles.first_seen_at, same_words.text_sha256
    from articles
        join same_words using (article_id)
        join brought on brought.outlet_id = articles.outlet_id and brought.text_sha256 = same_words.text_sha256
)
select outlet_id, count(*) || ' articles with one text' as observed, 'at most 2' as expected,
    array_to_string(list(url order by first_seen_at desc, url)[:5], ' ') as detail
from sharing
group by outlet_id, text_sha256
having count(*) >= 3
order by outlet_id, count(*) desc, detail
