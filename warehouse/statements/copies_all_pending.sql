-- Every article is compared anew, and its text sketched anew where it was not just now.
insert into copies_pending by name
select article_id from articles where article_id not in (select article_id from copies_pending)
