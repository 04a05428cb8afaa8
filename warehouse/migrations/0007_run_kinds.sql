-- The kinds of run by which a data folder is mended.

comment on column runs.kind is 'nightly, backfill, import, reprocess, forget, restore (after going back to the published file) or rebuild (from captures alone).';
