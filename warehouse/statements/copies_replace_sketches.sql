delete from text_sketches where article_id in (select article_id from changed_sketches)
