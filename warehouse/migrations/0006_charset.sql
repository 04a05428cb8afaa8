-- The character set in which a page was read stands among the candidates of its fields.
comment on column field_sources.field is 'Column of articles that the candidate is for, or charset: the character set in which the page was read.';
comment on column field_sources.source is 'What said so: feed, sitemap, listing, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, trafilatura, htmldate or import; of a charset also header, and bytes for a byte-order mark, valid UTF-8 or a guess.';
