update articles set copy_id = regrouped.copy_id, is_original = regrouped.is_original
from regrouped
where regrouped.article_row = articles.rowid
