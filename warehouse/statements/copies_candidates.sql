-- Pairs that may hold one text: at most 72 hours apart, not word for word the same, three fingerprints in common,
-- and a fifth of those that the shorter text keeps at the scale of the longer one. Whether they are copies is decided on the whole texts.
with days as (
    select distinct day + nearby::integer as day
    from text_sketches join compared using (article_id), range(-3, 4) as offsets(nearby)
    where dated_at between $first and $last  -- all are; what was printed before need not be read
), mine as (
    select text_sketches.rowid as one, day, dated_at, text_hash, unnest(fingerprints) as fingerprint
    from text_sketches join compared using (article_id)
    where dated_at between $first and $last
), theirs as (
    select rowid as other, day, dated_at, text_hash, unnest(fingerprints) as fingerprint
    from text_sketches
    where dated_at between $first and $last and day in (select day from days)
), met as (
    select one, other
    from (from mine anti join hot_fingerprints using (day, fingerprint)) as mine
        join (from theirs anti join hot_fingerprints using (day, fingerprint)) as theirs using (fingerprint)
    where one <> other and mine.text_hash <> theirs.text_hash
        and theirs.dated_at between mine.dated_at - interval 72 hours and mine.dated_at + interval 72 hours
), pairs as (
    -- A pair of two compared articles is met from both sides.
    select distinct least(one, other) as one, greatest(one, other) as other, count(*) as shared
    from met
    group by met.one, met.other
    having count(*) >= 3
), sized as (
    select a.article_id as one, b.article_id as other, shared,
        if((a.shingle_count, a.article_id) <= (b.shingle_count, b.article_id), a.fingerprints, b.fingerprints) as fingerprints,
        (1::bigint << (32 - greatest(a.scale, b.scale))) as limit_of_scale
    from pairs join text_sketches as a on a.rowid = pairs.one join text_sketches as b on b.rowid = pairs.other
)
select one, other
from sized
where shared >= .2 * len(list_filter(fingerprints, lambda fingerprint: fingerprint < limit_of_scale))
order by one, other
