-- The next articles to be compared, in the order of publication: $size of them.
create or replace temp table copies_slice as
select article_id
from copies_pending left join articles using (article_id)
order by coalesce(date_published, first_seen_at), article_id
limit $size
