-- One row per pair of outlets of which one printed texts of the other: how many, how long after, and how much was changed.
-- Who printed first is told by the dates on the pages; where they only print the same day, or one of them no time, the order is a guess.
-- That one took the text from the other is not said: both may have it from a third.
create or replace view syndication as
select original.outlet_id as outlet_id, copy.outlet_id as printed_by,
    count(*) as articles,
    count(*) filter (copies.relation = 'exact') as exact,
    count(*) filter (copies.relation = 'near') as near,
    count(*) filter (copies.relation = 'excerpt') as excerpts,
    count(*) filter (copy.source_outlet is not null) as credited,
    count(*) filter (case
        when copy.date_published_precision in ('second', 'minute') and original.date_published_precision in ('second', 'minute')
            then copy.date_published > original.date_published
        when copy.date_published_precision not in ('month', 'year') and original.date_published_precision not in ('month', 'year')
            then copy.published_on > original.published_on
        else false end) as surely_later,
    -- Hours only where both pages print a time of day.
    round(median(epoch(copy.date_published - original.date_published)) filter (
        copy.date_published_precision in ('second', 'minute') and original.date_published_precision in ('second', 'minute')) / 3600, 1) as hours_later,
    median(date_diff('day', original.published_on, copy.published_on)) as days_later,
    round(avg(copies.share), 3) as share,
    round(avg(copies.share_of_other), 3) as share_of_other,
    min(copy.published_on) as first_on,
    max(copy.published_on) as last_on
from copies
    join articles as copy using (article_id)
    join articles as original on original.article_id = copies.copy_id
where copies.relation in ('exact', 'near', 'excerpt') and copy.outlet_id <> original.outlet_id
group by original.outlet_id, copy.outlet_id;
comment on view syndication is 'One row per pair of outlets of which one printed texts of the other.';
comment on column syndication.outlet_id is 'Outlet that printed the texts first.';
comment on column syndication.printed_by is 'Outlet that printed them after it.';
comment on column syndication.articles is 'Articles of the second outlet in groups of copies whose original is of the first.';
comment on column syndication.exact is 'Of these, word for word.';
comment on column syndication.near is 'Of these, edited.';
comment on column syndication.excerpts is 'Of these, where one text is a part of the other.';
comment on column syndication.credited is 'Of these, articles that name any outlet or agency as their source.';
comment on column syndication.surely_later is 'Of these, articles that their pages date to a later day, or, where both print it, a later time. Of the others the order is a guess.';
comment on column syndication.hours_later is 'Median of the hours between the two; NULL where no pair prints the time of day.';
comment on column syndication.days_later is 'Median of the days between the two; NULL where no pair is dated.';
comment on column syndication.share is 'Mean share of the later text that stands in the one it was compared with, 0 to 1.';
comment on column syndication.share_of_other is 'Mean share of that one that stands in the later text.';
comment on column syndication.first_on is 'Day of the first such article.';
comment on column syndication.last_on is 'Day of the last one.';
