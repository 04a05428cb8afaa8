delete from translation_pairs
where article_id in (select article_id from copies_slice) or other_article_id in (select article_id from copies_slice)
