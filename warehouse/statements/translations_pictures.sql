-- The names of their pictures, without the size that WordPress appends.
create or replace temp table near_pictures as
select distinct article_id, regexp_extract(url, '([^/?]{6,}?)(-[0-9]+x[0-9]+)?\.[A-Za-z]+(\?.*)?$', 1) as picture
from images
where article_id in (select article_id from near_printed) and rowid >= $first_images
