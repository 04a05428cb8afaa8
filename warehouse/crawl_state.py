"""State of the crawler beside its addresses: hosts, robots.txt files, sources, reservations. Written in the load transaction, like all it knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.db import statement
from warehouse.records import HostState, RobotsFile

Row = dict[str, Any]
MOMENT: pa.DataType = pa.timestamp("us", tz="UTC")
HOST_COLUMNS = pa.schema([
    ("host", pa.string()), ("checked_at", MOMENT), ("not_before", MOMENT), ("reason", pa.string()), ("detail", pa.string()),
    ("reservations_checked_at", MOMENT),
])
ROBOTS_TYPES: list[tuple[str, pa.DataType]] = [
    ("base", pa.string()), ("sha256", pa.string()), ("http_status", pa.int32()), ("body", pa.string()), ("fetched_at", MOMENT),
]
ROBOTS_COLUMNS = pa.schema(ROBOTS_TYPES)


def write_hosts(connection: duckdb.DuckDBPyConnection, hosts: Iterable[HostState]) -> None:
    """Takes over what a crawl learnt of hosts. Of a host that comes twice, the later look counts."""
    latest = {state.host: asdict(state) for state in sorted(hosts, key=lambda state: state.checked_at)}
    merge(connection, "merge_hosts", HOST_COLUMNS, list(latest.values()))


def write_robots_files(connection: duckdb.DuckDBPyConnection, files: Iterable[RobotsFile]) -> None:
    """Notes which robots.txt was met when."""
    latest = {(file.base, file.sha256): asdict(file) for file in sorted(files, key=lambda file: file.fetched_at)}
    merge(connection, "merge_robots_files", ROBOTS_COLUMNS, list(latest.values()))


def merge(connection: duckdb.DuckDBPyConnection, name: str, columns: pa.Schema, incoming: list[Row]) -> None:
    if incoming:
        connection.register("incoming", pa.Table.from_pylist(incoming, columns))
        connection.execute(statement(name))
        connection.unregister("incoming")


def write_known_hosts(path: Path, connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Writes what is known of all hosts as the JSON lines that a crawl child reads: states, and robots.txt files of the last 24 hours."""
    hosts = lines(connection, "host", "known_hosts", {})
    write_lines(path, [*hosts, *lines(connection, "robots", "known_robots_files", {"now": now})])


def write_known_sources(path: Path, connection: duckdb.DuckDBPyConnection, outlet_id: str) -> None:
    """The same for what the sources of an outlet said last."""
    write_lines(path, lines(connection, "source", "known_sources", {"outlet_id": outlet_id}))


def lines(connection: duckdb.DuckDBPyConnection, kind: str, name: str, parameters: Row) -> Iterator[Row]:
    cursor = connection.execute(statement(name), parameters)
    names = [column[0] for column in cursor.description or []]
    return ({"kind": kind, "row": dict(zip(names, row, strict=True))} for row in cursor.fetchall())


def write_lines(path: Path, rows: Iterable[Row]) -> None:
    written = "".join(json.dumps(row, ensure_ascii=False, default=datetime.isoformat) + "\n" for row in rows)
    path.write_text(written, encoding="utf-8", errors="replace")
