-- An id that is in use again is no alias.
delete from copy_aliases where former_copy_id in (select copy_id from copies join asked using (article_id))
