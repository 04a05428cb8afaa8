-- Articles whose sketch is of another recipe are compared anew.
insert into copies_pending by name
select article_id from text_sketches
where version <> $version and article_id not in (select article_id from copies_pending)
