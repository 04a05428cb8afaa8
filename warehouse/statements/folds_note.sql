-- Notes for the fold what the events of the articles in $articles bear on: their days, and of those without a day the text that tells them.
insert into folds_pending
select event_date, if(event_date is null, coalesce(articles.copy_id, articles.article_id), null)
from events join articles using (article_id)
where article_id in (select article_id from $articles)
except
from folds_pending
