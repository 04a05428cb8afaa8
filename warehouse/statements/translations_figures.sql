create or replace temp table near_figures as
select article_id, role, best
from figures
where article_id in (select article_id from near_printed) and rowid >= $first_figures and best >= 2
