-- A 304 is a sight of the article: the page is there, as it was.
update articles set
    last_seen_at = greatest(last_seen_at, incoming.checked_at),
    gone_at = if(incoming.checked_at > gone_at, null, gone_at)
from incoming
where incoming.http_status = 304 and articles.outlet_id = incoming.outlet_id
    and (articles.url = incoming.url or list_contains(articles.aliases, incoming.url))
