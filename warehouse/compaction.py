"""Writing the working database anew, without the blocks that deleted and rewritten rows have left empty."""

from __future__ import annotations

import duckdb

from warehouse.db import statement
from warehouse.settings import Settings
from warehouse.withdrawal import rebuilt


def free_share(connection: duckdb.DuckDBPyConnection) -> float:
    """The share of the file's blocks that hold nothing."""
    connection.execute("checkpoint")
    total, free = connection.execute(statement("free_blocks")).fetchall()[0]
    return float(free / total) if total else 0.0


def compacted(connection: duckdb.DuckDBPyConnection, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Gives back the connection to the new file, which takes the old one's name when it is whole and on the disk."""
    return rebuilt(connection, settings)
