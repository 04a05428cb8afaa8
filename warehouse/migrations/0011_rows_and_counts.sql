-- What a batch adds to a table are its last rows, so whoever looks for the rows of some runs needs to know how many at most; of tags alone it was known.
alter table load_log rename column tag_count to rows_max;
update load_log set rows_max = null;
comment on column load_log.rows_max is 'The most rows that it added to one of the tables of articles, their versions, sources and tags; NULL for batches of schema 10 and earlier.';

-- So that a check of all events counts numbers, and not the lists.
alter table event_folds add column event_count bigint;
update event_folds set event_count = len(event_ids);
comment on column event_folds.event_count is 'How many event_ids there are.';
