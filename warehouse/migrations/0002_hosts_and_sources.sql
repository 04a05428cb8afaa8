-- What the crawler remembers of hosts and sources between runs, what robots.txt said when a page was asked for, machine-readable reservations,
-- and captures whose payload is that of an earlier one.

alter table captures add column robots_sha256 varchar;
alter table captures add column revisit_of varchar;
comment on column captures.robots_sha256 is 'SHA-256 of the robots.txt that the decision rests on (robots_files); NULL where there was none.';
comment on column captures.revisit_of is 'Capture that holds the same payload; the WARC record is then a revisit without a body of its own. NULL otherwise.';

alter table links add column candidates varchar;
alter table links add column asked_url varchar;
comment on column links.candidates is 'JSON: [[field, value, source], ...] that its sources said of it, kept until its page came.';
comment on column links.asked_url is 'The address as its source spells it, where that differs from the canonical one; kept until its page came.';

create table hosts (
    host varchar not null,
    not_before timestamptz,
    reason varchar,
    detail varchar,
    runs_in_a_row integer not null,
    checked_at timestamptz not null,
    reservations_checked_at timestamptz,
    primary key (host)
);
comment on table hosts is 'One row per host that a crawl asked: until when it wants to be left alone, and why it was given up last. State of the crawler.';
comment on column hosts.host is 'Host without www., mail. or m.; these count as one.';
comment on column hosts.not_before is 'Until when nothing is asked of it (Retry-After); NULL or past: it may be asked.';
comment on column hosts.reason is 'Why the last run gave it up: retry_after, robots_unreachable, or the reason of the failures that came in a row; NULL where it did not.';
comment on column hosts.detail is 'The same for people.';
comment on column hosts.runs_in_a_row is 'Runs in a row that gave it up.';
comment on column hosts.checked_at is 'When a run last asked it.';
comment on column hosts.reservations_checked_at is 'When /.well-known/tdmrep.json was last asked for.';

create table robots_files (
    base varchar not null,
    sha256 varchar not null,
    http_status integer not null,
    body varchar not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    primary key (base, sha256)
);
comment on table robots_files is 'One row per host and text of its robots.txt: what was in force when a page was asked for.';
comment on column robots_files.base is 'Scheme and host, with the port where there is one.';
comment on column robots_files.sha256 is 'SHA-256 of the text as it came.';
comment on column robots_files.http_status is 'HTTP status of the answer; 404 and the like mean that everything is allowed.';
comment on column robots_files.body is 'The text, at most the 500 KiB that are read (RFC 9309).';
comment on column robots_files.first_seen_at is 'When this text was first met.';
comment on column robots_files.last_seen_at is 'When it was last met; the last good copy is used for at most 24 hours.';

create table sources (
    outlet_id varchar not null,
    url varchar not null,
    kind varchar not null,
    state varchar not null,
    detail varchar not null,
    checked_at timestamptz not null,
    listed_at timestamptz,
    changed_at timestamptz,
    etag varchar,
    last_modified varchar,
    link_count integer,
    new_count integer,
    definition_sha256 varchar not null,
    primary key (outlet_id, url)
);
comment on table sources is 'One row per address at which an outlet lists its articles: what it last said. State of the crawler.';
comment on column sources.outlet_id is 'Outlet.';
comment on column sources.url is 'Address of the feed, sitemap, listing page or WordPress interface.';
comment on column sources.kind is 'feed, sitemap, listing or wordpress.';
comment on column sources.state is 'listed, not_modified (304, or no later lastmod in its index), or failed.';
comment on column sources.detail is 'What it answered, for people.';
comment on column sources.checked_at is 'When it was last looked at.';
comment on column sources.listed_at is 'When it last gave its whole list.';
comment on column sources.changed_at is 'Last change of the list that was read, as the index of sitemaps states it.';
comment on column sources.etag is 'ETag of the list that was read.';
comment on column sources.last_modified is 'Last-Modified of the list that was read.';
comment on column sources.link_count is 'Article addresses in the list that was read.';
comment on column sources.new_count is 'How many of them were new then.';
comment on column sources.definition_sha256 is 'Definition of the outlet that it was read with; with another one it is read whole again.';

create table reservations (
    outlet_id varchar not null,
    url varchar not null,
    source varchar not null,
    name varchar not null,
    value varchar not null,
    seen_at timestamptz not null,
    primary key (outlet_id, url, source, name)
);
comment on table reservations is 'One row per machine-readable wish of an outlet about the use of its pages. Recorded as given; nothing is decided here.';
comment on column reservations.outlet_id is 'Outlet.';
comment on column reservations.url is 'Article that it is about, or scheme and host (and path) for a wish about a whole site.';
comment on column reservations.source is 'Where it was said: robots_txt, tdmrep, header or meta.';
comment on column reservations.name is 'Its name in lower case: content-signal, content-usage, tdm-reservation, tdm-policy, or a directive such as noai.';
comment on column reservations.value is 'Its value as written.';
comment on column reservations.seen_at is 'When it was last met.';

-- Lists of articles print titles and days of their own.
comment on column articles.date_published_source is 'What gave the date: feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, listing, trafilatura, htmldate or import.';
comment on column field_sources.source is 'What said so: feed, sitemap, listing, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, trafilatura, htmldate or import.';
