insert into text_sketches by name
select * from new_sketches where article_id in (select article_id from changed_sketches)
