-- One row per article whose normalised text is that of another one published at most 72 hours before or after.
-- Identical templates exist (rates, weather), hence the window; texts of less than 25 tokens say too little. Both figures: measured on news wires.
with texts as (
    select article_id, text_sha256, dated_at
    from article_texts join touched_texts using (text_sha256)
    where token_count >= 25
), gaps as (
    select *, dated_at - lag(dated_at) over (partition by text_sha256 order by dated_at, article_id) > interval 72 hours as is_apart
    from texts
), numbered as (
    select *, count(*) filter (is_apart) over (partition by text_sha256 order by dated_at, article_id) as series
    from gaps
), grouped as (
    select article_id,
        min(article_id) over same as copy_id,
        first_value(article_id) over (same order by dated_at, article_id) as original_id,
        count(*) over same as members
    from numbered
    window same as (partition by text_sha256, series)
)
insert into copies by name
select copy_id, article_id,
    if(article_id = original_id, 'original', 'exact') as relation,
    1.0 as containment,
    if(article_id = original_id, null, original_id) as other_article_id
from grouped
where members > 1
