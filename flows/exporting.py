"""`nightdesk export`: a frozen release that can be cited. The same published file gives the same bytes, whole or not at all."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.json_ld import news_article
from flows.layout import counted
from flows.results import as_cell, plain, rows_of
from warehouse.data_dictionary import Described, data_dictionary
from warehouse.db import Connection
from warehouse.errors import AskedWrongly
from warehouse.file_copy import flush
from warehouse.query import open_published
from warehouse.release import LEFT_OUT, STATE_TABLES, release_articles, release_origin, release_tables, table_batches
from warehouse.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

# A cell that begins so is a formula to a spreadsheet, and a formula can send away what else stands in the sheet.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
RIGHTS = "Texts, headlines and captions belong to the outlets that published them; `url` names each source. Tags, groups and counts are Nightdesk's."


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of the release. `rows` are rows of its table, 1 for an article of its own, None for text."""

    path: str
    sha256: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """What was written where."""

    folder: Path
    manifest: dict[str, Any]


def export(settings: Settings, folder: Path, *, with_csv: bool = False, with_json_ld: bool = False) -> Release:
    """Writes the release of the published file into a new folder. Raises AskedWrongly where it holds something already, or cannot be made."""
    folder = folder.absolute()
    with open_published(settings.published_database, memory_limit_mb=settings.memory_limit_mb) as connection:
        try:
            with whole_or_not(folder) as partial:
                manifest = write_release(connection, partial, with_csv=with_csv, with_json_ld=with_json_ld)
        except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
            raise AskedWrongly(f"{folder}: the release cannot be written there ({error.strerror}).") from error
    return Release(folder, manifest)


@contextmanager
def whole_or_not(folder: Path) -> Iterator[Path]:
    """A folder beside the one that is wanted, which gets its name when all of it is on the disk. What a killed export left is cleared away."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AskedWrongly(f"{folder} holds something already. A release is never written over: name a new folder.")
    partial = folder.with_name(f".{folder.name}.partial")
    partial.mkdir(exist_ok=True)
    handle = os.open(partial, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        clear(partial)
        yield partial
        os.replace(partial, folder)
        flush(folder.parent)
    except BlockingIOError:
        raise AskedWrongly(f"Another export is writing {folder}. Wait for it to end, or name another folder.") from None
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def clear(folder: Path) -> None:
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def write_release(connection: Connection, folder: Path, *, with_csv: bool, with_json_ld: bool) -> dict[str, Any]:
    """All files of the release, the manifest and the sums last; gives back the manifest."""
    tables, files = release_tables(connection), list[ExportedFile]()
    for table in tables:
        files.append(put(folder, f"{table.name}.parquet", parquet_writer(connection, table)))
        if with_csv:
            files.append(put(folder, f"csv/{table.name}.csv", csv_writer(connection, table)))
    if with_json_ld:
        for article in release_articles(connection):
            # Folders by the first two digits: a file system is slow with a million names in one.
            name = article["article_id"]
            files.append(put(folder, f"json_ld/{name[:2]}/{name}.json", text_writer(as_lines(news_article(article)), rows=1)))
    files.append(put(folder, "data_dictionary.md", text_writer(data_dictionary(connection))))
    manifest = manifest_of(release_origin(connection), tables, files)
    files.append(put(folder, "manifest.json", text_writer(as_lines(manifest))))
    put(folder, "SHA256SUMS", text_writer("".join(f"{file.sha256}  {file.path}\n" for file in files)))
    for each in sorted({path.parent for path in folder.rglob("*")}):
        flush(each)
    return manifest


def put(folder: Path, name: str, write: Callable[[Path], int | None]) -> ExportedFile:
    """Writes one file, durably, and says what it is."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = write(path)
    flush(path)
    with open(path, "rb") as file:
        return ExportedFile(name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size, rows)


def text_writer(text: str, rows: int | None = None) -> Callable[[Path], int | None]:
    def write(path: Path) -> int | None:
        path.write_text(text, encoding="utf-8")
        return rows

    return write


def parquet_writer(connection: Connection, table: Described) -> Callable[[Path], int]:
    def write(path: Path) -> int:
        import pyarrow.parquet as pq

        reader = table_batches(connection, table)
        schema = with_definitions(reader.schema, table)
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            return sum(write_batch(writer, batch, schema) for batch in reader)

    return write


def write_batch(writer: Any, batch: pa.RecordBatch, schema: pa.Schema) -> int:
    writer.write_batch(batch.cast(schema))
    return int(batch.num_rows)


def with_definitions(schema: pa.Schema, table: Described) -> pa.Schema:
    """The schema with what the table and each column mean, for readers that show it."""
    import pyarrow as pa

    comments = {column.name: column.comment or "" for column in table.columns}
    fields = [field.with_metadata({"description": comments[field.name]}) for field in schema]
    return pa.schema(fields, metadata={"description": table.comment or ""})


def csv_writer(connection: Connection, table: Described) -> Callable[[Path], int]:
    def write(path: Path) -> int:
        import pyarrow as pa

        rows = 0
        # With the mark by which spreadsheets know UTF-8; without it Burmese comes out garbled.
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in table.columns])
            for batch in table_batches(connection, table):
                writer.writerows([safe_cell(value) for value in row] for row in rows_of(pa.Table.from_batches([batch])))
                rows += batch.num_rows
        return rows

    return write


def safe_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe. Numbers are left alone."""
    cell = value.isoformat() if hasattr(value, "isoformat") else as_cell(value)
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell


def manifest_of(origin: dict[str, Any], tables: list[Described], files: list[ExportedFile]) -> dict[str, Any]:
    """What the release is, as of when, and the hash of each file. It names no moment of writing: the same database gives the same manifest."""
    return {
        "title": "Nightdesk release", "as_of": origin["ended_at"].isoformat(), "run_id": origin["run_id"], "run_kind": origin["kind"],
        "schema_version": origin["schema_version"], "published_by": f"nightdesk {origin['nightdesk_version']}",
        "exported_by": f"nightdesk {version('nightdesk')}", "rights": RIGHTS,
        "left_out": {"tables": sorted(STATE_TABLES), "columns": {name: list(columns) for name, columns in LEFT_OUT.items()},
                     "why": "state of the program and of the machine; nothing of it is about an article"},
        "files": [asdict(file) for file in files],
        "tables": {table.name: definition_of(table) for table in tables},
    }


def definition_of(table: Described) -> dict[str, Any]:
    columns = {column.name: {"type": column.data_type, "definition": column.comment} for column in table.columns}
    return {"definition": table.comment, "columns": columns}


def as_lines(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n"


# ---------------------------------------------------------------- for people


def as_json(release: Release) -> str:
    return json.dumps({"folder": str(release.folder)} | release.manifest, ensure_ascii=False, indent=1)


def as_text(release: Release) -> str:
    manifest = release.manifest
    files = {file["path"]: file for file in manifest["files"]}
    size = sum(file["bytes"] for file in files.values()) / 1e6
    articles = counted(files["articles.parquet"]["rows"], "article")
    return (f"{articles} as of {manifest['as_of'][:16].replace('T', ' ')} UTC (run {manifest['run_id']}, schema {manifest['schema_version']}): "
            f"{counted(len(files), 'file')}, {size:.1f} MB.\nWritten: {release.folder}\n"
            f"Cite the SHA-256 of manifest.json; it holds those of all files. Check them: cd {release.folder} && sha256sum -c SHA256SUMS")
