-- One row per host: its newest robots.txt, where it was met within the last 24 hours. RFC 9309, 2.4: a copy should not be used for longer.
select base, sha256, http_status, body, last_seen_at as fetched_at
from robots_files
where last_seen_at > $now::timestamptz - interval 24 hours and last_seen_at <= $now::timestamptz
qualify row_number() over (partition by base order by last_seen_at desc, sha256) = 1
order by base
