-- Articles that were withdrawn: what keeps them out, and what is still to be done after a kill.

create table withdrawn (
    address_hash varchar not null,
    withdrawn_on date not null,
    primary key (address_hash)
);
comment on table withdrawn is 'One row per address that was withdrawn and must not come in again. Which address it is cannot be told from it.';
comment on column withdrawn.address_hash is 'HMAC-SHA256 of the address, under a secret of this data folder that is not published (work/withdrawn.key).';
comment on column withdrawn.withdrawn_on is 'Day on which it was withdrawn, UTC.';

create table withdrawing (
    kind varchar not null,
    value varchar not null,
    warc_offset bigint,
    warc_length bigint
);
comment on table withdrawing is 'One row per thing that a withdrawal in progress has to remove; empty between runs. After a kill the next run goes on with it.';
comment on column withdrawing.kind is 'article, capture, address, place (bytes of a WARC file), or rebuild (the database file is to be written anew).';
comment on column withdrawing.value is 'Id, address, or WARC file relative to the data folder.';
comment on column withdrawing.warc_offset is 'Of a place: its first byte.';
comment on column withdrawing.warc_length is 'Of a place: how many bytes.';

comment on column runs.kind is 'nightly, backfill, import, reprocess or forget.';
