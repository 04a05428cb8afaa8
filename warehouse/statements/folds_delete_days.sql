delete from event_folds where event_date in (select event_date from folds_slice)
