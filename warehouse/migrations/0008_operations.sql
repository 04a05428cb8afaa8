-- What each source named in each run: the ground for telling that one of them has stopped. Before, only its last answer was kept.

create table run_sources (
    run_id varchar not null,
    outlet_id varchar not null,
    url varchar not null,
    kind varchar not null,
    state varchar not null,
    link_count integer,
    new_count integer
);
comment on table run_sources is 'One row per source of an outlet that a run asked: what it named.';
comment on column run_sources.run_id is 'Run.';
comment on column run_sources.outlet_id is 'Outlet.';
comment on column run_sources.url is 'Address of the feed, sitemap, listing page, WordPress interface or front page.';
comment on column run_sources.kind is 'feed, sitemap, listing, wordpress or front_page.';
comment on column run_sources.state is 'listed, not_modified, or failed.';
comment on column run_sources.link_count is 'Article addresses that it named; NULL where nothing was read.';
comment on column run_sources.new_count is 'How many of them no earlier run and no source asked before it had named.';

-- An outlet whose sources name nothing new, although they usually do, is asked for its front page too.
comment on column links.found_by is 'feed, sitemap, listing, wordpress or front_page; warc, or recovered from a run that was killed.';
comment on column sources.kind is 'feed, sitemap, listing, wordpress or front_page.';
comment on column checks.name is 'Name of the check: its file under warehouse/checks, captures_agree_with_files, or alarm_ and the kind of an alarm.';
comment on column runs.kind is 'nightly, backfill, import, reprocess, forget, restore (after going back to the published file), rebuild (from captures alone) or maintenance.';
