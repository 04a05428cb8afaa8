-- Where the asked articles stand in the table.
select rowid from articles where article_id in (select article_id from asked) order by rowid
