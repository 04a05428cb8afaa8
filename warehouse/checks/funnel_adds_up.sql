-- What goes into each stage of a run comes out of it: links, pages and articles add up.
-- level: error
with sums as (
    select outlet_id, discovered, skipped_known + fetched + not_modified + failed as after_fetch, fetched, extracted + rejected as after_extract,
        extracted, new + updated + unchanged as after_load
    from run_outlets
    where run_id = $run_id
)
select outlet_id,
    format('{} discovered, {} accounted for; {} fetched, {} accounted for; {} extracted, {} accounted for',
        discovered, after_fetch, fetched, after_extract, extracted, after_load) as observed,
    'equal numbers' as expected, 'a page was lost or counted twice' as detail
from sums
where discovered <> after_fetch or fetched <> after_extract or extracted <> after_load
