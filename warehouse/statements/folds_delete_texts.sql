delete from event_folds where event_date is null and text_id in (select text_id from folds_slice where event_date is null)
