update articles set copy_id = found.copy_id, is_original = found.is_original
from (
    select asked.article_id, copies.copy_id, coalesce(copies.relation = 'original', true) as is_original
    from asked left join copies on copies.article_id = asked.article_id and copies.relation <> 'translation'
) as found
where found.article_id = articles.article_id
    and (articles.copy_id is distinct from found.copy_id or articles.is_original <> found.is_original)
