-- What the houses of the slice printed at most 72 hours from it, in a language that is known. A house is what its outlet ids have in common: dmg of
-- dmg_en and dmg_my.
create or replace temp table near_printed as
with slice as (
    select article_id, dated_at from text_sketches where article_id in (select article_id from copies_slice)
), bounds as (
    select min(dated_at) - interval 72 hours as first, max(dated_at) + interval 72 hours as last from slice
), near as materialized (
    -- The articles first, then what is printed of them: what is made of outlet ids would be made of those of all history.
    select article_id, dated_at from text_sketches where dated_at between (select first from bounds) and (select last from bounds)
), of_near as materialized (
    select article_id, dated_at, language, run_id, regexp_replace(outlet_id, '_[a-z]{2,3}$', '') as house from articles join near using (article_id)
), houses as (
    select regexp_replace(outlet_id, '_[a-z]{2,3}$', '') as house
    from (select distinct outlet_id from outlets)
    group by house
    having count(*) > 1
    intersect
    select house from of_near join slice using (article_id)
)
select article_id, of_near.dated_at, language, house, run_id, slice.article_id is not null as is_of_slice
from of_near left join slice using (article_id)
where language <> 'und' and house in (select house from houses)
