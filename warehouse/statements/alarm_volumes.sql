-- One row per outlet and stretch of 24 hours before the run (0 is the last one): articles published in it. Stretches without articles have no row.
select outlet_id, floor(date_diff('second', coalesce(date_published, first_seen_at), $now::timestamptz) / 86400)::integer as age_days,
    count(*) as articles
from articles
where coalesce(date_published, first_seen_at) <= $now::timestamptz
    and coalesce(date_published, first_seen_at) > $now::timestamptz - to_days($days::integer)
group by all
