select * exclude (article_id) from event_evidence where article_id = $article_id order by event_id, start_char, part
