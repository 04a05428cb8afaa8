"""The published file in the hands of its users: the DuckDB shell, Python with pandas, polars and Ibis, and Parquet for everything else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

COUNTS = "select outlet_id, count(*) as articles from articles_original group by outlet_id order by outlet_id"
AS_OF = "select count(*) as known from articles_as_of(timestamptz '2026-03-02 20:00:00+00')"
SHELL = Path(sys.executable).with_name("duckdb")
# The shell and the libraries read, and must leave the file as it was.
# What these libraries warn each other of, such as pandas 3 of what DuckDB asks of it, is no fault of the file.
pytestmark = [pytest.mark.usefixtures("untouched"), pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def untouched(demo_world):
    before = demo_world.database.read_bytes()
    yield
    assert demo_world.database.read_bytes() == before
    assert not demo_world.database.with_name("news.duckdb.wal").exists()


@pytest.fixture(scope="module")
def wanted(demo_world):
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        return connection.execute(COUNTS).fetchall(), connection.execute(AS_OF).fetchall()[0][0]


def shell(database, query, *options):
    assert SHELL.exists(), "duckdb-cli is a development dependency"
    done = subprocess.run([str(SHELL), *options, str(database), query], capture_output=True, text=True, check=False, env=os.environ | {"TERM": "dumb"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_duckdb_shell_opens_it_with_views_macro_and_comments(demo_world, wanted):
    found = json.loads(shell(demo_world.database, COUNTS, "-readonly", "-json"))
    assert [(row["outlet_id"], row["articles"]) for row in found] == wanted[0]
    assert json.loads(shell(demo_world.database, AS_OF, "-readonly", "-json")) == [{"known": wanted[1]}]
    comments = json.loads(shell(demo_world.database, "select comment from duckdb_columns() where table_name = 'articles' and column_name = 'body'", "-readonly", "-json"))
    assert comments[0]["comment"].startswith("The text, one paragraph a line")


def test_the_shell_reads_burmese_as_it_is(demo_world):
    query = "select body from articles where language = 'my' order by article_id limit 1"
    found = json.loads(shell(demo_world.database, query, "-readonly", "-json"))[0]["body"]
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        assert found == connection.execute(query).fetchall()[0][0]


def test_somebody_who_has_it_open_in_the_shell_does_not_keep_a_second_reader_out(demo_world, wanted):
    with subprocess.Popen([str(SHELL), "-readonly", "-csv", str(demo_world.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        other.stdin.write("select 42 as answer;\n")
        other.stdin.flush()
        assert [other.stdout.readline().strip() for _ in range(2)] == ["answer", "42"]
        assert json.loads(shell(demo_world.database, AS_OF, "-readonly", "-json")) == [{"known": wanted[1]}]
        other.stdin.close()
        other.wait()


def test_python_gives_pandas_and_polars_frames(demo_world, wanted):
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        frame = connection.sql(COUNTS).df()
        assert list(frame.itertuples(index=False, name=None)) == wanted[0]
        articles = connection.sql("select * from articles").df()
        assert str(articles["date_published"].dtype).startswith("datetime64")
        polars = connection.sql("select * from articles").pl()
        assert polars.shape == articles.shape
        assert polars["keywords"].dtype.is_nested()
        assert connection.sql(AS_OF).pl().item() == wanted[1]


def test_ibis_opens_it_as_tables(demo_world, wanted):
    import ibis

    connection = ibis.duckdb.connect(str(demo_world.database), read_only=True)
    try:
        assert {"articles", "mentions", "articles_original"} <= set(connection.list_tables())
        originals = connection.table("articles_original")
        counted = originals.group_by("outlet_id").agg(articles=originals.count()).order_by("outlet_id").to_pyarrow()
        assert list(zip(*(column.to_pylist() for column in counted.columns), strict=True)) == wanted[0]
        assert connection.sql(AS_OF).to_pyarrow()["known"].to_pylist() == [wanted[1]]
    finally:
        connection.disconnect()


def test_a_release_is_read_by_polars_pandas_and_arrow_without_duckdb(demo_world, tmp_path, wanted):
    import pandas as pd
    import polars as pl
    import pyarrow.parquet as pq

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    subprocess.run([sys.executable, "-m", "flows.cli", "--data-dir", str(demo_world.data_dir), "export", str(tmp_path / "release")], check=True,
                   capture_output=True, env=environment)
    total = sum(articles for _, articles in wanted[0])
    file = tmp_path / "release" / "articles.parquet"
    assert pl.read_parquet(file)["is_original"].sum() == total
    assert pd.read_parquet(file)["is_original"].sum() == total
    schema = pq.read_schema(file)
    assert schema.field("body").metadata[b"description"].startswith(b"The text, one paragraph a line")
    assert shell(":memory:", f"select sum(is_original::integer) as n from '{file}'", "-csv").split() == ["n", str(total)]


def test_a_copy_under_another_name_is_as_good(demo_world, tmp_path, wanted):
    shutil.copyfile(demo_world.database, tmp_path / "evidence 2026.duckdb")
    assert json.loads(shell(tmp_path / "evidence 2026.duckdb", AS_OF, "-readonly", "-json")) == [{"known": wanted[1]}]
