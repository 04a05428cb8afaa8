update articles set copy_id = copies.copy_id, is_original = (copies.relation = 'original')
from copies
where copies.article_id = articles.article_id
    and (articles.copy_id is distinct from copies.copy_id or articles.is_original <> (copies.relation = 'original'))
