-- Articles with the words of one of the asked articles, at most 72 hours before or after it.
with mine as materialized (
    -- Where the rows stand first, here and below: the ids of all history would be unpacked to compare their words.
    select rowid as number, text_hash, dated_at from text_sketches
    where rowid in (select rowid from text_sketches where article_id in (select article_id from asked))
), mate_rows as materialized (
    select mates.rowid as number
    from mine join text_sketches as mates on mates.text_hash = mine.text_hash and mates.rowid <> mine.number
        and mates.dated_at between mine.dated_at - interval 72 hours and mine.dated_at + interval 72 hours
)
select distinct article_id from text_sketches where rowid in (select number from mate_rows)
