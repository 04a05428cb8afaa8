create table if not exists schema_migrations (
    version integer not null,
    name varchar not null,
    sha256 varchar not null,
    applied_at timestamptz not null,
    primary key (version)
);
comment on table schema_migrations is 'One row per migration that was applied to this file.';
comment on column schema_migrations.version is 'Number of the migration file.';
comment on column schema_migrations.name is 'Name of the migration file.';
comment on column schema_migrations.sha256 is 'SHA-256 of the migration file as applied.';
comment on column schema_migrations.applied_at is 'When it was applied.';
