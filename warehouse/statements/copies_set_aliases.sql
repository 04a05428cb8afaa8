update copy_aliases set copy_id = articles.copy_id
from articles
where articles.article_id = copy_aliases.former_copy_id
    and former_copy_id in (select article_id from asked)
    and copy_aliases.copy_id is distinct from articles.copy_id
