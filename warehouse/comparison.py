"""Two database files beside each other: a rebuilt one and the one that was lost or damaged, as far as that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import Template
from typing import Any, TypeVar

import duckdb

from warehouse.db import Connection, first_line, statement
from warehouse.load import rows

T = TypeVar("T")
Row = dict[str, Any]
EXAMPLES = 20
# They say when and by which run a row was written or looked at last, which a rebuild writes anew.
OF_THE_RUN = frozenset({"run_id", "last_seen_at"})


@dataclass(frozen=True, slots=True)
class TableRows:
    """How many rows a table has in each file; None where they cannot be counted."""

    table: str
    lost: int | None
    rebuilt: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the lost file says and the rebuilt one does not. `unreadable` names what of the lost file could not be read, and why.

    `articles`: in_both, only_lost, only_lost_imported, only_rebuilt, differing. `differing` counts by column, columns of the run's own left out.
    `no_way_back`: imported_articles, imported_versions, runs, rejections, gone_at. `examples` are articles of pages that were not rebuilt.
    """

    lost: Path
    tables: tuple[TableRows, ...] = ()
    articles: Row | None = None
    differing: Row | None = None
    no_way_back: Row | None = None
    examples: tuple[Row, ...] = ()
    unreadable: tuple[str, ...] = ()


def compare(lost: Path, rebuilt: Path) -> Comparison:
    """Compares two files that nobody has open for writing."""
    unreadable = list[str]()
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        attach(connection, rebuilt, "rebuilt")
        try:
            attach(connection, lost, "lost")
        except duckdb.Error as error:
            return Comparison(lost, unreadable=(first_line(error),))

        def attempt(what: str, read: Callable[[], T]) -> T | None:
            try:
                return read()
            except duckdb.Error as error:
                unreadable.append(f"{what}: {first_line(error)}")
                return None

        tables = attempt("list of tables", lambda: [name for (name,) in connection.execute(statement("compare_tables")).fetchall()]) or []
        counted = tuple(
            TableRows(name, attempt(name, partial(number, connection, "lost", name)), number(connection, "rebuilt", name)) for name in tables
        )
        articles = attempt("articles", lambda: compared_articles(connection)) or {}
        return Comparison(
            lost, counted, articles.get("articles"), articles.get("differing"),
            attempt("what captures cannot give", lambda: rows(connection, statement("compare_no_way_back"))[0]),
            tuple(attempt("articles without a page", lambda: rows(connection, statement("compare_examples"), {"number": EXAMPLES})) or ()),
            tuple(unreadable),
        )


def attach(connection: Connection, path: Path, name: str) -> None:
    """Attaches a file under a name of ours, read-only. Raises duckdb.Error."""
    connection.execute(Template(statement("compare_attach")).substitute(path=str(path).replace("'", "''"), name=name))


def number(connection: Connection, database: str, table: str) -> int:
    return int(connection.execute(Template(statement("compare_rows")).substitute(database=database, table=table)).fetchall()[0][0])


def compared_articles(connection: Connection) -> dict[str, Row]:
    columns = [name for (name,) in connection.execute(statement("compare_columns")).fetchall() if name not in OF_THE_RUN]
    differs = {name: f"lost.{name} is distinct from rebuilt.{name}" for name in columns}
    both = "lost.article_id is not null and rebuilt.article_id is not null"
    [found] = rows(connection, Template(statement("compare_articles")).substitute(
        any_differs=" or ".join(differs.values()),
        counts=", ".join(f"count(*) filter (where {both} and {test}) as differing_{name}" for name, test in differs.items()),
    ))
    differing = {name: found.pop(f"differing_{name}") for name in columns}
    return {"articles": found, "differing": {name: count for name, count in differing.items() if count}}
