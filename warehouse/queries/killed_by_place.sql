-- How many people were reported killed in the last thirty days, where and on whose side?
-- Copies and roundups are left out, and of a story told in two languages the larger number counts, once; each figure goes to the township that
-- is named nearest to it.
with asked as (
    -- The last thirty days of the file; for other days write two dates here. Articles without a day are left out.
    select last_day - 29 as first_day, last_day from (select least(max(published_on), cast(max(first_seen_at) as date) + 1) as last_day from articles)
), killed as (
    select article_id, outlet_id, url, start_char, best, party
    from figures join articles_original using (article_id) join asked on published_on between first_day and last_day
    where role = 'killed' and scope = 'event' and articles_original.kind <> 'roundup'
), placed as (
    select article_id, killed.start_char, any_value(url) as url, any_value(best) as best, any_value(party) as party,
        arg_min(left(entity_id, 9), (abs(mentions.start_char - killed.start_char), mentions.start_char)) as township_pcode
    from killed join mentions using (article_id)
    where mentions.kind = 'place' and field = 'body' and length(entity_id) >= 9
    group by article_id, killed.start_char
), told as (
    select coalesce(copies.other_article_id, placed.article_id) as story_id, placed.article_id, township_pcode, party,
        sum(best) as killed, min(url) as url
    from placed left join copies on copies.article_id = placed.article_id and relation = 'translation'
    group by all
), stories as (
    select story_id, township_pcode, party, count(*) as articles, max(killed) as killed, arg_max(url, (killed, url)) as url
    from told
    group by story_id, township_pcode, party
)
select township.name as township, party,
    sum(articles)::bigint as articles,
    sum(killed) as killed,
    min(url) as for_example
from stories join entities as township on township.entity_id = stories.township_pcode
group by township.name, party
order by killed desc, township, party nulls last
