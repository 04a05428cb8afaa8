-- One row: how many articles are in both files, in one of them, and how many differ in each column.
select
    count(*) filter (where lost.article_id is not null and rebuilt.article_id is not null) as in_both,
    count(*) filter (where rebuilt.article_id is null) as only_lost,
    count(*) filter (where rebuilt.article_id is null and lost.capture_id is null) as only_lost_imported,
    count(*) filter (where lost.article_id is null) as only_rebuilt,
    count(*) filter (where lost.article_id is not null and rebuilt.article_id is not null and ($any_differs)) as differing,
    $counts
from lost.articles as lost
full join rebuilt.articles as rebuilt using (article_id)
