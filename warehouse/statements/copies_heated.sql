insert into hot_fingerprints select day, fingerprint from hot_now where is_hot
