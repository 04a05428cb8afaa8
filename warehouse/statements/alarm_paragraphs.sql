-- One row per outlet and paragraph (of 20 characters or more) that stands in three or more texts that this run wrote: in how many of them, in
-- how many of the 200 met last before, and one address.
with tonight as (
    select outlet_id, article_id, url, body from articles where run_id = $run_id
), totals as (
    select outlet_id, count(*)::integer as of_tonight from tonight group by outlet_id
), paragraphs as (
    select distinct outlet_id, article_id, url, unnest(string_split(body, chr(10))) as paragraph from tonight
), shared as (
    select outlet_id, paragraph, count(*)::integer as texts, min(url) as url
    from paragraphs
    where length(paragraph) >= 20
    group by outlet_id, paragraph
    having count(*) >= 3
), ranked as (
    select article_id, row_number() over (partition by outlet_id order by first_seen_at desc, article_id) as age
    from articles
    where run_id <> $run_id and outlet_id in (select outlet_id from shared)
), earlier as materialized (
    select outlet_id, body from articles where article_id in (select article_id from ranked where age <= 200)
)
select shared.outlet_id, shared.texts, totals.of_tonight, shared.url,
    (select count(*) from earlier where earlier.outlet_id = shared.outlet_id)::integer as of_before,
    (select count(*) from earlier where earlier.outlet_id = shared.outlet_id and contains(earlier.body, shared.paragraph))::integer as texts_before
from shared join totals using (outlet_id)
order by shared.outlet_id, shared.texts desc, shared.url
