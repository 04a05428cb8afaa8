-- Pairs of one house, at most 72 hours apart, in two languages. A house is what its outlet ids have in common: dmg of dmg_en and dmg_my.
create or replace temp table translation_candidates as
with slice as (
    select article_id, dated_at from text_sketches where article_id in (select article_id from copies_slice)
), bounds as (
    select min(dated_at) - interval 72 hours as first, max(dated_at) + interval 72 hours as last from slice
), houses as (
    select regexp_replace(outlet_id, '_[a-z]{2,3}$', '') as house
    from (select distinct outlet_id from outlets)
    group by house
    having count(*) > 1
), printed as (
    select article_id, dated_at, language, regexp_replace(outlet_id, '_[a-z]{2,3}$', '') as house
    from text_sketches join articles using (article_id)
    where dated_at between (select first from bounds) and (select last from bounds) and language <> 'und'
        and regexp_replace(outlet_id, '_[a-z]{2,3}$', '') in (select house from houses)
)
select distinct least(one.article_id, other.article_id) as article_id, greatest(one.article_id, other.article_id) as other_article_id
from printed as one
    join slice using (article_id)
    join printed as other on other.house = one.house and other.language <> one.language
        and other.dated_at between one.dated_at - interval 72 hours and one.dated_at + interval 72 hours
