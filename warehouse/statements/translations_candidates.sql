-- Pairs of one house, at most 72 hours apart, in two languages, that share two townships or figures, or a picture: less is no translation
-- (translations_score.sql). A house is what its outlet ids have in common: dmg of dmg_en and dmg_my.
-- They are met through what they share: all pairs of three days are a hundred times as many.
create or replace temp table translation_candidates as
with slice as (
    select article_id, dated_at from text_sketches where article_id in (select article_id from copies_slice)
), bounds as (
    select min(dated_at) - interval 72 hours as first, max(dated_at) + interval 72 hours as last from slice
), near as materialized (
    -- The articles first, then what is printed of them: what is made of outlet ids would be made of those of all history.
    select article_id, dated_at from text_sketches where dated_at between (select first from bounds) and (select last from bounds)
), of_near as materialized (
    select article_id, dated_at, language, outlet_id, regexp_replace(outlet_id, '_[a-z]{2,3}$', '') as house from articles join near using (article_id)
), houses as (
    select regexp_replace(outlet_id, '_[a-z]{2,3}$', '') as house
    from (select distinct outlet_id from outlets)
    group by house
    having count(*) > 1
    intersect
    select house from of_near join slice using (article_id)
), printed as materialized (
    select article_id, of_near.dated_at, language, house, slice.article_id is not null as is_of_slice
    from of_near left join slice using (article_id)
    where language <> 'und' and house in (select house from houses)
), mention_rows as materialized (
    -- Where the rows stand first: all columns of all history would be unpacked to look for them, so that of article ids alone.
    select rowid as number from mentions where article_id in (select article_id from printed)
), figure_rows as materialized (
    select rowid as number from figures where article_id in (select article_id from printed)
), named as materialized (
    select article_id, kind, entity_id from mentions where rowid in (select number from mention_rows)
), counted as materialized (
    select article_id, role, best from figures where rowid in (select number from figure_rows)
), pictured as materialized (
    select article_id, regexp_extract(url, '([^/?]{6,}?)(-[0-9]+x[0-9]+)?\.[A-Za-z]+(\?.*)?$', 1) as picture
    from images
    where article_id in (select article_id from printed)
), telling as (
    select distinct article_id, 'place ' || entity_id as item from named where kind = 'place' and length(entity_id) >= 9
    union
    select distinct article_id, 'figure ' || role || ' ' || best from counted where best >= 2
    union
    select distinct article_id, 'picture ' || picture from pictured where picture <> ''
), told as materialized (
    select * from telling join printed using (article_id)
)
select least(one.article_id, other.article_id) as article_id, greatest(one.article_id, other.article_id) as other_article_id
from told as one
    join told as other on other.item = one.item and other.house = one.house and other.language <> one.language
        and other.dated_at between one.dated_at - interval 72 hours and one.dated_at + interval 72 hours
where one.is_of_slice
group by all
having count(distinct one.item) >= 2 or bool_or(starts_with(one.item, 'picture '))
