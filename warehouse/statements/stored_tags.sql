select * from $table where article_id in (select article_id from rewritten)
