-- Where the rows of the touched articles stand in the table.
select rowid from $table where article_id in (select article_id from touched) order by rowid
