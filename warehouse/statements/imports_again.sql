-- One row per article that came by import, as a line that can be imported again.
select
    outlet_id, url, headline, description, body, language, kind, section, keywords, byline, authors, newsroom, dateline_place,
    dateline_date::varchar as dateline_date, source_outlet,
    case when date_published_precision = 'day' then published_on::varchar else strftime(date_published, '%Y-%m-%dT%H:%M:%S.%f%z') end as date_published,
    strftime(date_modified, '%Y-%m-%dT%H:%M:%S.%f%z') as date_modified, is_truncated
from articles
where capture_id is null
order by url
