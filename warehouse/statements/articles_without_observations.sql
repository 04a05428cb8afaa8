select article_id from rewritten anti join observations using (article_id)
