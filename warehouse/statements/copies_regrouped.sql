-- The asked articles whose group is another one than before, and what they are now.
create or replace temp table regrouped as
select articles.rowid as article_row, articles.article_id, articles.copy_id as former_copy_id, copies.copy_id,
    coalesce(copies.relation = 'original', true) as is_original
from asked
    join articles using (article_id)
    left join copies on copies.article_id = asked.article_id and copies.relation <> 'translation'
where articles.copy_id is distinct from copies.copy_id or articles.is_original <> coalesce(copies.relation = 'original', true)
