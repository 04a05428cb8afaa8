-- An article whose address answers 404 or 410 keeps its row and gets the moment; the first one stays.
update articles set gone_at = incoming.checked_at
from incoming
where incoming.state = 'gone' and articles.gone_at is null
    and articles.outlet_id = incoming.outlet_id
    and (articles.url = incoming.url or list_contains(articles.aliases, incoming.url))
    and incoming.checked_at > articles.last_seen_at
