"""The search index beside the published file: one folder for each state of the file, so that readers always get the two that belong together.

`search/<snapshot>` holds the index of the published file whose runs give that name. A run prepares the next index in `search/next`: the files of
the newest index are linked into it, as segments never change once written, and the articles that changed are written anew. Then the folder gets
its name, then the file is published, then older indexes go. A kill in between leaves a folder that no file belongs to, and nothing to repair.
A reader that finds no index builds one from the published file, in a folder of its own process, and no run has to wait for it.

The index also keeps the texts that it was made from, compressed: DuckDB unpacks 2,048 texts to give one, which cost 3 ms a hit.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import tantivy
from isal import isal_zlib

from warehouse.db import Connection, statement
from warehouse.errors import NightdeskError
from warehouse.file_copy import flush, rename_durably
from warehouse.settings import Settings

# Raise when the fields change: indexes of another version are built anew.
FIELDS_VERSION = 1
NEXT = "next"
SNAPSHOT = re.compile("[0-9a-f]{16}")
STATE, DESCRIBED = "state.json", "described.arrow"
ARTICLES_AT_ONCE = 500
PACKED_LEVEL = 3
WRITER_BYTES = 20_000_000  # words that are gathered before a segment is written; tantivy wants 15 MB at least
ANALYZER = "words"
NO_DAY = 0  # of articles without a date; days are counted from the year 1

# Gives the words of a text, separated by spaces. The index cuts off English endings and replaces what is left of foreign letters.
Words = Callable[[str], str]


class IndexUnusable(NightdeskError):
    """An index that is not there, was made by another version, or is damaged; it is built anew from the published file."""


@dataclass(frozen=True, slots=True)
class State:
    """What an index says of itself. `withdrawn` counts the withdrawn addresses of the file that it was built from scratch for."""

    version: str
    articles: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """An index that is whole and not yet named. `is_new` means built from scratch."""

    path: Path
    articles: int
    changed: int
    is_new: bool


def version_of(words_version: int) -> str:
    """What an index depends on beside the articles."""
    return f"tantivy {metadata.version('tantivy')}; words {words_version}; fields {FIELDS_VERSION}"


def search_dir(settings: Settings) -> Path:
    return settings.data_dir / "search"


def snapshot_of(connection: Connection) -> str:
    """16 hex digits that name the state of the file: they change with every run that publishes."""
    return str(connection.execute(statement("search_snapshot")).fetchall()[0][0])


# ---------------------------------------------------------------- the engine


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("headline", tokenizer_name=ANALYZER)
    builder.add_text_field("text", tokenizer_name=ANALYZER)  # description and body
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_unsigned_field("article", indexed=True, fast=True)
    builder.add_unsigned_field("copies", indexed=True, fast=True)  # the original of its group, or itself
    builder.add_bytes_field("shown", stored=True)  # the row as packed JSON
    return builder.build()


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return whitespace.filter(tantivy.Filter.ascii_fold()).filter(tantivy.Filter.stemmer("english")).build()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The word as the index holds it: killed, kills and killing are kill."""
    return next(iter(analyzer().analyze(word)), word)


def open_folder(path: Path) -> tantivy.Index:
    index = tantivy.Index(schema(), str(path))
    index.register_tokenizer(ANALYZER, analyzer())
    return index


def open_for_reading(folder: Path) -> tuple[tantivy.Searcher, tempfile.TemporaryDirectory[str] | None]:
    """The index at rest. The engine wants to lock the folder also for reading; who may not write there reads it through links of their own.

    The links must live as long as the searcher.
    """
    if os.access(folder, os.W_OK):
        return open_folder(folder).searcher(), None
    links = links_to(folder)
    return open_folder(Path(links.name)).searcher(), links


def links_to(folder: Path) -> tempfile.TemporaryDirectory[str]:
    links = tempfile.TemporaryDirectory(prefix="nightdesk-search-")
    for path in folder.iterdir():
        if not path.name.endswith(".lock"):
            (Path(links.name) / path.name).symlink_to(path)
    return links


# ---------------------------------------------------------------- writing


def prepare(connection: Connection, settings: Settings, words: Words, version: str) -> Prepared:
    """Makes `search/next` from the newest index and what changed since in the database that is open, or from scratch.

    From scratch also where an address was withdrawn since: the words of a removed article stay in the segments that it stood in.
    Only the holder of the writer lock may call this. Raises OSError where the folder cannot be written, ValueError of the engine.
    """
    withdrawn = withdrawn_count(connection)
    if base := newest_usable(settings, version, withdrawn):
        with contextlib.suppress(ValueError, FileNotFoundError):  # damaged: a segment is missing or cut
            return prepare_from(connection, search_dir(settings) / NEXT, words, State(version, 0, withdrawn), base)
    return prepare_from(connection, search_dir(settings) / NEXT, words, State(version, 0, withdrawn), None)


def build(connection: Connection, settings: Settings, words: Words, version: str) -> Prepared:
    """Makes an index from scratch in a folder of this process. Anybody may call this who may write in the folder. Raises as `prepare`."""
    target = search_dir(settings) / f"building-{os.getpid()}"
    return prepare_from(connection, target, words, State(version, 0, withdrawn_count(connection)), None)


def prepare_from(connection: Connection, target: Path, words: Words, state: State, base: Path | None) -> Prepared:
    remove_folder(target)
    target.mkdir(parents=True)
    now = connection.execute(statement("search_fingerprints")).to_arrow_table()
    before = now.slice(0, 0)
    if base:
        link_files(base, target)
        before = described(base)
        if open_folder(target).searcher().num_docs != before.num_rows:
            raise ValueError(f"{base}: the index does not hold what it says")
    same = same_rows(now, before)
    changed = write_changes(connection, target, now.slice(same), before.slice(same), words)
    write_described(target, now.select(["article", "fingerprint"]))
    write_state(target, State(state.version, now.num_rows, state.withdrawn))
    return Prepared(target, now.num_rows, changed, base is None)


def same_rows(now: pa.Table, before: pa.Table) -> int:
    """How many rows at the beginning are the same: nearly all where a night adds articles. Only what follows need be joined."""
    rows = min(now.num_rows, before.num_rows)
    equal = [pc.equal(now.column(name).slice(0, rows), before.column(name).slice(0, rows)) for name in ("article", "fingerprint")]
    first = pc.index(pc.and_(*equal), pa.scalar(False)).as_py()
    return rows if first == -1 else int(first)


def withdrawn_count(connection: Connection) -> int:
    """How many addresses were withdrawn; none in a file of a release before that was possible."""
    if not connection.execute("select 1 from duckdb_tables() where table_name = 'withdrawn'").fetchall():
        return 0
    return int(connection.execute(statement("search_withdrawn")).fetchall()[0][0])


def newest_usable(settings: Settings, version: str, withdrawn: int) -> Path | None:
    """The index that was named last among those that can be added to."""
    found = [path for path in named_folders(settings) if (state := state_of(path)) and (state.version, state.withdrawn) == (version, withdrawn)]
    return max(found, key=lambda path: (path / STATE).stat().st_mtime_ns, default=None)


def named_folders(settings: Settings) -> list[Path]:
    return [path for path in folders(settings) if SNAPSHOT.fullmatch(path.name)]


def folders(settings: Settings) -> list[Path]:
    """Every index, those that are being written or were left so too."""
    folder = search_dir(settings)
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def link_files(source: Path, target: Path) -> None:
    """The segments of an index under a second name; a copy where the file system has no links. Locks belong to their folder."""
    for path in source.iterdir():
        if path.name.endswith(".lock") or path.name in (STATE, DESCRIBED):
            continue
        try:
            os.link(path, target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)


def write_changes(connection: Connection, target: Path, now: pa.Table, before: pa.Table, words: Words) -> int:
    """Takes out what changed or went and puts in what is new. Returns how many articles that were."""
    connection.register("current_articles", now)
    connection.register("indexed", before)
    changed = connection.execute(statement("search_changes")).to_arrow_table()
    connection.register("search_changed", changed)
    writer = open_folder(target).writer(heap_size=WRITER_BYTES, num_threads=1)
    try:
        known = changed.filter(changed.column("was_there")).column("article").to_pylist()
        # By query: by term, tantivy 0.27.0 takes the number for a signed one and deletes nothing, without a word.
        writer.delete_documents_by_query(tantivy.Query.term_set_query(schema(), "article", known))
        for row in changed_articles(connection):
            writer.add_document(document_of(row, words))
        writer.commit()
        writer.garbage_collect_files()
    finally:
        # Whatever happens: its threads must not write into a folder that gets another name.
        writer.wait_merging_threads()
        for name in ("current_articles", "indexed", "search_changed"):
            connection.unregister(name)
    return changed.num_rows


def changed_articles(connection: Connection) -> Iterator[dict[str, Any]]:
    reader = connection.execute(statement("search_articles")).to_arrow_reader(ARTICLES_AT_ONCE)
    for batch in reader:
        yield from batch.to_pylist()


def document_of(row: dict[str, Any], words: Words) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("headline", words(row["headline"] or ""))
    document.add_text("text", words(f"{row['description'] or ''}\n{row['body']}"))
    document.add_text("outlet", row["outlet_id"])
    for language in {row["language"], row["language"].split("-")[0]}:
        document.add_text("language", language)
    document.add_integer("day", row["published_on"].toordinal() if row["published_on"] else NO_DAY)
    document.add_unsigned("article", int(row["article_id"], 16))
    document.add_unsigned("copies", int(row["copy_id"] or row["article_id"], 16))
    document.add_bytes("shown", packed(row))
    return document


def packed(row: dict[str, Any]) -> bytes:
    # Any zlib reads it. Its own level 6 makes 800 texts of 10 kB a twentieth smaller and takes six times as long.
    shown = json.dumps(row, ensure_ascii=False, default=str, separators=(",", ":"))
    return isal_zlib.compress(shown.encode("utf-8", "surrogatepass"), PACKED_LEVEL)


def unpacked(document: tantivy.Document) -> dict[str, Any]:
    """The row that the document was made from; `published_on` as text."""
    found: dict[str, Any] = json.loads(zlib.decompress(bytes(document.get_first("shown") or b"")).decode("utf-8", "surrogatepass"))
    return found


def described(folder: Path) -> pa.Table:
    """One row per article of the index: article, fingerprint."""
    with pa.memory_map(str(folder / DESCRIBED)) as source:
        return pa.ipc.open_file(source).read_all()


def write_described(folder: Path, table: pa.Table) -> None:
    path = folder / DESCRIBED
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    flush(path)


def write_state(folder: Path, state: State) -> None:
    path = folder / STATE
    path.write_text(json.dumps({"version": state.version, "articles": state.articles, "withdrawn": state.withdrawn}) + "\n", encoding="ascii")
    flush(path)


def state_of(folder: Path) -> State | None:
    """What the index says of itself; None where it says nothing that can be read."""
    try:
        return State(**json.loads((folder / STATE).read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return None


def give_name(settings: Settings, prepared: Prepared, snapshot: str) -> None:
    """Makes the prepared index that of the state of the file. One that has the name already is replaced."""
    target = search_dir(settings) / snapshot
    remove_folder(target)
    rename_durably(prepared.path, target)


def remove_others(settings: Settings, snapshot: str) -> None:
    """Removes every index but that of this state. Readers that have one open keep it."""
    for path in folders(settings):
        if path.name != snapshot:
            remove_folder(path)


def remove_folder(path: Path) -> None:
    """Removes an index, what makes it one first: a kill in the middle must not leave half of one that looks whole."""
    with contextlib.suppress(FileNotFoundError):
        (path / STATE).unlink()
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)
