-- Which numbers of people and houses do articles of the day state for an event, and in which words?
-- Copies and roundups are left out, and so are totals of a month or a year. Two outlets that tell one event are two rows: read, do not add up.
-- Texts are read by row number: only those that are shown, out of all that are kept.
with of_day as (
    -- Which rows first, by their number, then those rows: of a large file few are read, not all.
    from figures
    where rowid in (select rowid from figures where article_id in (select article_id from articles where published_on = $day))
), stated as (
    select of_day.*, outlet_id, url, headline, language, articles.rowid as article_row, count(*) over () as figures_in_all,
        row_number() over (
            order by array_position(['killed', 'injured', 'missing', 'abducted', 'detained', 'captured', 'surrendered', 'displaced'], role) nulls last, role,
                coalesce(best, low, high) desc nulls last, article_id, start_char
        ) as place
    from of_day join articles using (article_id)
    where articles.published_on = $day and is_original and articles.kind <> 'roundup' and scope = 'event'
)
select role, low, best, high, qualifier, who, coalesce(side.name, party) as party, stated.text as words,
    -- The passage around the number, and where in it (code points, from 0) its words begin; their sentence is cut out of it for the page.
    text_of.body[greatest(1, start_char - 399):end_char + 400] as passage, start_char - greatest(1, start_char - 399) + 1 as words_at,
    stated.article_id, stated.outlet_id, outlets.name as outlet, stated.url, stated.headline, stated.language, figures_in_all
from (select * from stated where place <= $rows_max) as stated
    join articles as text_of on text_of.rowid = stated.article_row
    left join outlets on outlets.outlet_id = stated.outlet_id
    left join entities as side on side.entity_id = party and side.kind <> 'place'
order by stated.place
