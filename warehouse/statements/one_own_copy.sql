select * from copies where article_id = $article_id
