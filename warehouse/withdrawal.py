"""Withdrawing an article: its rows, its bytes in WARC files and its traces in reports of runs. Every step can be repeated after a kill.

One transaction notes what has to go (`withdrawing`) and what keeps it out (`withdrawn`). Then each part is removed, and only when all of it
is gone is the note taken away. WARC records are overwritten where they lie, with a record of the same length that says nothing: no other
record moves, so that every offset that was ever published or cited stays true.
"""

from __future__ import annotations

import html
import json
import os
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import unquote

from warehouse import event_folds, spare_file
from warehouse.captures import present, record_id
from warehouse.db import Connection, connect, statement, transaction
from warehouse.file_copy import flush, rename_durably
from warehouse.load import insert, rows
from warehouse.records import Capture
from warehouse.settings import Settings
from warehouse.warc_reading import MEMBERS_OF_A_RESPONSE, gzip_members
from warehouse.withdrawn import Withdrawn, address_hash, key_of

CONCURRENT_TO = re.compile(rb"^WARC-Concurrent-To[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
BELONGS = re.compile(rb"^WARC-Type[ \t]*:[ \t]*(?:metadata|request)\b", re.IGNORECASE | re.MULTILINE)
HEAD_BYTES = 4096  # holds the WARC headers of a record
# Regrouped by the comparison of copies, which needs to see who left.
LEFT_TO_COPIES = frozenset({"copies", "copy_edges", "copies_pending", "text_sketches", "translation_pairs"})
KINDS = {"article_id": "article", "capture_id": "capture", "observation_id": "capture", "url": "address"}
NOT_ADDRESSES_OF_ARTICLES = frozenset({"images", "sources"})
SENTENCES = {"rejections": "url", "checks": "observed"}


@dataclass(frozen=True, slots=True)
class Place:
    """Bytes of a WARC file, relative to the data folder."""

    warc_file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class ToWithdraw:
    """What has to go. `addresses` are all spellings that were met, those that were asked for among them."""

    articles: tuple[str, ...]
    captures: tuple[Capture, ...]
    addresses: tuple[str, ...]


# ---------------------------------------------------------------- what keeps them out


def withdrawn_of(connection: Connection, settings: Settings) -> Withdrawn:
    """The addresses that stay out. Raises NightdeskError where the secret of the hashes is gone."""
    hashes = frozenset(value for (value,) in connection.execute("select address_hash from withdrawn").fetchall())
    return Withdrawn(key_of(key_path(settings), is_needed=True), hashes) if hashes else Withdrawn()


def key_path(settings: Settings) -> Path:
    return settings.work_dir / "withdrawn.key"


# ---------------------------------------------------------------- finding and noting


def find(connection: Connection, urls: list[str]) -> ToWithdraw:
    """Everything that was met under one of the addresses, with the further addresses that this leads to."""
    found: dict[str, list[str]] = {"article": [], "capture": [], "address": []}
    for kind, value in connection.execute(statement("withdraw_find"), {"urls": urls}).fetchall():
        found[kind].append(value)
    captures = [Capture(**row) for row in rows(connection, statement("withdraw_captures"), {"ids": found["capture"]})]
    return ToWithdraw(tuple(found["article"]), tuple(captures), tuple(dict.fromkeys([*urls, *found["address"]])))


def begin(connection: Connection, settings: Settings, asked: ToWithdraw, canonical: list[str], day: date) -> None:
    """Notes what has to go and what stays out, in one transaction; from here on a kill is made good by the next run.

    `canonical` are the addresses in the one form in which they are compared.
    """
    is_needed = bool(connection.execute("select 1 from withdrawn limit 1").fetchall())
    key = key_of(key_path(settings), is_needed=is_needed)
    places = [place for capture in asked.captures for place in places_of(settings.data_dir, capture)]
    noted: list[dict[str, Any]] = [{"kind": "article", "value": value} for value in asked.articles]
    noted += [{"kind": "capture", "value": capture.capture_id} for capture in asked.captures]
    noted += [{"kind": "address", "value": value} for value in asked.addresses]
    noted += [{"kind": "place", "value": place.warc_file, "warc_offset": place.offset, "warc_length": place.length} for place in places]
    noted.append({"kind": "rebuild", "value": ""})
    with transaction(connection):
        insert(connection, "withdrawing", noted)
        hashes = sorted({address_hash(key, url) for url in canonical})
        connection.execute(statement("withdraw_note_hashes"), {"hashes": hashes, "day": day})
        remove_rows(connection)


def remove_rows(connection: Connection) -> None:
    """Takes the rows out of every table that names the articles, captures or addresses.

    Who copies whom is regrouped, and which events they told is folded anew, by the caller.
    """
    connection.execute(statement("withdraw_articles"))
    event_folds.note(connection, "articles_withdrawn")
    for table, column in connection.execute(statement("withdraw_tables")).fetchall():
        is_theirs = column != "url" or table not in NOT_ADDRESSES_OF_ARTICLES
        if table not in LEFT_TO_COPIES and is_theirs:
            connection.execute(Template(statement("withdraw_rows")).substitute(table=table, column=column, kind=KINDS[column]))
    for table, said in SENTENCES.items():
        connection.execute(Template(statement("withdraw_sentences")).substitute(table=table, said=said))
    connection.execute(statement("withdraw_regroup"))


def copies_elsewhere(connection: Connection, article_ids: tuple[str, ...]) -> list[str]:
    """The addresses of other articles in the groups of these."""
    found = connection.execute(statement("withdraw_copies"), {"ids": list(article_ids)}).fetchall()
    return [url for (url,) in found]


def is_pending(connection: Connection) -> bool:
    """Whether a withdrawal has begun and not come to its end."""
    return bool(connection.execute("select 1 from withdrawing limit 1").fetchall())


# ---------------------------------------------------------------- bytes


def places_of(data_dir: Path, capture: Capture) -> list[Place]:
    """Where the record of the capture and those that belong to it (metadata, request) lie; none where the file is not there."""
    path = present(data_dir / capture.warc_file)
    if not path.exists():
        return []
    places = [Place(capture.warc_file, capture.warc_offset, capture.warc_length)]
    with open(path, "rb") as file:
        file.seek(capture.warc_offset + capture.warc_length)
        for number, member in enumerate(gzip_members(file, capture.warc_offset + capture.warc_length), start=1):
            if number == MEMBERS_OF_A_RESPONSE or not isinstance(member.content, bytes) or not belongs(member.content, capture.capture_id):
                break
            places.append(Place(capture.warc_file, member.offset, member.length))
    return places


def belongs(record: bytes, capture_id: str) -> bool:
    """Whether a metadata or request record speaks of the capture; one that names nobody speaks of the record before it."""
    head = record.split(b"\r\n\r\n", 1)[0][:HEAD_BYTES]
    named = CONCURRENT_TO.search(head)
    return bool(BELONGS.search(head)) and (named is None or named[1].decode("latin-1") == record_id(capture_id))


def erase(data_dir: Path, place: Place) -> None:
    """Overwrites the place with a record of the same length that says nothing, durably. Repeating it changes nothing that can be read."""
    path = present(data_dir / place.warc_file)
    if not path.exists():
        return
    handle = os.open(path, os.O_RDWR)
    try:
        length = min(place.length, max(0, os.fstat(handle).st_size - place.offset))
        os.pwrite(handle, filler(length), place.offset)
        os.fsync(handle)
    finally:
        os.close(handle)


def filler(length: int) -> bytes:
    """A gzip member of exactly so many bytes that holds an empty WARC record: the room is taken by the comment of its header (RFC 1952).

    Zero bytes where a record does not fit, which no record of ours is small enough for.
    """
    date_line = b"WARC-Date: 1970-01-01T00:00:00Z\r\n"
    name = b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-" + secrets.token_hex(6).encode() + b">\r\n"
    record = b"WARC/1.1\r\nWARC-Type: metadata\r\n" + name + date_line + b"Content-Length: 0\r\n\r\n\r\n\r\n"
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(record) + packer.flush()
    ends = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff", b"\x00", zlib.crc32(record).to_bytes(4, "little") + len(record).to_bytes(4, "little")
    room = length - sum(map(len, ends)) - len(packed)
    return ends[0] + b" " * room + ends[1] + packed + ends[2] if room >= 0 else bytes(length)


# ---------------------------------------------------------------- files of runs


def scrub_runs(runs_dir: Path, words: list[str]) -> None:
    """Takes every line that names one of the addresses, articles or captures out of the files that runs left; of JSON documents only the word.

    The words are looked for as they are, unescaped, and as JSON escapes them.
    """
    forms = {form for word in words for form in (word, unquote(word), json.dumps(word)[1:-1], json.dumps(unquote(word))[1:-1])}
    spelled = sorted((form.encode(errors="replace") for form in forms if form), key=len, reverse=True)
    for path in sorted(runs_dir.rglob("*")):
        if path.is_file() and not path.is_symlink():
            scrub_file(path, spelled)


def remove_briefings(briefings_dir: Path, words: list[str]) -> None:
    """Deletes every morning page that names one of the articles or addresses: its lists, drawings and sums hold them too."""
    forms = [form.encode(errors="replace") for word in words if word for form in {word, unquote(word), html.escape(word), json.dumps(word)[1:-1]}]
    for path in sorted(briefings_dir.glob("*")):
        if path.is_file() and not path.is_symlink() and any(form in path.read_bytes() for form in forms):
            path.unlink()


def scrub_file(path: Path, words: list[bytes]) -> None:
    content = path.read_bytes()
    if not any(word in content for word in words):
        return
    if path.suffix == ".json":
        for word in words:
            content = content.replace(word, b"withdrawn")
    else:
        content = b"".join(line for line in content.splitlines(keepends=True) if not any(word in line for word in words))
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(content)
    flush(temporary)
    rename_durably(temporary, path)


# ---------------------------------------------------------------- finishing


def remove_files(connection: Connection, settings: Settings) -> None:
    """Overwrites the bytes and scrubs the reports that the note names."""
    for value, offset, length in noted(connection, "place", "value, warc_offset, warc_length"):
        erase(settings.data_dir, Place(value, offset, length))
    words = [value for kind in ("article", "capture", "address") for (value,) in noted(connection, kind, "value")]
    if words:
        scrub_runs(settings.runs_dir, words)
        remove_briefings(settings.briefings_dir, words)


def noted(connection: Connection, kind: str, columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(Template(statement("withdraw_noted")).substitute(columns=columns), [kind]).fetchall()


def settle(connection: Connection, settings: Settings) -> Connection:
    """Takes the note away once all is removed, and writes the database file anew: what was deleted stays readable in its free blocks.

    Gives back the connection to the new file.
    """
    drop_note(connection)
    connection = rebuilt(connection, settings)
    connection.execute("delete from withdrawing")
    return connection


def drop_note(connection: Connection) -> None:
    """Takes away the note, and what the regrouping of copies wrote of the articles' ids; that the file is to be rebuilt stays noted."""
    with transaction(connection):
        connection.execute(statement("withdraw_aliases"))
        connection.execute("delete from withdrawing where kind <> 'rebuild'")


def rebuilt(connection: Connection, settings: Settings) -> Connection:
    """The connection to the working database, written anew. No file of before stays in work/: the spare one goes, also for the room."""
    spare_file.refuse(settings)
    path = settings.work_database
    temporary = path.with_name(path.name + ".new")
    for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
        leftover.unlink(missing_ok=True)
    connection.execute("checkpoint")
    connection.close()
    fresh = connect(temporary, settings)
    try:
        fresh.execute(Template(statement("withdraw_attach")).substitute(path=str(path).replace("'", "''")))
        fresh.execute(Template(statement("withdraw_copy")).substitute(target='"' + fresh_name(fresh).replace('"', '""') + '"'))
        fresh.execute("detach old_work")
        fresh.execute("checkpoint")
    finally:
        fresh.close()
    flush(temporary)
    rename_durably(temporary, path)
    return connect(path, settings)


def fresh_name(connection: Connection) -> str:
    return str(connection.execute("select current_database()").fetchall()[0][0])
