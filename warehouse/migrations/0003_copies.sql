-- Copies that are not word for word: fingerprints of texts, who holds whose text, groups that keep their former names, and translations.

create table text_sketches (
    article_id varchar not null,
    day date not null,
    dated_at timestamptz not null,
    text_hash ubigint not null,
    shingle_count integer not null,
    scale utinyint not null,
    version utinyint not null,
    is_roundup boolean not null,
    credits_another boolean not null,
    fingerprints uinteger[] not null
);
comment on table text_sketches is 'One row per article of at least 25 tokens: fingerprints by which copies of its text are found.';
comment on column text_sketches.article_id is 'Article.';
comment on column text_sketches.day is 'Day of dated_at, UTC.';
comment on column text_sketches.dated_at is 'date_published, noon where only the day is known; first_seen_at where the page gives no date.';
comment on column text_sketches.text_hash is 'First 64 bits of article_texts.text_sha256; equal for the same words in the same order.';
comment on column text_sketches.shingle_count is 'Different runs of five tokens in the text.';
comment on column text_sketches.scale is 'Of its runs every 2**scale-th has a fingerprint, chosen by its hash.';
comment on column text_sketches.version is 'Recipe of tokens and hashes; sketches of another one are built anew.';
comment on column text_sketches.is_roundup is 'Whether articles.kind is roundup.';
comment on column text_sketches.credits_another is 'Whether the page names another outlet as its source.';
comment on column text_sketches.fingerprints is 'Upper 32 bits of the hashes, in ascending order.';

create table hot_fingerprints (
    day date not null,
    fingerprint uinteger not null
);
comment on table hot_fingerprints is 'One row per day and fingerprint that more than 100 articles of the day share: phrases of templates. They lead to no comparison.';
comment on column hot_fingerprints.day is 'Day of text_sketches.';
comment on column hot_fingerprints.fingerprint is 'Fingerprint of text_sketches.';

create table copy_edges (
    article_id varchar not null,
    other_article_id varchar not null,
    relation varchar not null,
    containment double not null,
    share_of_other double not null,
    figures double not null,
    joins boolean not null
);
comment on table copy_edges is 'One row per pair of articles, at most 72 hours apart, that hold one text but not word for word.';
comment on column copy_edges.article_id is 'The shorter of the two; the smaller id where they are equally long.';
comment on column copy_edges.other_article_id is 'The longer one.';
comment on column copy_edges.relation is 'near, or excerpt: the shorter text lacks more than a quarter of the longer one.';
comment on column copy_edges.containment is 'Share of the runs of five tokens of the shorter text that stand in the longer one, 0 to 1.';
comment on column copy_edges.share_of_other is 'Share of those of the longer text that stand in the shorter one.';
comment on column copy_edges.figures is 'Share of the figures of the shorter text that stand in the longer one; 1 where it has none.';
comment on column copy_edges.joins is 'Whether the pair joins its articles in one group. False from a part to a roundup, which holds three or more unrelated texts.';

create table copy_aliases (
    former_copy_id varchar not null,
    copy_id varchar
);
comment on table copy_aliases is 'One row per copy_id that was in use and is not any more, because an earlier article came in or groups met or parted.';
comment on column copy_aliases.former_copy_id is 'The id as it was.';
comment on column copy_aliases.copy_id is 'The group that now holds the article of that id; NULL where it is in none.';

create table copies_pending (
    article_id varchar not null,
    version utinyint,
    shingle_count integer,
    scale utinyint,
    fingerprints uinteger[]
);
comment on table copies_pending is 'One row per article that was loaded and not yet compared with others; empty between runs.';
comment on column copies_pending.article_id is 'Article.';
comment on column copies_pending.version is 'As in text_sketches; NULL where the text is still to be sketched.';
comment on column copies_pending.shingle_count is 'As in text_sketches.';
comment on column copies_pending.scale is 'As in text_sketches.';
comment on column copies_pending.fingerprints is 'As in text_sketches.';

create table translation_pairs (
    article_id varchar not null,
    other_article_id varchar not null,
    score double not null
);
comment on table translation_pairs is 'One row per pair of articles of one house in two languages, at most 72 hours apart, that seem to tell one story.';
comment on column translation_pairs.article_id is 'The one with the smaller id.';
comment on column translation_pairs.other_article_id is 'The other one, in another language.';
comment on column translation_pairs.score is 'How much they share of what both languages write alike: places, groups, figures, pictures; 0 to 1.';

alter table copies add column share double;
alter table copies add column share_of_other double;
comment on column copies.share is 'Share of this article''s runs of five tokens that stand in the other one, 0 to 1; NULL for originals and translations.';
comment on column copies.share_of_other is 'Share of the other article''s runs that stand in this one. An excerpt with more here than in share holds the other one whole.';

alter table article_texts drop column dated_at;

-- Whatever was loaded before is compared at the next run.
insert into copies_pending by name select article_id from articles;
comment on column copies.copy_id is 'Group: the id of its original, so that it stays while copies come in; copy_aliases has the former ones. Of a translation: that of its pair.';
comment on column copies.containment is 'Share of the shorter text that is in the other one, 0 to 1; of a translation: how much the two share of what both languages write alike.';
comment on column copies.other_article_id is 'Article that this one is compared with: the original, or the member that leads to it; NULL for the original.';
comment on column article_versions.changes is 'What differs from the version before. Fields: headline, description, body. Kinds of change: figure, place, attribution, addition, deletion, wording (none of these), correction (the outlet says so).';
comment on column articles.copy_id is 'Group of copies: the id of its original; NULL where there is no copy.';
