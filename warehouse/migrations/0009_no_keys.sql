-- Tables without primary keys. Each batch makes its rows unique, and deletes and inserts by key in one transaction of the only writer, so the
-- keys caught nothing; but a commit that failed on a full disk could leave DuckDB's index of a table wrong, end the process from within the
-- engine, or, written out by a checkpoint, make the next run lose the rows that it replaced. unique_keys.sql of the checks watches instead.

alter table articles rename to articles_with_key;
create table articles (
    article_id varchar not null,
    outlet_id varchar not null,
    url varchar not null,
    aliases varchar[],
    headline varchar,
    description varchar,
    body varchar not null,
    language varchar not null,
    encoding varchar not null,
    kind varchar not null,
    section varchar,
    keywords varchar[],
    byline varchar,
    authors varchar[],
    newsroom varchar,
    dateline_place varchar,
    dateline_date date,
    source_outlet varchar,
    date_published timestamptz,
    date_published_precision varchar,
    date_published_source varchar,
    published_on date,
    date_modified timestamptz,
    is_truncated boolean not null,
    word_count integer not null,
    version integer not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    gone_at timestamptz,
    body_sha256 varchar not null,
    capture_id varchar,
    copy_id varchar,
    is_original boolean not null,
    extractor varchar not null,
    run_id varchar not null
);
insert into articles select * from articles_with_key;
drop table articles_with_key;
comment on table articles is 'One row per article, in its newest version.';
comment on column articles.article_id is '16 hex digits of SHA-256 over outlet and canonical URL.';
comment on column articles.outlet_id is 'Outlet that published it.';
comment on column articles.url is 'Canonical URL.';
comment on column articles.aliases is 'Other addresses under which the same article was met.';
comment on column articles.headline is 'Headline without site name (schema.org headline).';
comment on column articles.description is 'Standfirst (schema.org description).';
comment on column articles.body is 'The text, one paragraph a line; no byline, dateline, caption or teaser.';
comment on column articles.language is 'BCP 47 language of the text; und where it is not certain.';
comment on column articles.encoding is 'What the page was written in: unicode or zawgyi. The text here is always Unicode.';
comment on column articles.kind is 'news, opinion, interview, analysis, roundup, photo, live, statement or other.';
comment on column articles.section is 'Section as the outlet names it (schema.org articleSection).';
comment on column articles.keywords is 'Keywords as the outlet gives them.';
comment on column articles.byline is 'Byline as printed.';
comment on column articles.authors is 'Persons named as authors; desks and Admin are none.';
comment on column articles.newsroom is 'Desk line, for example DMG Newsroom.';
comment on column articles.dateline_place is 'Place of the dateline as printed.';
comment on column articles.dateline_date is 'Day of the dateline.';
comment on column articles.source_outlet is 'Outlet or agency that the text was taken from, as the page says.';
comment on column articles.date_published is 'Moment of publication; NULL where the page gives none, never the day of the crawl.';
comment on column articles.date_published_precision is 'second, minute, day, month or year.';
comment on column articles.date_published_source is 'What gave the date: feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, listing, trafilatura, htmldate or import.';
comment on column articles.published_on is 'Day of publication in the outlet''s own zone.';
comment on column articles.date_modified is 'Moment of the last change that the page states.';
comment on column articles.is_truncated is 'True where the page holds only the beginning, as behind a paywall.';
comment on column articles.word_count is 'Words of the body; syllables for scripts without spaces.';
comment on column articles.version is 'Number of the newest version, from 1.';
comment on column articles.first_seen_at is 'When the first version was met.';
comment on column articles.last_seen_at is 'When the article was last met, changed or not.';
comment on column articles.gone_at is 'When the address first answered 404 or 410; the row stays.';
comment on column articles.body_sha256 is 'SHA-256 of the body in UTF-8.';
comment on column articles.capture_id is 'Capture that the newest version was read from; NULL for imports.';
comment on column articles.copy_id is 'Group of copies: the id of its original; NULL where there is no copy.';
comment on column articles.is_original is 'True for exactly one article of each copy group, and for every article without copies.';
comment on column articles.extractor is 'Program and version that read the page.';
comment on column articles.run_id is 'Run that wrote this row last.';

alter table article_texts rename to article_texts_with_key;
create table article_texts (
    article_id varchar not null,
    text_sha256 varchar not null,
    token_count integer not null
);
insert into article_texts select * from article_texts_with_key;
drop table article_texts_with_key;
comment on table article_texts is 'One row per article: hash of its normalised words, by which exact copies are found.';
comment on column article_texts.article_id is 'Article.';
comment on column article_texts.text_sha256 is 'SHA-256 of the normalised tokens.';
comment on column article_texts.token_count is 'Tokens: words, or syllables of scripts without spaces.';

alter table article_versions rename to article_versions_with_key;
create table article_versions (
    article_id varchar not null,
    version integer not null,
    seen_at timestamptz not null,
    headline varchar,
    description varchar,
    body varchar not null,
    body_sha256 varchar not null,
    capture_id varchar,
    changes varchar[]
);
insert into article_versions select * from article_versions_with_key;
drop table article_versions_with_key;
comment on table article_versions is 'One row per version of an article.';
comment on column article_versions.article_id is 'Article.';
comment on column article_versions.version is 'From 1, in the order in which the versions were published.';
comment on column article_versions.seen_at is 'When this version was first met.';
comment on column article_versions.headline is 'Headline of this version.';
comment on column article_versions.description is 'Standfirst of this version.';
comment on column article_versions.body is 'Text of this version.';
comment on column article_versions.body_sha256 is 'SHA-256 of the body in UTF-8.';
comment on column article_versions.capture_id is 'Capture that it was read from; NULL for imports.';
comment on column article_versions.changes is 'What differs from the version before. Fields: headline, description, body. Kinds of change: figure, place, attribution, addition, deletion, wording (none of these), correction (the outlet says so).';

alter table captures rename to captures_with_key;
create table captures (
    capture_id varchar not null,
    outlet_id varchar not null,
    url varchar not null,
    final_url varchar not null,
    fetched_at timestamptz not null,
    http_status integer not null,
    content_type varchar,
    payload_sha256 varchar not null,
    etag varchar,
    last_modified varchar,
    warc_file varchar not null,
    warc_offset bigint not null,
    warc_length bigint not null,
    robots varchar not null,
    run_id varchar not null,
    robots_sha256 varchar,
    revisit_of varchar
);
insert into captures select * from captures_with_key;
drop table captures_with_key;
comment on table captures is 'One row per HTTP response kept in a WARC file.';
comment on column captures.capture_id is '16 hex digits of SHA-256 over outlet, URL, moment and payload.';
comment on column captures.outlet_id is 'Outlet that the page belongs to.';
comment on column captures.url is 'Address that was asked for.';
comment on column captures.final_url is 'Address that answered, after redirects.';
comment on column captures.fetched_at is 'When the response came (WARC-Date).';
comment on column captures.http_status is 'HTTP status.';
comment on column captures.content_type is 'Content-Type header as sent.';
comment on column captures.payload_sha256 is 'SHA-256 of the body as it came over the wire, content encoding included.';
comment on column captures.etag is 'ETag header as sent.';
comment on column captures.last_modified is 'Last-Modified header as sent.';
comment on column captures.warc_file is 'WARC file, relative to the data folder.';
comment on column captures.warc_offset is 'Where the record begins in the file, bytes.';
comment on column captures.warc_length is 'Length of the compressed record, bytes.';
comment on column captures.robots is 'Decision of robots.txt: allowed, no_robots, or unknown (a foreign WARC does not say).';
comment on column captures.run_id is 'Run that fetched it.';
comment on column captures.robots_sha256 is 'SHA-256 of the robots.txt that the decision rests on (robots_files); NULL where there was none.';
comment on column captures.revisit_of is 'Capture that holds the same payload; the WARC record is then a revisit without a body of its own. NULL otherwise.';

alter table capture_files rename to capture_files_with_key;
create table capture_files (
    warc_file varchar not null,
    outlet_id varchar not null,
    loaded_at timestamptz not null
);
insert into capture_files select * from capture_files_with_key;
drop table capture_files_with_key;
comment on table capture_files is 'One row per WARC file whose captures are all loaded.';
comment on column capture_files.warc_file is 'Relative to the data folder.';
comment on column capture_files.outlet_id is 'Outlet.';
comment on column capture_files.loaded_at is 'When its last batch was committed.';

alter table copies rename to copies_with_key;
create table copies (
    copy_id varchar not null,
    article_id varchar not null,
    relation varchar not null,
    containment double not null,
    other_article_id varchar,
    share double,
    share_of_other double
);
insert into copies select * from copies_with_key;
drop table copies_with_key;
comment on table copies is 'One row per article in a group of copies of one text.';
comment on column copies.copy_id is 'Group: the id of its original, so that it stays while copies come in; copy_aliases has the former ones. Of a translation: that of its pair.';
comment on column copies.article_id is 'Article.';
comment on column copies.relation is 'original, exact, near, excerpt or translation.';
comment on column copies.containment is 'Share of the shorter text that is in the other one, 0 to 1; of a translation: how much the two share of what both languages write alike.';
comment on column copies.other_article_id is 'Article that this one is compared with: the original, or the member that leads to it; NULL for the original.';
comment on column copies.share is 'Share of this article''s runs of five tokens that stand in the other one, 0 to 1; NULL for originals and translations.';
comment on column copies.share_of_other is 'Share of the other article''s runs that stand in this one. An excerpt with more here than in share holds the other one whole.';

alter table entities rename to entities_with_key;
create table entities (
    entity_id varchar not null,
    kind varchar not null,
    name varchar not null,
    name_my varchar,
    abbreviation varchar,
    side varchar,
    ucdp_id integer,
    pcode varchar,
    admin1_pcode varchar,
    wikidata_id varchar,
    geonames_id bigint,
    latitude double,
    longitude double
);
insert into entities select * from entities_with_key;
drop table entities_with_key;
comment on table entities is 'One row per known place, group, organization or person.';
comment on column entities.entity_id is 'P-code for places, id of the reference table for actors.';
comment on column entities.kind is 'place, armed_group, organization or person.';
comment on column entities.name is 'English name.';
comment on column entities.name_my is 'Burmese name.';
comment on column entities.abbreviation is 'Usual abbreviation.';
comment on column entities.side is 'state or non-state; alliances are opinions and are not recorded.';
comment on column entities.ucdp_id is 'UCDP actor id, where verified.';
comment on column entities.pcode is 'MIMU P-code, release 9.6.';
comment on column entities.admin1_pcode is 'P-code of the state or region.';
comment on column entities.wikidata_id is 'Wikidata item, where verified.';
comment on column entities.geonames_id is 'GeoNames id, where verified.';
comment on column entities.latitude is 'Degrees north, WGS 84.';
comment on column entities.longitude is 'Degrees east, WGS 84.';

alter table hosts rename to hosts_with_key;
create table hosts (
    host varchar not null,
    not_before timestamptz,
    reason varchar,
    detail varchar,
    runs_in_a_row integer not null,
    checked_at timestamptz not null,
    reservations_checked_at timestamptz
);
insert into hosts select * from hosts_with_key;
drop table hosts_with_key;
comment on table hosts is 'One row per host that a crawl asked: until when it wants to be left alone, and why it was given up last. State of the crawler.';
comment on column hosts.host is 'Host without www., mail. or m.; these count as one.';
comment on column hosts.not_before is 'Until when nothing is asked of it (Retry-After); NULL or past: it may be asked.';
comment on column hosts.reason is 'Why the last run gave it up: retry_after, robots_unreachable, or the reason of the failures that came in a row; NULL where it did not.';
comment on column hosts.detail is 'The same for people.';
comment on column hosts.runs_in_a_row is 'Runs in a row that gave it up.';
comment on column hosts.checked_at is 'When a run last asked it.';
comment on column hosts.reservations_checked_at is 'When /.well-known/tdmrep.json was last asked for.';

alter table links rename to links_with_key;
create table links (
    outlet_id varchar not null,
    url varchar not null,
    found_by varchar not null,
    state varchar not null,
    published_at timestamptz,
    first_seen_at timestamptz not null,
    checked_at timestamptz not null,
    http_status integer,
    etag varchar,
    last_modified varchar,
    attempts integer not null,
    candidates varchar,
    asked_url varchar
);
insert into links select * from links_with_key;
drop table links_with_key;
comment on table links is 'One row per article address that a source named or a run fetched: what is known of it. Seen-state of the crawler.';
comment on column links.outlet_id is 'Outlet.';
comment on column links.url is 'Canonical URL.';
comment on column links.found_by is 'feed, sitemap, listing, wordpress or front_page; warc, or recovered from a run that was killed.';
comment on column links.state is 'fetched, gone, failed, or waiting: named but over the limit of pages a run.';
comment on column links.published_at is 'Publication moment as the source or the page gives it; decides how long it is checked again.';
comment on column links.first_seen_at is 'When it was first named.';
comment on column links.checked_at is 'When it was last asked for.';
comment on column links.http_status is 'Last HTTP status.';
comment on column links.etag is 'ETag of the last page.';
comment on column links.last_modified is 'Last-Modified of the last page.';
comment on column links.attempts is 'Times that it failed in a row.';
comment on column links.candidates is 'JSON: [[field, value, source], ...] that its sources said of it, kept until its page came.';
comment on column links.asked_url is 'The address as its source spells it, where that differs from the canonical one; kept until its page came.';

alter table load_log rename to load_log_with_key;
create table load_log (
    batch_id varchar not null,
    run_id varchar not null,
    loaded_at timestamptz not null,
    article_count integer not null
);
insert into load_log select * from load_log_with_key;
drop table load_log_with_key;
comment on table load_log is 'One row per committed batch, written in the same transaction.';
comment on column load_log.batch_id is 'Run, outlet and number of the batch.';
comment on column load_log.run_id is 'Run.';
comment on column load_log.loaded_at is 'When it was committed.';
comment on column load_log.article_count is 'Articles in the batch.';

alter table observations rename to observations_with_key;
create table observations (
    observation_id varchar not null,
    article_id varchar not null,
    seen_at timestamptz not null,
    content_sha256 varchar not null
);
insert into observations select * from observations_with_key;
drop table observations_with_key;
comment on table observations is 'One row per capture or import line read as an article: the ground for version numbers.';
comment on column observations.observation_id is 'capture_id, or a hash over article and text for imports.';
comment on column observations.article_id is 'Article.';
comment on column observations.seen_at is 'When this text was met.';
comment on column observations.content_sha256 is 'SHA-256 over headline, standfirst and body; equal means the same version.';

alter table outlets rename to outlets_with_key;
create table outlets (
    outlet_id varchar not null,
    name varchar not null,
    homepage varchar not null,
    country varchar not null,
    language varchar not null,
    time_zone varchar not null,
    hosts varchar[],
    enabled boolean not null,
    definition_sha256 varchar not null
);
insert into outlets select * from outlets_with_key;
drop table outlets_with_key;
comment on table outlets is 'One row per outlet definition.';
comment on column outlets.outlet_id is 'Name of the definition file; stable.';
comment on column outlets.name is 'Name as readers know it (schema.org publisher.name).';
comment on column outlets.homepage is 'Home page; its host is the canonical host.';
comment on column outlets.country is 'ISO 3166-1 alpha-2.';
comment on column outlets.language is 'BCP 47 language of the articles.';
comment on column outlets.time_zone is 'IANA zone of the dates that the outlet prints.';
comment on column outlets.hosts is 'Further hosts that serve the same articles.';
comment on column outlets.enabled is 'Whether nightly runs crawl it.';
comment on column outlets.definition_sha256 is 'SHA-256 of the definition file that was used last.';

alter table reservations rename to reservations_with_key;
create table reservations (
    outlet_id varchar not null,
    url varchar not null,
    source varchar not null,
    name varchar not null,
    value varchar not null,
    seen_at timestamptz not null
);
insert into reservations select * from reservations_with_key;
drop table reservations_with_key;
comment on table reservations is 'One row per machine-readable wish of an outlet about the use of its pages. Recorded as given; nothing is decided here.';
comment on column reservations.outlet_id is 'Outlet.';
comment on column reservations.url is 'Article that it is about, or scheme and host (and path) for a wish about a whole site.';
comment on column reservations.source is 'Where it was said: robots_txt, tdmrep, header or meta.';
comment on column reservations.name is 'Its name in lower case: content-signal, content-usage, tdm-reservation, tdm-policy, or a directive such as noai.';
comment on column reservations.value is 'Its value as written.';
comment on column reservations.seen_at is 'When it was last met.';

alter table robots_files rename to robots_files_with_key;
create table robots_files (
    base varchar not null,
    sha256 varchar not null,
    http_status integer not null,
    body varchar not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
);
insert into robots_files select * from robots_files_with_key;
drop table robots_files_with_key;
comment on table robots_files is 'One row per host and text of its robots.txt: what was in force when a page was asked for.';
comment on column robots_files.base is 'Scheme and host, with the port where there is one.';
comment on column robots_files.sha256 is 'SHA-256 of the text as it came.';
comment on column robots_files.http_status is 'HTTP status of the answer; 404 and the like mean that everything is allowed.';
comment on column robots_files.body is 'The text, at most the 500 KiB that are read (RFC 9309).';
comment on column robots_files.first_seen_at is 'When this text was first met.';
comment on column robots_files.last_seen_at is 'When it was last met; the last good copy is used for at most 24 hours.';

alter table runs rename to runs_with_key;
create table runs (
    run_id varchar not null,
    kind varchar not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    state varchar not null,
    parameters varchar not null,
    nightdesk_version varchar not null
);
insert into runs select * from runs_with_key;
drop table runs_with_key;
comment on table runs is 'One row per run.';
comment on column runs.run_id is 'Start moment and a few random characters.';
comment on column runs.kind is 'nightly, backfill, import, reprocess, forget, restore (after going back to the published file), rebuild (from captures alone) or maintenance.';
comment on column runs.started_at is 'When it began.';
comment on column runs.ended_at is 'When it ended; NULL while it runs or where it died.';
comment on column runs.state is 'running, completed, incomplete, failed, interrupted or crashed.';
comment on column runs.parameters is 'What was asked, as JSON.';
comment on column runs.nightdesk_version is 'Version of the program.';

alter table run_outlets rename to run_outlets_with_key;
create table run_outlets (
    run_id varchar not null,
    outlet_id varchar not null,
    discovered integer not null,
    skipped_known integer not null,
    fetched integer not null,
    not_modified integer not null,
    failed integer not null,
    extracted integer not null,
    rejected integer not null,
    new integer not null,
    updated integer not null,
    unchanged integer not null,
    copies integer not null,
    alert varchar
);
insert into run_outlets select * from run_outlets_with_key;
drop table run_outlets_with_key;
comment on table run_outlets is 'One row per outlet in a run: the funnel from links to articles.';
comment on column run_outlets.run_id is 'Run.';
comment on column run_outlets.outlet_id is 'Outlet.';
comment on column run_outlets.discovered is 'Article addresses named by the sources, re-checked ones included.';
comment on column run_outlets.skipped_known is 'Of these, not asked: known and not due, or over the limit of a run.';
comment on column run_outlets.fetched is 'Pages that came and were kept; for imports, lines read.';
comment on column run_outlets.not_modified is 'Answers 304: nothing changed.';
comment on column run_outlets.failed is 'Addresses that gave no page; reasons are in rejections.';
comment on column run_outlets.extracted is 'Pages that became an article or a version.';
comment on column run_outlets.rejected is 'Pages that did not; reasons are in rejections.';
comment on column run_outlets.new is 'Articles met for the first time.';
comment on column run_outlets.updated is 'Articles that got a further version.';
comment on column run_outlets.unchanged is 'Articles met again without a change.';
comment on column run_outlets.copies is 'New articles that are copies of another one.';
comment on column run_outlets.alert is 'What an operator should look at; NULL where all is well.';

alter table sources rename to sources_with_key;
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
    definition_sha256 varchar not null
);
insert into sources select * from sources_with_key;
drop table sources_with_key;
comment on table sources is 'One row per address at which an outlet lists its articles: what it last said. State of the crawler.';
comment on column sources.outlet_id is 'Outlet.';
comment on column sources.url is 'Address of the feed, sitemap, listing page or WordPress interface.';
comment on column sources.kind is 'feed, sitemap, listing, wordpress or front_page.';
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

alter table withdrawn rename to withdrawn_with_key;
create table withdrawn (
    address_hash varchar not null,
    withdrawn_on date not null
);
insert into withdrawn select * from withdrawn_with_key;
drop table withdrawn_with_key;
comment on table withdrawn is 'One row per address that was withdrawn and must not come in again. Which address it is cannot be told from it.';
comment on column withdrawn.address_hash is 'HMAC-SHA256 of the address, under a secret of this data folder that is not published (work/withdrawn.key).';
comment on column withdrawn.withdrawn_on is 'Day on which it was withdrawn, UTC.';
