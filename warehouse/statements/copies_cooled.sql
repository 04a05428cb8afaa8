delete from hot_fingerprints where (day, fingerprint) in (select (day, fingerprint) from hot_now where not is_hot)
