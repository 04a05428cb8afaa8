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
