-- One row per kept capture, those of one article together.
select coalesce(observations.article_id, captures.capture_id) as belongs_to, captures.*
from captures left join observations on observations.observation_id = captures.capture_id
where ($outlet_ids is null or list_contains($outlet_ids, captures.outlet_id))
    and ($first is null or captures.fetched_at::date >= $first)
    and ($last is null or captures.fetched_at::date <= $last)
    and captures.warc_file not in (select warc_file from capture_files where loaded_at >= $loaded_before)
order by belongs_to, captures.fetched_at
