-- One row per outlet and field: of how many articles that this run wrote it is filled, and of how many of the 200 met last before.
-- Articles are chosen by their ids first: nobody else's texts are read.
with ranked as (
    select article_id, run_id = $run_id as is_tonight,
        row_number() over (partition by outlet_id, run_id = $run_id order by first_seen_at desc, article_id) as age
    from articles
    where run_id = $run_id or (first_seen_at < $now::timestamptz and outlet_id in (select outlet_id from run_outlets where run_id = $run_id))
), ids as materialized (
    select article_id, is_tonight from ranked where is_tonight or age <= 200
), usual as (
    select outlet_id, mode(language) as language from articles join ids using (article_id) where not is_tonight group by outlet_id
), chosen as (
    select outlet_id, is_tonight, headline, date_published, byline, authors, description, section, keywords, articles.language,
        usual.language as usual_language, article_id in (select article_id from images semi join ids using (article_id)) as has_image
    from articles join ids using (article_id) left join usual using (outlet_id)
), filled as (
    select outlet_id, is_tonight, headline is not null as headline, date_published is not null as date_published, byline is not null as byline,
        len(coalesce(authors, [])) > 0 as authors, description is not null as description, section is not null as section,
        len(coalesce(keywords, [])) > 0 as keywords, has_image as images, coalesce(language = usual_language, false) as language
    from chosen
), long as (
    unpivot filled on headline, date_published, byline, authors, description, section, keywords, images, language into name field value is_filled
)
select outlet_id, field, count(*) filter (is_tonight)::integer as of_tonight, count(*) filter (is_tonight and is_filled)::integer as filled_tonight,
    count(*) filter (not is_tonight)::integer as of_before, count(*) filter (not is_tonight and is_filled)::integer as filled_before
from long
group by outlet_id, field
order by outlet_id, field
