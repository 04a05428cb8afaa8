select * exclude (article_id) from events where article_id = $article_id order by start_char, event_id
