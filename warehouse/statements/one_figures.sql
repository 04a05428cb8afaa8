select * exclude (article_id) from figures where article_id = $article_id order by start_char, end_char
