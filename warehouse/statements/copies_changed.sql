-- Articles of the slice of which something that matters to copies is new, changed or gone.
create or replace temp table changed_sketches as
select article_id
from old_sketches full join new_sketches using (article_id)
where old_sketches is distinct from new_sketches
