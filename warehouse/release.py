"""What a frozen release holds: the tables of the published file in a fixed order of rows, their definitions, and where the file came from."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template
from typing import Any

import pyarrow as pa

from warehouse.data_dictionary import Described, described
from warehouse.db import Connection, statement
from warehouse.errors import NightdeskError
from warehouse.load import KEYS, rows

ROWS_AT_ONCE = 20_000
ARTICLES_AT_ONCE = 500
# What the program keeps for its own work. It says nothing about the articles, and some of it only about this machine.
STATE_TABLES = frozenset({
    "links", "hosts", "sources", "capture_files", "load_log", "copies_pending", "folds_pending", "text_sketches", "hot_fingerprints", "article_texts",
    "withdrawn",
})
# What was asked of a run can hold names of folders and files of this machine.
LEFT_OUT = {"runs": ("parameters",)}


def release_tables(connection: Connection) -> list[Described]:
    """The tables of a release by name, without the columns of LEFT_OUT."""
    return [without_left_out(each) for each in described(connection) if each.kind == "table" and each.name not in STATE_TABLES]


def without_left_out(table: Described) -> Described:
    columns = tuple(column for column in table.columns if column.name not in LEFT_OUT.get(table.name, ()))
    return Described(table.kind, table.name, table.comment, columns)


def table_batches(connection: Connection, table: Described) -> pa.RecordBatchReader:
    """The rows of the table, in the same order every time; the schema says what each column means."""
    sql = Template(statement("release_rows")).substitute(
        table=table.name, columns=", ".join(column.name for column in table.columns), order=", ".join(KEYS.get(table.name, ("all",))),
    )
    return connection.execute(sql).to_arrow_reader(ROWS_AT_ONCE)


def release_origin(connection: Connection) -> dict[str, Any]:
    """schema_version, run_id, kind, ended_at and nightdesk_version of the run that published the file. Raises NightdeskError where there is none."""
    found = rows(connection, statement("release_origin"))
    if not found:
        raise NightdeskError("The published file holds no run that ended, so there is no moment to cite. Run `nightdesk nightly` once more.")
    return found[0]


def release_articles(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every article with its outlet, pictures, names, topics, the address of its original, and the hash of the kept page."""
    cursor = connection.execute(statement("release_articles"))
    names = [column[0] for column in cursor.description or []]
    while chunk := cursor.fetchmany(ARTICLES_AT_ONCE):
        yield from (dict(zip(names, row, strict=True)) for row in chunk)
