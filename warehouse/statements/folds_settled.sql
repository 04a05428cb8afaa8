delete from folds_pending
where event_date in (select event_date from folds_slice) or (event_date is null and text_id in (select text_id from folds_slice))
