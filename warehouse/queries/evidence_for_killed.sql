-- Which words stand behind each number of people killed in the last thirty days, and in which kept page can they be checked?
with asked as (
    -- The last thirty days of the file; for other days write two dates here. Articles without a day are left out.
    select last_day - 29 as first_day, last_day from (select least(max(published_on), cast(max(first_seen_at) as date) + 1) as last_day from articles)
)
select articles.published_on, figures.best as killed, figures.qualifier, figures.scope, figures.text as words, articles.url,
    captures.payload_sha256, captures.warc_file, captures.warc_offset
from articles_original as articles
    join asked on published_on between first_day and last_day
    join figures using (article_id)
    left join captures on captures.capture_id = articles.capture_id
where figures.role = 'killed'
order by articles.published_on desc, articles.url, figures.start_char
