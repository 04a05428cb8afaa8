-- Fingerprints that more than 100 articles of one day share, on the days that the changes touch.
-- They are counted anew from all articles of the day, so that the order of arrival does not matter.
create or replace temp table hot_now as
with days as (
    select day from old_sketches join changed_sketches using (article_id)
    union
    select day from new_sketches join changed_sketches using (article_id)
), crowded as (
    select day from text_sketches where day in (select day from days) group by day having count(*) > 100
), printed as (
    select day, unnest(fingerprints) as fingerprint from text_sketches where day in (select day from crowded)
), hot as (
    select day, fingerprint, true as is_hot from printed group by day, fingerprint having count(*) > 100
), was_hot as (
    select day, fingerprint, true as was_hot from hot_fingerprints where day in (select day from days)
)
select day, fingerprint, coalesce(is_hot, false) as is_hot
from hot full join was_hot using (day, fingerprint)
where is_hot is distinct from was_hot
