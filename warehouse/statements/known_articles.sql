select * from articles where article_id in (select article_id from touched)
