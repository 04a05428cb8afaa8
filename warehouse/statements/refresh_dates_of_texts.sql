update article_texts set dated_at = coalesce(articles.date_published, articles.first_seen_at)
from articles
where articles.article_id = article_texts.article_id
    and articles.article_id in (select article_id from touched)
    and article_texts.dated_at <> coalesce(articles.date_published, articles.first_seen_at)
