delete from copy_aliases
where former_copy_id in (select value from withdrawing where kind = 'article') or copy_id in (select value from withdrawing where kind = 'article')
