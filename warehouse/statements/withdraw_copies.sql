-- Articles that print the text of the withdrawn ones.
select distinct articles.url
from copies as own
    join copies as other on other.copy_id = own.copy_id and other.article_id <> own.article_id
    join articles on articles.article_id = other.article_id
where own.relation <> 'translation' and other.relation <> 'translation'
    and list_contains($ids, own.article_id) and not list_contains($ids, other.article_id)
order by articles.url
