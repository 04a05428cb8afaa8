"""Seen-state: what the crawler knows of addresses, and which captures are not loaded yet."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.captures import sealed_files
from warehouse.db import statement
from warehouse.load import rows


def known_links(connection: duckdb.DuckDBPyConnection, outlet_id: str, now: datetime, recheck_days: int) -> list[dict[str, Any]]:
    """One row per address of the outlet that was named before: url, due, etag, last_modified, candidates, is_recovered, original, is_waiting,
    is_unseen, published_at (of those that are due), checked_at (of articles of the last year).

    `due` is true for recent articles that were not asked for lately: for `recheck_days` after publication, at most every 20 hours in the
    first four days and every 44 after, so that a nightly run asks each night, then every other; and for addresses that failed fewer than five
    times in a row, which a list may not name again, and then once a week until they have failed ten times. One that never gave a page and
    answers 404 is asked once more, a recent one up to five times. `candidates` are those of the last reading that discovery gave ([field,
    value, source]): a page that is asked again must not lose the date that only the feed gave. `is_recovered` marks what a killed run
    fetched: a list that holds only such addresses may go on with others that the killed run never came to. `is_unseen` marks what never gave
    a page: where there is none, nothing has gone. `original` is, for an address that is due, the row of `captures` that holds the payload it
    answered with last: an answer with the same bytes is kept as a revisit of it.
    """
    found = rows(connection, statement("known_links"), {"outlet_id": outlet_id, "now": now, "recheck_days": recheck_days})
    return [with_candidates(row) for row in found]


def with_candidates(row: dict[str, Any]) -> dict[str, Any]:
    """The row with one list of candidates: those of the article's last reading, or of the sources where no page came yet."""
    of_link = row.pop("candidates_of_link")
    return row | {"candidates": row["candidates"] or (json.loads(of_link) if of_link else [])}


def waiting_links(connection: duckdb.DuckDBPyConnection, outlet_id: str) -> list[dict[str, Any]]:
    """One row per address that was named and gave no page, or none this time: url, published_at (aware or None), asked_url, candidates, is_unseen."""
    found = rows(connection, statement("waiting_links"), {"outlet_id": outlet_id})
    return [row | {"candidates": json.loads(row["candidates"]) if row["candidates"] else []} for row in found]


def write_known(path: Path, known: list[dict[str, Any]]) -> None:
    """The rows as JSON lines, for the crawl child."""
    lines = (json.dumps(row, ensure_ascii=False, default=datetime.isoformat) + "\n" for row in known)
    path.write_text("".join(lines), encoding="utf-8")


def pending_files(connection: duckdb.DuckDBPyConnection, data_dir: Path, captures_dir: Path) -> list[Path]:
    """WARC files whose captures are not all loaded: a run was killed between keeping and loading."""
    loaded = {row["warc_file"] for row in rows(connection, statement("loaded_files"))}
    return [path for path in sealed_files(captures_dir) if str(path.relative_to(data_dir)) not in loaded]
