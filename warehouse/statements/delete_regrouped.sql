delete from copies
where article_id in (select article_id from article_texts join touched_texts using (text_sha256))
