-- Events are folded within a text, and these articles now are of another one: both texts are folded anew.
insert into folds_pending
with told as (
    select event_date, unnest([coalesce(former_copy_id, article_id), coalesce(copy_id, article_id)]) as text_id
    from events join regrouped using (article_id)
    where copy_id is distinct from former_copy_id
)
select event_date, if(event_date is null, text_id, null) from told
except
from folds_pending
