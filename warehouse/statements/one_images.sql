select * exclude (article_id) from images where article_id = $article_id order by position
