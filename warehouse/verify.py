"""Verification: whether the rows of `captures` and the WARC files say the same, record by record."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from warehouse.captures import present, read_response
from warehouse.db import statement
from warehouse.errors import CaptureDamaged
from warehouse.load import rows
from warehouse.publish import Finding
from warehouse.records import Capture, HttpResponse
from warehouse.warc_reading import CutShort, Damage, Found, Revisit, read_found

NAME = "captures_agree_with_files"
# Older captures that each run reads again, drawn anew by the run's id: of a thousand that went bad, a year of nights finds some within days.
SAMPLE = 20
SAID_OF_A_FILE_MAX = 20  # findings; a file that is another one altogether would give one a record


Files = dict[str, list[Capture]]  # by name of WARC file: the rows of its captures


def captures_agree_with_files(connection: duckdb.DuckDBPyConnection, data_dir: Path, run_id: str) -> list[Finding]:
    """What disagrees: in the files that this run loaded, each record and row (level error, because nothing was lost yet that cannot be fetched
    again); in older ones, a sample of SAMPLE captures, and files that are not there (level warning: the articles stand, their evidence is gone).
    """
    files = files_of_run(connection, run_id)
    return [*disagreements_of(files, data_dir, run_id), *older_files_agree(connection, data_dir, run_id, files)]


def files_of_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> Files:
    """The files that a run loaded."""
    asked: dict[str, Any] = {"run_id": run_id}
    files: Files = {row["warc_file"]: [] for row in rows(connection, statement("files_of_run"), asked)}
    for row in rows(connection, statement("captures_of_run_files"), asked):
        files[row["warc_file"]].append(Capture(**row))
    return files


def disagreements_of(files: Files, data_dir: Path, run_id: str, goes_on: Callable[[], bool] = lambda: True) -> list[Finding]:
    """The first half of `captures_agree_with_files`. It needs no database, so it can be done beside other work; it stops where `goes_on` says no."""
    found = (islice(compared(run_id, data_dir, name, captures, goes_on), SAID_OF_A_FILE_MAX) for name, captures in files.items())
    return [finding for of_file in found for finding in of_file]


def older_files_agree(connection: duckdb.DuckDBPyConnection, data_dir: Path, run_id: str, files: Files) -> list[Finding]:
    """The second half; `files` are those of the run."""
    return [*missing_files(connection, data_dir, run_id, set(files)), *sample_of_captures(connection, data_dir, run_id, SAMPLE)]


def sample_of_captures(connection: duckdb.DuckDBPyConnection, data_dir: Path, run_id: str, number: int) -> list[Finding]:
    """What disagrees in so many older captures, drawn by the run's id (level warning)."""
    drawn = rows(connection, statement("sample_of_captures"), {"run_id": run_id, "number": number})
    return list(unreadable(run_id, data_dir, [Capture(**row) for row in drawn]))


def missing_or_unreadable(connection: duckdb.DuckDBPyConnection, data_dir: Path, mark: str) -> Iterator[Finding]:
    """Files that rows name and that are not there, and those of SAMPLE captures that cannot be read; `mark` says which sample."""
    sample = [Capture(**row) for row in rows(connection, statement("sample_of_captures"), {"run_id": mark, "number": SAMPLE})]
    yield from missing_files(connection, data_dir, mark, set())
    yield from unreadable(mark, data_dir, sample)


def disagreements(connection: duckdb.DuckDBPyConnection, data_dir: Path) -> Iterator[Finding]:
    """Every record of every WARC file that is loaded against its row, one file in memory at a time."""
    for row in rows(connection, statement("files_of_captures")):
        asked = {"warc_file": row["warc_file"]}
        captures = [Capture(**each) for each in rows(connection, statement("captures_of_file"), asked)]
        yield from compared("", data_dir, row["warc_file"], captures)


def compared(
    run_id: str, data_dir: Path, warc_file: str, captures: list[Capture], goes_on: Callable[[], bool] = lambda: True
) -> Iterator[Finding]:
    """Each disagreement between a file and its rows, or those up to the record where `goes_on` says no.

    Damage, and a record without a row, are errors in a file that this run wrote and sealed; in one that a killed run or a full disk left behind
    they are what is to be expected, and a warning.
    """
    outlet_id, left, path = Path(warc_file).parent.name, {capture.warc_offset: capture for capture in captures}, present(data_dir / warc_file)
    is_ours = run_id in path.name and path.suffix != ".open"
    try:
        for found in read_found(path, outlet_id=outlet_id):
            if not goes_on():
                return
            row = left.pop(found.offset, None)
            if why := disagreement(found, row):
                level = "error" if row or is_ours else "warning"
                yield Finding(run_id, NAME, outlet_id, level, why, "a record and a row that agree", f"{warc_file}, byte {found.offset}")
    except OSError as error:
        yield Finding(run_id, NAME, outlet_id, "error", f"the file cannot be read ({error.strerror})", f"a file with {len(left)} captures", warc_file)
        return
    for capture in left.values():
        yield Finding(run_id, NAME, outlet_id, "error", "no record begins there", f"capture {capture.capture_id} of {capture.url}",
                      f"{warc_file}, byte {capture.warc_offset}")


def disagreement(found: Found, row: Capture | None) -> str | None:
    """Why a record and its row are not of the same capture; None where they are."""
    if isinstance(found.item, Damage | CutShort):
        return found.item.detail
    if row is None:
        return "there is no row for this record"
    response = found.item.response if isinstance(found.item, Revisit) else found.item
    pairs = {
        "length": (found.length, row.warc_length), "address": (response.url, row.url),
        "SHA-256 of the payload": (payload_of(found.item), row.payload_sha256),
        "revisit": (isinstance(found.item, Revisit), row.revisit_of is not None),
    }
    return "; ".join(f"{name}: {one} in the file, {other} in the row" for name, (one, other) in pairs.items() if one != other) or None


def payload_of(item: HttpResponse | Revisit) -> str:
    return item.payload_digest.removeprefix("sha256:") if isinstance(item, Revisit) else hashlib.sha256(item.body).hexdigest()


def missing_files(connection: duckdb.DuckDBPyConnection, data_dir: Path, run_id: str, of_run: set[str]) -> list[Finding]:
    """One finding an outlet whose rows name older files that are not there."""
    named, gone = connection.execute(statement("files_of_captures")).fetchall(), dict[str, list[str]]()
    # By the text of the name: 20,000 paths as objects are .4 CPU seconds.
    there = names_in(data_dir, {name.rpartition("/")[0] for _, name in named})
    for outlet_id, name in named:
        if name not in of_run and name not in there:
            gone.setdefault(outlet_id, []).append(name)
    return [
        Finding(run_id, NAME, outlet_id, "warning", f"{len(names)} WARC files are not there", "every file that a row names",
                f"{names[0]}. Restore it from a backup.")
        for outlet_id, names in gone.items()
    ]


def names_in(data_dir: Path, folders: set[str]) -> set[str]:
    """The files of the folders, relative to the data folder. To ask for each by itself costs ten times as much: years of nights have 20,000."""
    found = set[str]()
    for folder in folders:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(data_dir / folder) as entries:
            # A link that leads nowhere is no file.
            found.update(f"{folder}/{entry.name}" for entry in entries if not entry.is_symlink() or Path(entry.path).exists())
    return found


def unreadable(run_id: str, data_dir: Path, captures: list[Capture]) -> Iterator[Finding]:
    """Those of the captures that cannot be read as they were kept; files that are missing altogether are named elsewhere."""
    for capture in captures:
        if not (data_dir / capture.warc_file).exists():
            continue
        try:
            read_response(data_dir, capture)
        except CaptureDamaged as error:
            said = f"capture {capture.capture_id} cannot be read"
            yield Finding(run_id, NAME, capture.outlet_id, "warning", said, "the bytes that were kept", str(error))
