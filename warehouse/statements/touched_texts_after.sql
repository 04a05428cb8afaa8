insert into touched_texts
select distinct text_sha256
from article_texts
where article_id in (select article_id from touched) and text_sha256 not in (select text_sha256 from touched_texts)
