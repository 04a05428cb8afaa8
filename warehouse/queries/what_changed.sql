-- Which articles changed after publication, and which disappeared?
select outlet_id, headline, 'version ' || version || ': ' || array_to_string(changes, ', ') as change, seen_at as changed_at
from edits
union all
select outlet_id, headline, 'gone', gone_at
from articles
where gone_at is not null
order by changed_at, headline
