-- One row per article that the index does not describe as it is now. Two registered tables: indexed, current_articles.
select
    coalesce(current_articles.article, indexed.article) as article,
    current_articles.place,
    indexed.article is not null as was_there
from current_articles full join indexed on current_articles.article = indexed.article
where current_articles.fingerprint is distinct from indexed.fingerprint
