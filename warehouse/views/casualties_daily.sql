-- One row per publication day, role and party: people counted in articles that are no copies, figures of scope event only.
-- The same event told by two outlets in their own words still counts twice: read it as reported, not as a death toll.
create or replace view casualties_daily as
select published_on, role, party,
    sum(coalesce(low, best)) as low,
    sum(coalesce(best, low)) as best,
    -- "At least five" has no upper end, and neither has a sum that holds it.
    if(bool_and(coalesce(high, if(qualifier = 'exact', best, null)) is not null), sum(coalesce(high, best)), null) as high,
    count(distinct article_id) as articles
from figures join articles using (article_id)
where scope = 'event' and is_original and kind <> 'roundup' and role in ('killed', 'injured')
group by published_on, role, party;
comment on view casualties_daily is 'One row per publication day, role and party.';
comment on column casualties_daily.published_on is 'Day of publication in the outlet''s own zone, not of the event.';
comment on column casualties_daily.role is 'killed or injured.';
comment on column casualties_daily.party is 'Actor id of the side that those counted belong to, or civilians; NULL where the text does not say.';
comment on column casualties_daily.low is 'Sum of the lowest numbers meant.';
comment on column casualties_daily.best is 'Sum of the numbers as stated; the lower bound where only that is given.';
comment on column casualties_daily.high is 'Sum of the highest numbers meant; NULL where one of them has no upper end.';
comment on column casualties_daily.articles is 'Articles that the figures come from.';
