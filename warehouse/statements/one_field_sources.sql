select * exclude (article_id) from field_sources where article_id = $article_id order by field, chosen desc, source, value
