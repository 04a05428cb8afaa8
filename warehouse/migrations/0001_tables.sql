-- The tables of the contract, and the few that the pipeline keeps for itself (links, observations, article_texts, capture_files, load_log).
-- At most one key a table, no foreign keys and no other indexes: they cost memory and break updates of list columns.

create table outlets (
    outlet_id varchar not null,
    name varchar not null,
    homepage varchar not null,
    country varchar not null,
    language varchar not null,
    time_zone varchar not null,
    hosts varchar[],
    enabled boolean not null,
    definition_sha256 varchar not null,
    primary key (outlet_id)
);
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
    primary key (capture_id)
);
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
    run_id varchar not null,
    primary key (article_id)
);
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
comment on column articles.date_published_source is 'What gave the date: feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, trafilatura, htmldate or import.';
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
comment on column articles.copy_id is 'Group of copies; NULL where there is no copy.';
comment on column articles.is_original is 'True for exactly one article of each copy group, and for every article without copies.';
comment on column articles.extractor is 'Program and version that read the page.';
comment on column articles.run_id is 'Run that wrote this row last.';

create table article_versions (
    article_id varchar not null,
    version integer not null,
    seen_at timestamptz not null,
    headline varchar,
    description varchar,
    body varchar not null,
    body_sha256 varchar not null,
    capture_id varchar,
    changes varchar[],
    primary key (article_id, version)
);
comment on table article_versions is 'One row per version of an article.';
comment on column article_versions.article_id is 'Article.';
comment on column article_versions.version is 'From 1, in the order in which the versions were published.';
comment on column article_versions.seen_at is 'When this version was first met.';
comment on column article_versions.headline is 'Headline of this version.';
comment on column article_versions.description is 'Standfirst of this version.';
comment on column article_versions.body is 'Text of this version.';
comment on column article_versions.body_sha256 is 'SHA-256 of the body in UTF-8.';
comment on column article_versions.capture_id is 'Capture that it was read from; NULL for imports.';
comment on column article_versions.changes is 'What differs from the version before: headline, description, body.';

create table field_sources (
    article_id varchar not null,
    field varchar not null,
    value varchar not null,
    source varchar not null,
    chosen boolean not null
);
comment on table field_sources is 'One row per candidate for a field of an article''s newest version, the losers too.';
comment on column field_sources.article_id is 'Article.';
comment on column field_sources.field is 'Column of articles that the candidate is for.';
comment on column field_sources.value is 'What the source says, as text.';
comment on column field_sources.source is 'feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, trafilatura, htmldate or import.';
comment on column field_sources.chosen is 'Whether this candidate became the value of the field.';

create table images (
    article_id varchar not null,
    position integer not null,
    url varchar,
    caption varchar,
    credit varchar
);
comment on table images is 'One row per picture in an article''s newest version.';
comment on column images.article_id is 'Article.';
comment on column images.position is 'From 0, in page order.';
comment on column images.url is 'Address of the picture; the picture itself is not fetched.';
comment on column images.caption is 'Caption without the credit.';
comment on column images.credit is 'Who made or gave the picture.';

create table copies (
    copy_id varchar not null,
    article_id varchar not null,
    relation varchar not null,
    containment double not null,
    other_article_id varchar,
    primary key (article_id)
);
comment on table copies is 'One row per article in a group of copies of one text.';
comment on column copies.copy_id is 'Group: the smallest article_id in it.';
comment on column copies.article_id is 'Article.';
comment on column copies.relation is 'original, exact, near, excerpt or translation.';
comment on column copies.containment is 'Share of the shorter text that is in the other one, 0 to 1.';
comment on column copies.other_article_id is 'Article that this one is compared with: the original of the group; NULL for the original.';

create table mentions (
    article_id varchar not null,
    field varchar not null,
    start_char integer not null,
    end_char integer not null,
    text varchar not null,
    kind varchar not null,
    entity_id varchar,
    role varchar not null,
    method varchar not null,
    rule varchar not null,
    confidence double not null
);
comment on table mentions is 'One row per name found in the newest version of an article.';
comment on column mentions.article_id is 'Article.';
comment on column mentions.field is 'Text that the offsets point into: headline, description, body, dateline_place, or caption (captions in page order, one a line).';
comment on column mentions.start_char is 'First code point of the name.';
comment on column mentions.end_char is 'Code point after the name.';
comment on column mentions.text is 'The name as written.';
comment on column mentions.kind is 'place, armed_group, organization or person.';
comment on column mentions.entity_id is 'Entity, where it is known.';
comment on column mentions.role is 'mention, event, dateline or speaker.';
comment on column mentions.method is 'How it was found: gazetteer or rule.';
comment on column mentions.rule is 'Name of the rule that fired.';
comment on column mentions.confidence is '0 to 1.';

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
    longitude double,
    primary key (entity_id)
);
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

create table dates (
    article_id varchar not null,
    start_char integer not null,
    end_char integer not null,
    text varchar not null,
    start_date date,
    end_date date,
    precision varchar not null
);
comment on table dates is 'One row per time expression in the body of an article.';
comment on column dates.article_id is 'Article.';
comment on column dates.start_char is 'First code point in articles.body.';
comment on column dates.end_char is 'Code point after the expression.';
comment on column dates.text is 'The expression as written.';
comment on column dates.start_date is 'First day it can mean.';
comment on column dates.end_date is 'Last day it can mean.';
comment on column dates.precision is 'day, month or year.';

create table figures (
    article_id varchar not null,
    start_char integer not null,
    end_char integer not null,
    text varchar not null,
    role varchar not null,
    low bigint,
    best bigint,
    high bigint,
    qualifier varchar not null,
    who varchar,
    party varchar,
    scope varchar not null
);
comment on table figures is 'One row per number in the body that counts people or things.';
comment on column figures.article_id is 'Article.';
comment on column figures.start_char is 'First code point in articles.body.';
comment on column figures.end_char is 'Code point after the figure.';
comment on column figures.text is 'The figure as written.';
comment on column figures.role is 'killed, injured, captured, surrendered, detained, held, displaced, houses_destroyed and the like.';
comment on column figures.low is 'Lowest number meant.';
comment on column figures.best is 'Number as stated; NULL where the text gives bounds only.';
comment on column figures.high is 'Highest number meant.';
comment on column figures.qualifier is 'exact, about, more than, at least, less than or up to.';
comment on column figures.who is 'Who or what is counted, as written.';
comment on column figures.party is 'Actor id of the side that those counted belong to, or civilians.';
comment on column figures.scope is 'event, cumulative, breakdown or background. Only rows of scope event may be added up.';

create table quotations (
    article_id varchar not null,
    start_char integer not null,
    end_char integer not null,
    text varchar not null,
    speaker varchar,
    speaker_description varchar,
    mode varchar not null,
    cue varchar
);
comment on table quotations is 'One row per quote in the body.';
comment on column quotations.article_id is 'Article.';
comment on column quotations.start_char is 'First code point in articles.body.';
comment on column quotations.end_char is 'Code point after the quote.';
comment on column quotations.text is 'The quote as written.';
comment on column quotations.speaker is 'Speaker as named in the text.';
comment on column quotations.speaker_description is 'How the text describes the speaker.';
comment on column quotations.mode is 'direct or indirect.';
comment on column quotations.cue is 'Verb of saying.';

create table subjects (
    article_id varchar not null,
    scheme varchar not null,
    code varchar not null,
    name varchar not null,
    confidence double not null,
    method varchar not null
);
comment on table subjects is 'One row per topic of an article.';
comment on column subjects.article_id is 'Article.';
comment on column subjects.scheme is 'medtop: IPTC Media Topics.';
comment on column subjects.code is 'Code in the scheme.';
comment on column subjects.name is 'English label.';
comment on column subjects.confidence is '0 to 1.';
comment on column subjects.method is 'How it was found.';

create table events (
    event_id varchar not null,
    article_id varchar not null,
    event_date date,
    date_precision varchar,
    event_type varchar not null,
    sub_event_type varchar not null,
    actor1 varchar,
    actor2 varchar,
    admin1 varchar,
    location varchar,
    pcode varchar,
    latitude double,
    longitude double,
    geo_precision integer,
    fatalities integer,
    alleged boolean,
    start_char integer,
    end_char integer,
    confidence double,
    review_status varchar
);
comment on table events is 'One row per event reported in an article, with ACLED''s names; empty until event coding is built.';
comment on column events.event_id is 'Id over article, place, day and type.';
comment on column events.article_id is 'Article.';
comment on column events.event_date is 'Day of the event.';
comment on column events.date_precision is 'day, month, year or unknown.';
comment on column events.event_type is 'ACLED event type.';
comment on column events.sub_event_type is 'ACLED sub-event type.';
comment on column events.actor1 is 'First actor.';
comment on column events.actor2 is 'Second actor.';
comment on column events.admin1 is 'State or region.';
comment on column events.location is 'Place as named.';
comment on column events.pcode is 'MIMU P-code.';
comment on column events.latitude is 'Degrees north.';
comment on column events.longitude is 'Degrees east.';
comment on column events.geo_precision is 'ACLED geo precision, 1 to 3.';
comment on column events.fatalities is 'Deaths reported.';
comment on column events.alleged is 'True where only one party claims it.';
comment on column events.start_char is 'First code point of the evidence in articles.body.';
comment on column events.end_char is 'Code point after the evidence.';
comment on column events.confidence is '0 to 1.';
comment on column events.review_status is 'unreviewed, accepted or refused.';

create table runs (
    run_id varchar not null,
    kind varchar not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    state varchar not null,
    parameters varchar not null,
    nightdesk_version varchar not null,
    primary key (run_id)
);
comment on table runs is 'One row per run.';
comment on column runs.run_id is 'Start moment and a few random characters.';
comment on column runs.kind is 'nightly, backfill, import or reprocess.';
comment on column runs.started_at is 'When it began.';
comment on column runs.ended_at is 'When it ended; NULL while it runs or where it died.';
comment on column runs.state is 'running, completed, incomplete, failed, interrupted or crashed.';
comment on column runs.parameters is 'What was asked, as JSON.';
comment on column runs.nightdesk_version is 'Version of the program.';

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
    alert varchar,
    primary key (run_id, outlet_id)
);
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

create table rejections (
    run_id varchar not null,
    outlet_id varchar not null,
    url varchar not null,
    stage varchar not null,
    reason varchar not null,
    detail varchar not null,
    capture_id varchar
);
comment on table rejections is 'One row per input of a run that did not become an article.';
comment on column rejections.run_id is 'Run.';
comment on column rejections.outlet_id is 'Outlet.';
comment on column rejections.url is 'Address, or file and line of an import.';
comment on column rejections.stage is 'discover, fetch, keep, extract or import.';
comment on column rejections.reason is 'Reason from a fixed list.';
comment on column rejections.detail is 'More, for people.';
comment on column rejections.capture_id is 'Capture, where a page was kept.';

create table checks (
    run_id varchar not null,
    name varchar not null,
    outlet_id varchar,
    level varchar not null,
    observed varchar not null,
    expected varchar not null,
    detail varchar not null
);
comment on table checks is 'One row per finding of a data check in a run.';
comment on column checks.run_id is 'Run.';
comment on column checks.name is 'Name of the check: its file under warehouse/checks.';
comment on column checks.outlet_id is 'Outlet, where the finding belongs to one.';
comment on column checks.level is 'error (publishing stops) or warning.';
comment on column checks.observed is 'What was found.';
comment on column checks.expected is 'What should have been found.';
comment on column checks.detail is 'More, for people.';

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
    primary key (outlet_id, url)
);
comment on table links is 'One row per article address that a source named or a run fetched: what is known of it. Seen-state of the crawler.';
comment on column links.outlet_id is 'Outlet.';
comment on column links.url is 'Canonical URL.';
comment on column links.found_by is 'feed, sitemap, listing or wordpress; warc, or recovered from a run that was killed.';
comment on column links.state is 'fetched, gone, failed, or waiting: named but over the limit of pages a run.';
comment on column links.published_at is 'Publication moment as the source or the page gives it; decides how long it is checked again.';
comment on column links.first_seen_at is 'When it was first named.';
comment on column links.checked_at is 'When it was last asked for.';
comment on column links.http_status is 'Last HTTP status.';
comment on column links.etag is 'ETag of the last page.';
comment on column links.last_modified is 'Last-Modified of the last page.';
comment on column links.attempts is 'Times that it failed in a row.';

create table observations (
    observation_id varchar not null,
    article_id varchar not null,
    seen_at timestamptz not null,
    content_sha256 varchar not null,
    primary key (observation_id)
);
comment on table observations is 'One row per capture or import line read as an article: the ground for version numbers.';
comment on column observations.observation_id is 'capture_id, or a hash over article and text for imports.';
comment on column observations.article_id is 'Article.';
comment on column observations.seen_at is 'When this text was met.';
comment on column observations.content_sha256 is 'SHA-256 over headline, standfirst and body; equal means the same version.';

create table article_texts (
    article_id varchar not null,
    text_sha256 varchar not null,
    token_count integer not null,
    dated_at timestamptz not null,
    primary key (article_id)
);
comment on table article_texts is 'One row per article: hash of its normalised words, by which exact copies are found.';
comment on column article_texts.article_id is 'Article.';
comment on column article_texts.text_sha256 is 'SHA-256 of the normalised tokens.';
comment on column article_texts.token_count is 'Tokens: words, or syllables of scripts without spaces.';
comment on column article_texts.dated_at is 'date_published, or first_seen_at where there is none.';

create table capture_files (
    warc_file varchar not null,
    outlet_id varchar not null,
    loaded_at timestamptz not null,
    primary key (warc_file)
);
comment on table capture_files is 'One row per WARC file whose captures are all loaded.';
comment on column capture_files.warc_file is 'Relative to the data folder.';
comment on column capture_files.outlet_id is 'Outlet.';
comment on column capture_files.loaded_at is 'When its last batch was committed.';

create table load_log (
    batch_id varchar not null,
    run_id varchar not null,
    loaded_at timestamptz not null,
    article_count integer not null,
    primary key (batch_id)
);
comment on table load_log is 'One row per committed batch, written in the same transaction.';
comment on column load_log.batch_id is 'Run, outlet and number of the batch.';
comment on column load_log.run_id is 'Run.';
comment on column load_log.loaded_at is 'When it was committed.';
comment on column load_log.article_count is 'Articles in the batch.';
