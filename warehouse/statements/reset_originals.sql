update articles set copy_id = null, is_original = true
where copy_id is not null
    and article_id not in (select article_id from copies)
