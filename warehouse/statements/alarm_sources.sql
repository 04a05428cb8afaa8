-- One row per source that this run asked: what it named, what it named in the 30 days before, and how many of the outlet's articles that came in
-- this run were published after all that was known before.
with before as (
    select outlet_id, url, count(*)::integer as runs_before, count(*) filter (new_count > 0)::integer as runs_with_news
    from run_sources join runs using (run_id)
    where runs.kind = 'nightly' and run_id <> $run_id and started_at < $now::timestamptz and started_at >= $now::timestamptz - interval 30 days
    group by all
), known as (
    select outlet_id, max(date_published) as newest_at from articles where first_seen_at < $now::timestamptz group by outlet_id
), fresh as (
    select articles.outlet_id, count(*)::integer as fresh
    from articles join known using (outlet_id)
    where run_id = $run_id and version = 1 and date_published > newest_at
    group by articles.outlet_id
)
select run_sources.outlet_id, run_sources.url, run_sources.kind, run_sources.state, coalesce(run_sources.new_count, 0) as new_count,
    coalesce(before.runs_before, 0) as runs_before, coalesce(before.runs_with_news, 0) as runs_with_news, coalesce(fresh.fresh, 0) as fresh
from run_sources left join before using (outlet_id, url) left join fresh using (outlet_id)
where run_id = $run_id
order by run_sources.outlet_id, run_sources.url
