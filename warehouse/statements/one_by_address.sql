-- Articles that were met under one of the addresses.
select article_id, outlet_id, url, headline
from articles
where list_contains($urls, url) or list_has_any(aliases, $urls)
    or article_id in (
        select observations.article_id
        from observations join captures on captures.capture_id = observations.observation_id
        where list_contains($urls, captures.url) or list_contains($urls, captures.final_url)
    )
order by article_id
