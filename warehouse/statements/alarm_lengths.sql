-- One row per outlet: the median length of the texts that this run wrote, in words, and what is usual among the 200 met last before.
with ranked as (
    select outlet_id, word_count, run_id = $run_id as is_tonight,
        row_number() over (partition by outlet_id, run_id = $run_id order by first_seen_at desc, article_id) as age
    from articles
    where run_id = $run_id or (first_seen_at < $now::timestamptz and outlet_id in (select outlet_id from run_outlets where run_id = $run_id))
)
select outlet_id, count(*) filter (is_tonight)::integer as of_tonight, median(word_count) filter (is_tonight) as median_tonight,
    count(*) filter (not is_tonight)::integer as of_before, quantile_cont(word_count, 0.1) filter (not is_tonight) as p10_before,
    quantile_cont(word_count, 0.9) filter (not is_tonight) as p90_before
from ranked
where is_tonight or age <= 200
group by outlet_id
