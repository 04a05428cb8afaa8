-- What is folded in one transaction: so many days.
create or replace temp table folds_slice as
select event_date, text_id from folds_pending where event_date is not null order by event_date limit $size
