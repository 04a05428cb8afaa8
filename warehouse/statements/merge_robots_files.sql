-- A text that is met again only gets a later last_seen_at: the table says which text was in force when.
merge into robots_files as old using incoming as new on old.base = new.base and old.sha256 = new.sha256
when matched then update set last_seen_at = greatest(old.last_seen_at, new.fetched_at), http_status = new.http_status
when not matched then insert (base, sha256, http_status, body, first_seen_at, last_seen_at)
    values (new.base, new.sha256, new.http_status, new.body, new.fetched_at, new.fetched_at)
