insert into copy_aliases by name
select former_copy_id from former
where former_copy_id not in (select former_copy_id from copy_aliases)
