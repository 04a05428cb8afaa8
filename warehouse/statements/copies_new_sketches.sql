-- The sketches of the slice as they are to be: those that came with the articles, those just made, or those that still hold.
create or replace temp table new_sketches as
with made as (
    select * from sketches_made
    union all by name
    select copies_pending.* from copies_pending join copies_slice using (article_id)
    where version = $version and article_id not in (select article_id from sketches_made)
), sketch_rows as materialized (
    -- Where the rows stand first: the columns of all history would be unpacked to look for them, so that of article ids alone.
    select rowid as number from text_sketches
    where article_id in (select article_id from copies_slice) and article_id not in (select article_id from made)
), held as (
    select article_id, version, shingle_count, scale, fingerprints from text_sketches where rowid in (select number from sketch_rows)
), sketches as (
    select * from made
    union all by name
    select * from held
), article_rows as materialized (
    select rowid as number from articles where article_id in (select article_id from sketches)
), text_rows as materialized (
    select rowid as number from article_texts where article_id in (select article_id from sketches)
), dated as (
    -- Of a page that prints only the day nobody knows the hour: noon is at most half a day wrong.
    select article_id, outlet_id, kind, source_outlet,
        coalesce(date_published + if(date_published_precision = 'day', interval 12 hours, interval 0 hours), first_seen_at) as dated_at
    from articles
    where rowid in (select number from article_rows)
), texts as (
    select article_id, text_sha256 from article_texts where rowid in (select number from text_rows)
)
select article_id, dated_at::date as day, dated_at, ('0x' || left(text_sha256, 16))::ubigint as text_hash, shingle_count, scale, version,
    kind = 'roundup' as is_roundup, source_outlet is not null as credits_another, fingerprints
from sketches join dated using (article_id) join texts using (article_id)
where shingle_count > 0
