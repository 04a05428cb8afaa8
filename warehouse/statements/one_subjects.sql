select * exclude (article_id) from subjects where article_id = $article_id order by confidence desc, code
