-- One row a key, of what the run wrote: the tables have no primary keys, because the engine's indexes do not survive a commit that fails.
-- level: error
with written as materialized (select article_id, outlet_id, url from articles where run_id = $run_id),
kept as materialized (select capture_id, outlet_id, url from captures where run_id = $run_id),
counted as (
    select 'articles' as table_name, article_id as key, count(*) as row_count from articles semi join written using (article_id) group by all
    union all
    select 'article_texts', article_id, count(*) from article_texts semi join written using (article_id) group by all
    union all
    select 'copies', article_id, count(*) from copies semi join written using (article_id) group by all
    union all
    select 'article_versions', article_id || ' ' || version, count(*) from article_versions semi join written using (article_id) group by all
    union all
    select 'captures', capture_id, count(*) from captures semi join kept using (capture_id) group by all
)
select outlet_id, row_count || ' rows of ' || key || ' in ' || table_name as observed, '1 row' as expected, url as detail
from counted
left join (select article_id as id, outlet_id, url from written union all select capture_id, outlet_id, url from kept) as named
    on named.id = split_part(key, ' ', 1)
where row_count > 1
