-- When no day is left, so many texts with events of no day.
insert into folds_slice
select event_date, text_id from folds_pending
where event_date is null and not exists (select 1 from folds_slice)
order by text_id limit $size
