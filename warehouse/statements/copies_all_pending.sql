-- Every article is compared anew, and its text sketched anew.
insert into copies_pending by name
select article_id from articles
