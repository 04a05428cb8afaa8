delete from copy_edges
where article_id in (select article_id from compared) or other_article_id in (select article_id from compared)
returning article_id, other_article_id
