-- The runs that wrote them, and so their tags.
create or replace temp table wrote as select distinct run_id from near_printed
