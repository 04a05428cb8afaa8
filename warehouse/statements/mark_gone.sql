-- An article whose address answers 404 or 410 keeps its row and gets the moment; the first one stays.
-- An alias speaks for the article only where the article's own address is not known to the crawler: a redirect can make one article an alias of another.
update articles set gone_at = incoming.checked_at
from incoming
where incoming.state = 'gone' and articles.gone_at is null
    and articles.outlet_id = incoming.outlet_id
    and incoming.checked_at > articles.last_seen_at
    and (articles.url = incoming.url or (
        list_contains(articles.aliases, incoming.url)
        and not exists (select 1 from links where links.outlet_id = articles.outlet_id and links.url = articles.url)
    ))
