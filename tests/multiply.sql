-- Adds one more history of the imported articles to the database, $shift days before theirs: other ids, addresses, days, texts and fingerprints,
-- so that nothing of it is a copy of anything else. `base` is the attached database that the import wrote; $k numbers the histories, 0 is the
-- import itself. A history is what nights would have left: each article with a capture (a row only, no file), a link, the run of its night and a
-- batch in its load log; one article in fifty has a second version.
create or replace temp macro moved(id) as if($k = 0, id, left(md5(id || '$k'), 16));
create or replace temp macro capture_of(id) as left(md5('capture' || id || '$k'), 16);
create or replace temp macro night_of(day) as (day - $shift + 1)::timestamp + interval 20 hours;
create or replace temp macro run_of(day) as 'night-' || strftime(day - $shift + 1, '%Y%m%d');
create or replace temp macro text_of(id, body) as if($k = 0, body, body || chr(10) || 'Filed under ' || left(md5(id || '$k'), 12));
-- Fingerprints are below 2^32 / 2^scale; only low bits are changed, so that they stay so.
create or replace temp macro mixed(fingerprint) as xor(fingerprint, (hash('$k') & 1048575)::uinteger);
-- The id of an event is that of its article and eight more digits.
create or replace temp macro event_of(id) as moved(split_part(id, '-', 1)) || '-' || split_part(id, '-', 2);
create or replace temp macro copy_of(id) as
    if(starts_with(id, 'translation-'), 'translation-' || moved(right(id, 16)), moved(id));

insert into articles by name
select * replace (
    moved(article_id) as article_id, if($k = 0, url, replace(url, '/news/', '/news/$k/')) as url, text_of(article_id, body) as body,
    sha256(text_of(article_id, body)) as body_sha256, date_published - interval $shift days as date_published,
    (published_on - $shift)::date as published_on, (dateline_date - $shift)::date as dateline_date,
    night_of(published_on) as first_seen_at, night_of(published_on) as last_seen_at,
    if(hash(article_id) % 50 = 0, 2, 1) as version, capture_of(article_id) as capture_id, copy_of(copy_id) as copy_id,
    run_of(published_on) as run_id
)
from base.articles;

insert into article_versions by name
select article_id, number as version, first_seen_at + interval 1 days * (number - 1) as seen_at,
    if(number < version, 'First reports: ' || headline, headline) as headline, description, body, body_sha256, capture_id,
    if(number > 1, ['headline'], null) as changes
from articles, range(1, 3) as numbers(number)
where number <= version and rowid >= $rows_before;

insert into captures by name
select capture_id, outlet_id, url, url as final_url, first_seen_at as fetched_at, 200 as http_status, 'text/html' as content_type,
    sha256(capture_id) as payload_sha256, 'captures/' || outlet_id || '/' || strftime(first_seen_at, '%Y-%m-%d') || '.warc.gz' as warc_file,
    1000 + 30000 * row_number() over (partition by outlet_id, first_seen_at) as warc_offset, 20000 as warc_length, 'allowed' as robots, run_id
from articles
where rowid >= $rows_before;

insert into capture_files by name
select distinct warc_file, outlet_id, fetched_at as loaded_at from captures where rowid >= $rows_before;

insert into links by name
select outlet_id, url, 'feed' as found_by, 'fetched' as state, date_published as published_at, first_seen_at, last_seen_at as checked_at,
    200 as http_status, 0 as attempts
from articles
where rowid >= $rows_before;

insert into observations by name
select if(number = version, capture_id, capture_id || '-first') as observation_id, article_id,
    first_seen_at + interval 1 days * (number - 1) as seen_at, sha256(article_id || number) as content_sha256
from articles, range(1, 3) as numbers(number)
where number <= version and rowid >= $rows_before;

insert into runs by name
select distinct run_id, 'nightly' as kind, first_seen_at as started_at, first_seen_at + interval 1 hours as ended_at, 'completed' as state,
    '{}' as parameters, '0' as nightdesk_version
from articles
where rowid >= $rows_before and run_id not in (select run_id from runs);

insert into run_outlets by name
select run_id, outlet_id, count(*) as discovered, 0 as skipped_known, count(*) as fetched, 0 as not_modified, 0 as failed, count(*) as extracted,
    0 as rejected, count(*) as new, 0 as updated, 0 as unchanged, count(*) filter (not is_original) as copies
from articles
where rowid >= $rows_before
group by run_id, outlet_id;

insert into article_texts by name
select moved(article_id) as article_id, if($k = 0, text_sha256, sha256(text_sha256 || '$k')) as text_sha256, token_count from base.article_texts;

insert into text_sketches by name
select * exclude (text_sha256) replace (
    moved(article_id) as article_id, (day - $shift)::date as day, dated_at - interval $shift days as dated_at,
    if($k = 0, text_hash, ('0x' || left(sha256(text_sha256 || '$k'), 16))::ubigint) as text_hash,
    if($k = 0, fingerprints, list_sort(list_transform(fingerprints, lambda each: mixed(each)))) as fingerprints
)
from (select text_sketches.*, text_sha256 from base.text_sketches join base.article_texts using (article_id)) as held
order by dated_at;

insert into hot_fingerprints select (day - $shift)::date, if($k = 0, fingerprint, mixed(fingerprint)) from base.hot_fingerprints;
insert into copies by name
select * replace (copy_of(copy_id) as copy_id, moved(article_id) as article_id, moved(other_article_id) as other_article_id) from base.copies;
insert into copy_edges by name
select * replace (moved(article_id) as article_id, moved(other_article_id) as other_article_id) from base.copy_edges;
insert into copy_aliases by name select moved(former_copy_id) as former_copy_id, moved(copy_id) as copy_id from base.copy_aliases;
insert into translation_pairs by name
select * replace (moved(article_id) as article_id, moved(other_article_id) as other_article_id) from base.translation_pairs;

insert into field_sources by name select * replace (moved(article_id) as article_id) from base.field_sources;
insert into images by name select * replace (moved(article_id) as article_id) from base.images;
insert into mentions by name select * replace (moved(article_id) as article_id) from base.mentions;
insert into figures by name select * replace (moved(article_id) as article_id) from base.figures;
insert into quotations by name select * replace (moved(article_id) as article_id) from base.quotations;
insert into subjects by name select * replace (moved(article_id) as article_id) from base.subjects;
insert into event_evidence by name select * replace (moved(article_id) as article_id, event_of(event_id) as event_id) from base.event_evidence;
insert into dates by name
select * replace (moved(article_id) as article_id, (start_date - $shift)::date as start_date, (end_date - $shift)::date as end_date) from base.dates;
insert into events by name
select * replace (moved(article_id) as article_id, event_of(event_id) as event_id, (event_date - $shift)::date as event_date) from base.events;

insert into load_log by name
with added as (
    select article_id from base.mentions union all select article_id from base.dates union all select article_id from base.figures
    union all select article_id from base.quotations union all select article_id from base.subjects
    union all select article_id from base.events union all select article_id from base.event_evidence
), of_article as (
    select article_id, count(*) as rows_max from added group by article_id
)
select run_of(published_on) || ':' || outlet_id || ':1' as batch_id, run_of(published_on) as run_id, night_of(published_on) as loaded_at,
    count(*) as article_count, coalesce(sum(rows_max), 0)::bigint as rows_max
from base.articles left join of_article using (article_id)
group by all;
