-- A later look replaces an earlier one; a replayed night that looks back in time changes nothing.
-- A host that is busy (429) says nothing about the address: that attempt does not count.
merge into links as old using incoming as new on old.outlet_id = new.outlet_id and old.url = new.url
when matched and new.checked_at >= old.checked_at and new.state <> 'waiting' then update set
    state = new.state,
    published_at = coalesce(new.published_at, old.published_at),
    checked_at = new.checked_at,
    http_status = new.http_status,
    etag = coalesce(new.etag, old.etag),
    last_modified = coalesce(new.last_modified, old.last_modified),
    attempts = case when new.state <> 'failed' then 0 when new.http_status = 429 then old.attempts else old.attempts + 1 end,
    candidates = case when new.state = 'failed' then coalesce(new.candidates, old.candidates) end,
    asked_url = case when new.state = 'failed' then coalesce(new.asked_url, old.asked_url) end
when not matched then insert
    (outlet_id, url, found_by, state, published_at, first_seen_at, checked_at, http_status, etag, last_modified, attempts, candidates, asked_url)
    values (new.outlet_id, new.url, new.found_by, new.state, new.published_at, new.first_seen_at, new.checked_at, new.http_status, new.etag,
        new.last_modified, if(new.state = 'failed', 1, 0), new.candidates, new.asked_url)
