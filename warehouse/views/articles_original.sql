-- One row per article that is not a copy of an earlier one: what to count when events, not reports, are meant.
create or replace view articles_original as
select * from articles where is_original;
comment on view articles_original is 'One row per article that is not a copy of an earlier one.';
