-- One row per article that is not a copy of an earlier one: what to count when events, not reports, are meant.
create or replace view articles_original as
select
    article_id, outlet_id, url, aliases, headline, description, body, language, encoding, kind, section, keywords,
    byline, authors, newsroom, dateline_place, dateline_date, source_outlet, date_published, date_published_precision,
    date_published_source, published_on, date_modified, is_truncated, word_count, version, first_seen_at, last_seen_at,
    gone_at, body_sha256, capture_id, copy_id, is_original, extractor, run_id
from articles where is_original;
comment on view articles_original is 'One row per article that is not a copy of an earlier one.';
comment on column articles_original.article_id is '16 hex digits of SHA-256 over outlet and canonical URL.';
comment on column articles_original.outlet_id is 'Outlet that published it.';
comment on column articles_original.url is 'Canonical URL.';
comment on column articles_original.aliases is 'Other addresses under which the same article was met.';
comment on column articles_original.headline is 'Headline without site name (schema.org headline).';
comment on column articles_original.description is 'Standfirst (schema.org description).';
comment on column articles_original.body is 'The text, one paragraph a line; no byline, dateline, caption or teaser.';
comment on column articles_original.language is 'BCP 47 language of the text; und where it is not certain.';
comment on column articles_original.encoding is 'What the page was written in: unicode or zawgyi. The text here is always Unicode.';
comment on column articles_original.kind is 'news, opinion, interview, analysis, roundup, photo, live, statement or other.';
comment on column articles_original.section is 'Section as the outlet names it (schema.org articleSection).';
comment on column articles_original.keywords is 'Keywords as the outlet gives them.';
comment on column articles_original.byline is 'Byline as printed.';
comment on column articles_original.authors is 'Persons named as authors; desks and Admin are none.';
comment on column articles_original.newsroom is 'Desk line, for example DMG Newsroom.';
comment on column articles_original.dateline_place is 'Place of the dateline as printed.';
comment on column articles_original.dateline_date is 'Day of the dateline.';
comment on column articles_original.source_outlet is 'Outlet or agency that the text was taken from, as the page says.';
comment on column articles_original.date_published is 'Moment of publication; NULL where the page gives none, never the day of the crawl.';
comment on column articles_original.date_published_precision is 'second, minute, day, month or year.';
comment on column articles_original.date_published_source is 'What gave the date: feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, listing, trafilatura, htmldate, update or import. update: only that of the last update is known.';
comment on column articles_original.published_on is 'Day of publication in the outlet''s own zone.';
comment on column articles_original.date_modified is 'Moment of the last change that the page states.';
comment on column articles_original.is_truncated is 'True where the page holds only the beginning, as behind a paywall.';
comment on column articles_original.word_count is 'Words of the body; syllables for scripts without spaces.';
comment on column articles_original.version is 'Number of the newest version, from 1.';
comment on column articles_original.first_seen_at is 'When the first version was met.';
comment on column articles_original.last_seen_at is 'When the article was last met, changed or not.';
comment on column articles_original.gone_at is 'When the address first answered 404 or 410; the row stays.';
comment on column articles_original.body_sha256 is 'SHA-256 of the body in UTF-8.';
comment on column articles_original.capture_id is 'Capture that the newest version was read from; NULL for imports.';
comment on column articles_original.copy_id is 'Group of copies: the id of its original; NULL where there is no copy.';
comment on column articles_original.is_original is 'True for exactly one article of each copy group, and for every article without copies.';
comment on column articles_original.extractor is 'Program and version that read the page.';
comment on column articles_original.run_id is 'Run that wrote this row last.';
