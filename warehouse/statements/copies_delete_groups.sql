delete from copies where relation <> 'translation' and article_id in (select article_id from asked)
