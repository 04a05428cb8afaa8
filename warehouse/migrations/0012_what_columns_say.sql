-- What two columns can hold has grown: a page that gives only the day of its last update is dated by it, and a model may propose names.
comment on column articles.date_published_source is 'What gave the date: feed, sitemap, json_ld, meta, microdata, outlet_rule, url, object_id, byline, dateline, listing, trafilatura, htmldate, update or import. update: only that of the last update is known.';
comment on column mentions.method is 'How it was found: gazetteer, rule, or ml:NAME for what the model of that name proposed.';
