"""Where in a table the rows of some runs begin. Batches add rows at the end, and the load log says how many: what lies before need not be read.

Looking for two thousand articles among the tags of a million is reading the ids of all of them, once a query. A bound that is too small would lose
rows, so where anything is not known all rows are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import Template

import duckdb

from warehouse.db import statement


def rows_of_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> int | None:
    """How many rows at most the run added to one table; None where it is not known."""
    return one_number(connection.execute(statement("rows_of_run"), {"run_id": run_id}))


def rows_since_runs(connection: duckdb.DuckDBPyConnection) -> int | None:
    """How many rows at most were added to one table since the first of the runs in the temporary table `wrote` began; None where it is not known."""
    return one_number(connection.execute(statement("rows_since_runs")))


def one_number(found: duckdb.DuckDBPyConnection) -> int | None:
    """The number that a statement gives; None where it gives none."""
    for (number,) in found.fetchall():
        return None if number is None else int(number)
    return None


def first_rows(connection: duckdb.DuckDBPyConnection, tables: Iterable[str], added: int | None) -> dict[str, int]:
    """{first_<table>: the number of the first row among the last `added` ones, 0 where that is None}, as parameters of a statement.

    They are given as numbers: a row number that is compared with what a query gives is compared with those of all rows.
    """
    found = {}
    for table in tables:
        (end,) = connection.execute(Template(statement("last_row")).substitute(table=table)).fetchall()[0]
        found[f"first_{table}"] = 0 if added is None else max(0, end - added)
    return found
