"""Files of earlier schemas: brought up to date with every row; files of later ones: refused, with what to do."""

import duckdb
import pytest
from loopback.old_files import ROWS, make_old_file, rows_of

from warehouse import db, health
from warehouse.db import DatabaseUnusable, open_work
from warehouse.publish import publish, refresh_views
from warehouse.query import open_published, run_query
from warehouse.settings import Settings

SCHEMAS = [migration.version for migration in db.migrations()]
# What a migration takes away or makes anew on purpose; everything else is kept.
CHANGED = {"article_texts": {"dated_at"}, "load_log": {"tag_count"}}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_of_every_released_schema_is_brought_up_to_date_with_its_rows(tmp_path, schema):
    settings = Settings(data_dir=tmp_path)
    make_old_file(settings, schema)
    before = columns_and_rows(settings.work_database)
    connection = open_work(settings)
    refresh_views(connection)
    publish(connection, settings)
    assert health.state_of(settings.published_database).schema == SCHEMAS[-1]
    after = columns_and_rows(settings.published_database)
    for table, (columns, rows) in before.items():
        if table == "schema_migrations":
            continue
        kept = [name for name in columns if name not in CHANGED.get(table, set())]
        assert set(kept) <= set(after[table][0]), table
        assert len(rows) == len(after[table][1]) == ROWS, table
        assert pick(columns, rows, kept) == pick(*after[table], kept), table
    with open_published(settings.published_database) as opened:
        for (view,) in opened.execute("select view_name from duckdb_views() where not internal").fetchall():
            opened.execute(f"select * from {view} limit 1").fetchall()


def columns_and_rows(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        out = {}
        for table in tables:
            cursor = connection.execute(f"select * from {table}")
            out[table] = [column[0] for column in cursor.description], cursor.fetchall()
        return out


def pick(columns, rows, names):
    places = [columns.index(name) for name in names]
    return sorted(repr([row[place] for place in places]) for row in rows)


def test_a_repeat_of_the_migrations_changes_nothing(tmp_path):
    settings = Settings(data_dir=tmp_path)
    make_old_file(settings, SCHEMAS[0])
    open_work(settings).close()
    before = rows_of(settings.work_database)
    open_work(settings).close()
    assert rows_of(settings.work_database) == before


def test_each_migration_is_recorded_with_its_hash(tmp_path):
    settings = Settings(data_dir=tmp_path)
    with open_work(settings) as connection:
        found = connection.execute("select version, name, sha256 from schema_migrations order by version").fetchall()
    assert found == [(each.version, each.name, each.sha256) for each in db.migrations()]


def test_a_newer_published_file_can_still_be_asked_and_a_writer_refuses_it(tmp_path):
    settings = Settings(data_dir=tmp_path)
    connection = open_work(settings)
    connection.execute(f"insert into schema_migrations values ({SCHEMAS[-1] + 1}, 'later', 'x', now())")
    publish(connection, settings)
    assert run_query(settings.published_database, "select count(*) as n from articles").to_pylist() == [{"n": 0}]
    with pytest.raises(DatabaseUnusable, match=rf"schema {SCHEMAS[-1] + 1}, this program knows {SCHEMAS[-1]}\)\. Upgrade the program; the file was not"):
        open_work(settings)
