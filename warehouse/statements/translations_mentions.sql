create or replace temp table near_mentions as
select article_id, kind, entity_id
from mentions
where article_id in (select article_id from near_printed) and rowid >= $first_mentions and entity_id is not null
