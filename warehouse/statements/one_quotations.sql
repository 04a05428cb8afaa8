select * exclude (article_id) from quotations where article_id = $article_id order by start_char, end_char
