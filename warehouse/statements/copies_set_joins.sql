update copy_edges set joins = judged.joins
from judged
where judged.article_id = copy_edges.article_id and judged.other_article_id = copy_edges.other_article_id
