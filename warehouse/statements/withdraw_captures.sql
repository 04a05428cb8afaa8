select * from captures where list_contains($ids, capture_id) order by capture_id
