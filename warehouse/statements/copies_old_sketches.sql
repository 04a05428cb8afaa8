-- What was known of the articles of the slice.
create or replace temp table old_sketches as
select * from text_sketches
-- Where the rows stand first: the fingerprints of all history would be unpacked to look for them.
where rowid in (select rowid from text_sketches where article_id in (select article_id from copies_slice))
