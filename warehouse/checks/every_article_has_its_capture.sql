-- An article that was read from a page names a capture that exists.
-- level: error
select outlet_id, 'capture ' || capture_id as observed, 'a row in captures' as expected, url as detail
from articles anti join captures using (capture_id)
where capture_id is not null
