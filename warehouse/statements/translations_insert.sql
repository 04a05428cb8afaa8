-- A pair is a translation where each is the other's best match and neither is a copy of a third text. An article has one row: the later one
-- points to the earlier one, or the earlier one to it where the later one is the original of a group.
insert into copies by name
with sides as (
    select article_id, other_article_id, score from translation_pairs
    union all
    select other_article_id, article_id, score from translation_pairs
), best as (
    select article_id, other_article_id, score
    from sides
    qualify row_number() over (partition by article_id order by score desc, other_article_id) = 1
), pairs as (
    select best.article_id, best.other_article_id, best.score
    from best join best as back on back.article_id = best.other_article_id and back.other_article_id = best.article_id
), free as (
    select pairs.*, mine.dated_at, row_number() over (
        partition by least(pairs.article_id, pairs.other_article_id) order by mine.dated_at desc, pairs.article_id desc
    ) as place
    from pairs
        join articles as own on own.article_id = pairs.article_id
        join articles as other on other.article_id = pairs.other_article_id
        join text_sketches as mine on mine.article_id = pairs.article_id
    where own.is_original and other.is_original and own.copy_id is null
)
select 'translation-' || article_id as copy_id, article_id, 'translation' as relation, score as containment, other_article_id
from free
where place = 1
