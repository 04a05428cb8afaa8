-- Which stories were printed on the day, copies folded: who printed each first, and who took it?
-- A story is a group of copies or a single article. First come those that most outlets printed
-- on the day, then those that tell of most deaths and events. Texts are read by row number, and only of the stories at the top of the page.
with printed as (
    select coalesce(copy_id, article_id) as story_id, article_id, outlet_id, published_on, is_original, date_published, rowid as article_row
    from articles
    where published_on between $first_day and $day
), members as (
    select * from printed where story_id in (select story_id from printed where published_on = $day)
), numbered as (
    -- The first printing: the original of the group, or the earliest where the original is no longer among them.
    select *, row_number() over (partition by story_id order by not is_original, date_published nulls last, article_id) as place from members
), related as (
    select numbered.story_id, numbered.article_id, numbered.outlet_id, outlets.name as outlet, articles.headline, articles.url,
        numbered.published_on, copies.relation,
        if(articles.date_published_precision in ('second', 'minute'), articles.date_published, null) as printed_at
    from numbered
        join articles on articles.rowid = numbered.article_row
        left join copies on copies.article_id = numbered.article_id
        left join outlets on outlets.outlet_id = numbered.outlet_id
    where numbered.place > 1
), taken as (
    select story_id,
        list({'article_id': article_id, 'outlet_id': outlet_id, 'outlet': outlet, 'headline': headline, 'url': url, 'published_on': published_on,
            'relation': relation} order by published_on, printed_at nulls last, article_id) as taken_by
    from related
    group by story_id
), counted as (
    select story_id, count(*) as articles, count(distinct outlet_id) as outlets, count(distinct outlet_id) filter (published_on = $day) as outlets_of_day,
        list(distinct outlet_id order by outlet_id) as outlet_ids
    from members
    group by story_id
), deaths as (
    select story_id, article_id, count(*) as events, sum(fatalities) as killed
    from events join members using (article_id)
    group by story_id, article_id
), told as (
    select story_id, max(events) as events, min(killed)::bigint as killed_low, max(killed)::bigint as killed_high from deaths group by story_id
), rows_of_mentions as materialized (
    -- Which rows first, by their number, then those rows: of all mentions few are of these articles.
    select mentions.rowid as mention_row, story_id from mentions join members using (article_id)
), of_the_stories as (
    select rowid as mention_row, kind, role, entity_id from mentions where rowid in (select mention_row from rows_of_mentions)
), mentioned as (
    select story_id, kind, role, entity_id from rows_of_mentions join of_the_stories using (mention_row)
), named as (
    select distinct story_id, mentioned.kind,
        -- Towns and villages count for their township.
        case when mentioned.kind = 'armed_group' then entity_id when regexp_matches(entity_id, '^MMR[0-9]{6}') then left(entity_id, 9) end as entity_id,
        admin1_pcode
    from mentioned join entities using (entity_id)
    where mentioned.kind in ('place', 'armed_group') and mentioned.role <> 'dateline'
), tags as (
    select story_id,
        list(distinct entity_id order by entity_id) filter (kind = 'armed_group') as group_ids,
        list(distinct entity_id order by entity_id) filter (kind = 'place' and entity_id is not null) as township_ids,
        list(distinct admin1_pcode order by admin1_pcode) filter (kind = 'place' and admin1_pcode is not null) as state_ids
    from named
    group by story_id
), translated as (
    select one.story_id,
        list(distinct {'article_id': other.article_id, 'outlet': outlets.name, 'language': other.language, 'headline': other.headline, 'url': other.url})
            as told_also
    from translation_pairs as pairs
        join members as one on one.article_id in (pairs.article_id, pairs.other_article_id)
        join articles as other
            on other.article_id = if(pairs.article_id = one.article_id, pairs.other_article_id, pairs.article_id) and other.published_on between $first_day and $day
        left join outlets on outlets.outlet_id = other.outlet_id
    group by one.story_id
), ranked as (
    select numbered.*, told.events, told.killed_low, told.killed_high, counted.articles, counted.outlets, counted.outlets_of_day, counted.outlet_ids,
        row_number() over (order by counted.outlets_of_day desc, told.killed_high desc nulls last, coalesce(told.events, 0) desc,
            numbered.date_published desc nulls last, numbered.story_id) as rank
    from numbered join counted using (story_id) left join told using (story_id)
    where numbered.place = 1
), beginnings as (
    select ranked.story_id, text_of.description, left(text_of.body, 600) as beginning
    from (select * from ranked where rank <= $top_max) as ranked join articles as text_of on text_of.rowid = ranked.article_row
)
select ranked.story_id, first.article_id, first.outlet_id, outlets.name as outlet, first.headline, beginnings.description, beginnings.beginning,
    first.language, first.kind, first.url, first.published_on, outlets.time_zone,
    if(first.date_published_precision in ('second', 'minute'), first.date_published, null) as printed_at,
    first.is_truncated, first.gone_at is not null as is_gone,
    ranked.articles, ranked.outlets, ranked.outlets_of_day, ranked.outlet_ids,
    coalesce(ranked.events, 0) as events, ranked.killed_low, ranked.killed_high,
    coalesce(tags.group_ids, []) as group_ids, coalesce(tags.township_ids, []) as township_ids, coalesce(tags.state_ids, []) as state_ids,
    coalesce(taken.taken_by, []) as taken_by, coalesce(translated.told_also, []) as told_also
from ranked
    join articles as first on first.rowid = ranked.article_row
    left join beginnings using (story_id)
    left join outlets on outlets.outlet_id = first.outlet_id
    left join taken using (story_id)
    left join tags using (story_id)
    left join translated using (story_id)
order by ranked.rank
