delete from copies_pending where article_id in (select article_id from touched)
