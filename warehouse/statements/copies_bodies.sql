-- The texts of some articles, found through the key: a join would read the texts of all.
select article_id, body from articles where article_id in ($places)
