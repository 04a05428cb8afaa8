-- When no day is left: so many texts with events of no day, the earliest first, so that their rows stand in the order of time. The id of a text is
-- that of its first article. (Not added to the table of the days: in one transaction DuckDB 1.5.5 gave no rows to an insert of 200,000 that also
-- asked whether its own table was empty.)
create or replace temp table folds_slice as
select event_date, text_id
from folds_pending left join articles on article_id = text_id
where event_date is null
order by published_on, text_id limit $size
