-- One row per other article of the same group, and of the same story in another language, the original first.
with own as (
    select * from copies where article_id = $article_id
)
select other.copy_id, other.relation, other.containment, articles.article_id, articles.outlet_id, outlets.name as outlet, articles.url,
    articles.headline, articles.published_on, articles.language,
    coalesce(other.copy_id in (select copy_id from own where relation <> 'translation') and other.relation <> 'translation', false) as is_copy
from articles left join copies as other using (article_id) left join outlets on outlets.outlet_id = articles.outlet_id
where articles.article_id <> $article_id
    and (
        other.copy_id in (select copy_id from own)
        or articles.article_id in (select other_article_id from own)
        or other.other_article_id = $article_id
    )
order by is_copy desc, coalesce(other.relation, '') <> 'original', articles.date_published, articles.article_id
