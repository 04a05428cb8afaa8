-- Pairs of one house, at most 72 hours apart, in two languages, that share two townships or figures, or a picture: less is no translation
-- (translations_score.sql). They are met through what they share: all pairs of three days are a hundred times as many.
create or replace temp table translation_candidates as
with telling as (
    select distinct article_id, 'place ' || entity_id as item from near_mentions where kind = 'place' and length(entity_id) >= 9
    union
    select distinct article_id, 'figure ' || role || ' ' || best from near_figures
    union
    select article_id, 'picture ' || picture from near_pictures where picture <> ''
), told as materialized (
    select * from telling join near_printed using (article_id)
)
select least(one.article_id, other.article_id) as article_id, greatest(one.article_id, other.article_id) as other_article_id
from told as one
    join told as other on other.item = one.item and other.house = one.house and other.language <> one.language
        and other.dated_at between one.dated_at - interval 72 hours and one.dated_at + interval 72 hours
where one.is_of_slice
group by all
having count(distinct one.item) >= 2 or bool_or(starts_with(one.item, 'picture '))
