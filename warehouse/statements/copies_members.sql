select article_id, dated_at, text_hash, is_roundup, credits_another
from text_sketches
where article_id in (select article_id from asked)
