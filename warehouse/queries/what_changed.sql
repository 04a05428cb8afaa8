-- Which articles changed after publication, and which disappeared?
select outlet_id, headline, 'version ' || version || ': ' || array_to_string(changes, ', ') as change, seen_at::date as noticed_on
from edits
union all
select outlet_id, headline, 'gone', gone_at::date
from articles
where gone_at is not null
order by noticed_on, headline
