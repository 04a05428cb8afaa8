-- One row per outlet, language and publication day (in the outlet's zone); undated articles have a NULL day.
create or replace view coverage_daily as
select outlet_id, language, published_on,
    count(*) as articles,
    count(*) filter (not is_original) as copies,
    count(*) filter (is_truncated) as truncated,
    count(*) filter (gone_at is not null) as gone
from articles
group by outlet_id, language, published_on;
comment on view coverage_daily is 'One row per outlet, language and publication day.';
comment on column coverage_daily.outlet_id is 'Outlet.';
comment on column coverage_daily.language is 'BCP 47 language of the texts; und where it is not certain.';
comment on column coverage_daily.published_on is 'Day of publication in the outlet''s own zone; NULL for undated articles.';
comment on column coverage_daily.articles is 'Articles, copies included.';
comment on column coverage_daily.copies is 'Of these, copies of another article.';
comment on column coverage_daily.truncated is 'Of these, articles whose page holds only the beginning.';
comment on column coverage_daily.gone is 'Of these, articles whose address answers no more.';
