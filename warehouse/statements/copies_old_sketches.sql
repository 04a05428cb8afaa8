-- What was known of the articles of the slice.
create or replace temp table old_sketches as
select * from text_sketches where article_id in (select article_id from copies_slice)
