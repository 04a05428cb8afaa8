-- A 304 is a sight of the article that the address showed last: the page is there, as it was. Where the address has come to lead to another
-- article, that one was met; where it has come to show what is none ("not found" with status 200), none was.
with shown as (
    select captures.outlet_id, captures.url, arg_max(coalesce(observations.article_id, ''), captures.fetched_at) as article_id
    from captures left join observations on observations.observation_id = captures.capture_id
    where (captures.outlet_id, captures.url) in (select (outlet_id, url) from incoming where http_status = 304)
    group by captures.outlet_id, captures.url
), met as (
    select incoming.*, shown.article_id as shown_id
    from incoming left join shown using (outlet_id, url)
    where http_status = 304
)
update articles set
    last_seen_at = greatest(last_seen_at, met.checked_at),
    gone_at = if(met.checked_at > gone_at, null, gone_at)
from met
where articles.outlet_id = met.outlet_id
    and (articles.url = met.url or list_contains(articles.aliases, met.url))
    and articles.article_id = coalesce(met.shown_id, articles.article_id)
