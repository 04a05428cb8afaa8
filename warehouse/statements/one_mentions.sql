select mentions.* exclude (article_id), entities.name as entity
from mentions left join entities using (entity_id)
where article_id = $article_id
order by field, start_char, end_char
