select * from article_versions where article_id = $article_id order by version
