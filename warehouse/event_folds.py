"""Events folded over the articles that tell them, kept as a table: only the days and texts that a run touched are folded anew.

Between runs `event_folds` holds what one fold of all events would give, whatever the order and the size of the batches in which articles came.
Whoever changes events, or which articles are copies of each other, notes in the same transaction what that bears on.
"""

from __future__ import annotations

from string import Template

import duckdb

from warehouse.db import statement, transaction

# A slice is folded in one transaction and bounds the memory: at 2,000 articles a day, 100 days are a quarter of a million events. Of a million
# articles, 636,000 texts told events of no day; all of them in one slice did not fit into 2 GB.
SLICE_DAYS = 100
SLICE_TEXTS = 150_000


def note(connection: duckdb.DuckDBPyConnection, articles: str) -> None:
    """Notes what the events of these articles bear on, as they stand now. `articles` is a table with the column article_id.

    Called before events are taken away and after they were written: the days that an event leaves are folded anew like those it comes to.
    """
    connection.execute(Template(statement("folds_note")).substitute(articles=articles))


def fold_events(connection: duckdb.DuckDBPyConnection) -> None:
    """Folds anew what is noted. Killed half way it goes on where it was: a slice is one transaction."""
    while connection.execute("select 1 from folds_pending limit 1").fetchall():
        with transaction(connection):
            fold_slice(connection)


def fold_slice(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(statement("folds_days"), {"size": SLICE_DAYS})
    if not connection.execute("select 1 from folds_slice limit 1").fetchall():
        connection.execute(statement("folds_texts"), {"size": SLICE_TEXTS})
    assert connection.execute("select 1 from folds_slice limit 1").fetchall(), "what is pending is in a slice, or the fold would never end"
    for name in ("delete_days", "delete_texts", "insert", "settled"):
        connection.execute(statement(f"folds_{name}"))
