-- The touched articles among the rows from $first to $last.
select * from articles where rowid between $first and $last and article_id in (select article_id from touched)
