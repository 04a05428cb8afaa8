-- The hash of the newest text of the articles that a batch touches.
select article_id, text_sha256 from article_texts where article_id in (select article_id from touched)
