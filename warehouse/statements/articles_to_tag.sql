select article_id, outlet_id, url, outlets.country, headline, description, body, articles.language, dateline_place, kind,
    -- As Extracted.told_on: an update may be years later than the text.
    case when date_published_source is distinct from 'update' then published_on end as published_on,
    coalesce((
        select string_agg(caption, chr(10) order by position) from images where images.article_id = articles.article_id and caption is not null
    ), '') as captions
from articles join outlets using (outlet_id)
where $outlet_ids is null or list_contains($outlet_ids, outlet_id)
order by article_id
