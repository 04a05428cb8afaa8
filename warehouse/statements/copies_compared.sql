-- Articles whose pairs are looked for anew: the changed ones, and those that hold a fingerprint that became hot or is so no more.
create or replace temp table compared as
select article_id from changed_sketches
union
select article_id
from (select article_id, day, unnest(fingerprints) as fingerprint from text_sketches where day in (select day from hot_now)) as held
    join hot_now using (day, fingerprint)
