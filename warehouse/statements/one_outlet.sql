select * from outlets where outlet_id = (select outlet_id from articles where article_id = $article_id)
