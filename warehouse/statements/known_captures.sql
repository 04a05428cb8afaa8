select capture_id from captures where capture_id in (select capture_id from asked)
