-- Which words stand behind each number of people killed, and in which kept page can they be checked?
select articles.published_on, figures.best as killed, figures.qualifier, figures.scope, figures.text as words, articles.url,
    captures.payload_sha256, captures.warc_file, captures.warc_offset
from articles_original as articles
    join figures using (article_id)
    left join captures on captures.capture_id = articles.capture_id
where figures.role = 'killed'
order by articles.published_on desc nulls last, articles.url, figures.start_char
