select * from copy_edges
where article_id in (select article_id from asked) or other_article_id in (select article_id from asked)
