select * from articles where article_id = $article_id
