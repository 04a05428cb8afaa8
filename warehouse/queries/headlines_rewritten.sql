-- Which headlines were rewritten after publication, and how did they read before?
select outlet_id, version, cast(seen_at as date) as seen_on, headline_before, headline as headline_after, url
from edits
where list_contains(changes, 'headline')
order by seen_on, url, version
