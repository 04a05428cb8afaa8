"""Captures: HTTP responses in WARC 1.1 files, written so that a kill at any moment loses nothing that was acknowledged.

A file is written as `*.warc.gz.open` and renamed when it is complete and verified. Each record is its own gzip member, so a record can be
read by offset with any WARC tool, and a torn tail can be cut off at the last whole member. A response is followed by a metadata record, which says
what we knew of its address, and by the request as it was sent. A payload that an earlier capture holds byte for byte is not written again: a
revisit record names that capture.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from isal import igzip

from warehouse.errors import CaptureDamaged
from warehouse.file_copy import rename_durably
from warehouse.records import Capture, HttpResponse
from warehouse.warc_reading import Damage, Found, Head, Place, Revisit, TooLarge, found_at, gzip_members, read_found

# Level 2 of isal: .30 ms a page and .23 of the size, against 5.3 ms and .20 for the level 9 of zlib that WARC writers use by default
# (220 kB of HTML a page, one core).
COMPRESSION_LEVEL = 2
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
# Headers that a request carries for others than the outlet: a proxy's password must not get into a file that is handed on.
PRIVATE_HEADERS = ("proxy-authorization", "proxy-connection", "authorization", "cookie")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done with a file that a killed run left behind."""

    warc_file: Path
    cut_bytes: int


# ---------------------------------------------------------------- identity


def capture_id(response: HttpResponse, payload_sha256: str) -> str:
    """16 hex digits that name this response on every machine."""
    text = "\n".join((response.outlet_id, response.url, response.fetched_at.astimezone(UTC).isoformat(), payload_sha256))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def record_id(name: str) -> str:
    """The WARC-Record-ID of the capture of that id."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"


def capture_of(response: HttpResponse, warc_file: str, offset: int, length: int) -> Capture:
    """The row of `captures` for a response that lies at `offset` of `warc_file` (relative to the data folder)."""
    return row_of(response, hashlib.sha256(response.body).hexdigest(), warc_file, offset, length)


def row_of(response: HttpResponse, payload_sha256: str, warc_file: str, offset: int, length: int, revisit_of: str | None = None) -> Capture:
    return Capture(
        capture_id=capture_id(response, payload_sha256), outlet_id=response.outlet_id, url=response.url, final_url=response.final_url,
        fetched_at=response.fetched_at, http_status=response.status, content_type=response.header("content-type"), payload_sha256=payload_sha256,
        etag=response.header("etag"), last_modified=response.header("last-modified"), warc_file=warc_file, warc_offset=offset,
        warc_length=length, robots=response.robots, run_id=response.run_id, robots_sha256=response.robots_sha256, revisit_of=revisit_of,
    )


# ---------------------------------------------------------------- writing


class CaptureWriter:
    """Writes the responses of one outlet and run to one WARC file. Call `seal` at the end; what is not sealed is recovered later."""

    def __init__(self, captures_dir: Path, outlet_id: str, run_id: str, started_on: date, part: str = "") -> None:
        name = "-".join(filter(None, (started_on.isoformat(), run_id, part)))
        self.path = captures_dir / outlet_id / f"{name}.warc.gz"
        self.open_path = self.path.with_name(self.path.name + ".open")
        self.relative = f"{captures_dir.name}/{outlet_id}/{self.path.name}"
        self.run_id = run_id

    def write(self, response: HttpResponse, original: Capture | None = None) -> Capture:
        """Appends the response with what belongs to it, flushed to the disk, and says where it lies."""
        return self.write_all([response], {response.url: original} if original else {})[0]

    def write_all(self, responses: list[HttpResponse], originals: Mapping[str, Capture] | None = None) -> list[Capture]:
        """The same for several responses with one flush. The file is open only meanwhile, so that thousands of outlets need no more handles.

        `originals` are earlier captures by address. Where one holds the same payload, a revisit of it is written; the caller has made sure that
        it can be read.
        """
        self.open_path.parent.mkdir(parents=True, exist_ok=True)
        # Before the first byte is written: what cannot be packed leaves no trace.
        packed = [packed_capture(response, (originals or {}).get(response.url)) for response in responses]
        captures = []
        with open(self.open_path, "ab") as file:
            offset = file.tell()
            if offset == 0:
                offset += file.write(warcinfo_member(self.run_id))
            for row, (first, *others) in packed:
                captures.append(replace(row, warc_file=self.relative, warc_offset=offset, warc_length=len(first)))
                offset += file.write(b"".join((first, *others)))
            file.flush()
            os.fsync(file.fileno())
        return captures

    def seal(self) -> Path | None:
        """Gives the file its final name, or None where nothing was written."""
        if not self.open_path.exists():
            return None
        rename_durably(self.open_path, self.path)
        return self.path


def warcinfo_member(run_id: str) -> bytes:
    fields = f"software: Nightdesk\r\nformat: WARC File Format 1.1\r\nisPartOf: {run_id}\r\n"
    return member_of("warcinfo", fields.encode(), {
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>", "WARC-Date": warc_date(datetime.now(UTC)), "Content-Type": "application/warc-fields",
    })


def packed_capture(response: HttpResponse, original: Capture | None) -> tuple[Capture, list[bytes]]:
    """The row of a response, its place still missing, and the gzip members of its records: response or revisit, metadata, request."""
    payload_sha256 = hashlib.sha256(response.body).hexdigest()
    if original and original.payload_sha256 != payload_sha256:
        original = None
    assert original is None or original.revisit_of is None, "a revisit refers to the capture that holds the payload"
    row = row_of(response, payload_sha256, "", 0, 0, original.capture_id if original else None)
    said = {"WARC-Target-URI": ascii_url(response.final_url), "WARC-Date": warc_date(response.fetched_at)}
    members = [response_member(response, row, original, said), metadata_member(response, row, original, said)]
    if response.request_headers:
        members.append(request_member(response, row, said))
    return row, members


def response_member(response: HttpResponse, row: Capture, original: Capture | None, said: dict[str, str]) -> bytes:
    headers = said | {"WARC-Record-ID": record_id(row.capture_id), "WARC-Payload-Digest": f"sha256:{row.payload_sha256}",
                      "Content-Type": "application/http; msgtype=response"}
    # The reason phrase is not kept; the space before it belongs to the line all the same (RFC 9112).
    block = http_block(f"HTTP/1.1 {response.status} ", kept_headers(response.headers))
    if original is None:
        return member_of("response", block + response.body, headers)
    return member_of("revisit", block, headers | {
        "WARC-Profile": IDENTICAL_PAYLOAD, "WARC-Refers-To": record_id(original.capture_id),
        "WARC-Refers-To-Target-URI": ascii_url(original.final_url), "WARC-Refers-To-Date": warc_date(original.fetched_at),
    })


def metadata_member(response: HttpResponse, row: Capture, original: Capture | None, said: dict[str, str]) -> bytes:
    known: dict[str, object] = {
        "url": response.url, "final_url": response.final_url, "robots": response.robots, "robots_sha256": response.robots_sha256,
        "run_id": response.run_id, "candidates": [[c.field, c.value, c.source] for c in response.candidates],
    }
    if original:
        file = original.warc_file.rpartition("/")[2]
        known["revisit_of"] = {"capture_id": original.capture_id, "file": file, "offset": original.warc_offset}
    return member_of("metadata", json.dumps(known, ensure_ascii=False).encode(errors="replace"), said | {
        "WARC-Record-ID": record_id(f"{row.capture_id} metadata"), "WARC-Concurrent-To": record_id(row.capture_id),
        "Content-Type": "application/json",
    })


def request_member(response: HttpResponse, row: Capture, said: dict[str, str]) -> bytes:
    parts = urlsplit(ascii_url(response.final_url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [(name, value) for name, value in response.request_headers if name.lower() not in PRIVATE_HEADERS]
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return member_of("request", http_block(f"GET {target} HTTP/1.1", headers), said | {
        "WARC-Record-ID": record_id(f"{row.capture_id} request"), "WARC-Concurrent-To": record_id(row.capture_id),
        "Content-Type": "application/http; msgtype=request",
    })


def http_block(first_line: str, headers: list[tuple[str, str]]) -> bytes:
    """The head of an HTTP message: header bytes stand as they came, which is what decoding them as Latin-1 keeps."""
    lines = [first_line, *(one_line(f"{name}: {value}") for name, value in headers)]
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:  # read from a foreign file, whose headers were UTF-8
        return text.encode("utf-8", "replace")


def one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def member_of(kind: str, block: bytes, headers: dict[str, str]) -> bytes:
    """The record as a gzip member of its own, which is what lets any reader start at its offset."""
    digest = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()  # what WARC tools write and check
    all_headers = {"WARC-Type": kind} | headers | {"WARC-Block-Digest": f"sha1:{digest}", "Content-Length": str(len(block))}
    lines = "".join(f"{name}: {one_line(value)}\r\n" for name, value in all_headers.items())
    return igzip.compress(b"".join((b"WARC/1.1\r\n", lines.encode(), b"\r\n", block, b"\r\n\r\n")), COMPRESSION_LEVEL, mtime=0)


def warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kept_headers(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The headers as sent, but for Transfer-Encoding: the body is kept without it, so the header would lie to WARC readers."""
    return [(f"X-Received-{name}" if name.lower() == "transfer-encoding" else name, value) for name, value in headers]


def ascii_url(url: str) -> str:
    """The URL with everything outside ASCII escaped: WARC headers hold URIs."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._|", errors="replace")


# ---------------------------------------------------------------- reading

RESTORE = "Restore the file from a backup"
NO_ORIGINAL = "this is a revisit, and the record that it refers to is not in the outlet's files"


def read_response(data_dir: Path, capture: Capture) -> HttpResponse:
    """The kept response, its digest checked; that of a revisit with the payload of the capture that it refers to.

    Raises CaptureDamaged where the bytes are not those that were written.
    """
    path = data_dir / capture.warc_file
    where = f"{capture.warc_file}, byte {capture.warc_offset}"
    try:
        found = found_under_its_name(Place(path, capture.warc_offset), capture.outlet_id)
        item = found.item if found else Damage(capture.warc_offset, "there is no record")
        if isinstance(item, Revisit):
            item = with_payload(path, item) or Damage(capture.warc_offset, NO_ORIGINAL)
    except OSError as error:
        raise CaptureDamaged(f"{where}: the capture cannot be read ({error.strerror}). {RESTORE}, or fetch the page again.") from error
    if not isinstance(item, HttpResponse):
        raise CaptureDamaged(f"{where}: {item.detail}. {RESTORE}, or fetch the page again.")
    if hashlib.sha256(item.body).hexdigest() != capture.payload_sha256:
        raise CaptureDamaged(f"{where}: the bytes are not those that were kept (SHA-256 differs). {RESTORE}.")
    return item


def read_captures(data_dir: Path, warc_file: Path, outlet_id: str) -> Iterator[Capture | Damage]:
    """All captures of one of our own files, in order."""
    relative = str(warc_file.relative_to(data_dir))
    for found in read_found(warc_file, outlet_id=outlet_id):
        yield row_found(found, warc_file, relative)


def row_found(found: Found, warc_file: Path, relative: str) -> Capture | Damage:
    """The row of a record of ours, or why it is none."""
    item = found.item
    if isinstance(item, HttpResponse):
        return capture_of(item, relative, found.offset, found.length)
    if not isinstance(item, Revisit):
        return item if isinstance(item, Damage) else Damage(found.offset, item.detail)
    payload_sha256, original_id = item.payload_digest.removeprefix("sha256:"), item.original_id
    if original_id is None and (original := original_of(warc_file, item)):
        original_id = capture_of(original, "", 0, 0).capture_id
    if original_id is None:
        return Damage(found.offset, NO_ORIGINAL)
    return row_of(item.response, payload_sha256, relative, found.offset, found.length, original_id)


def present(path: Path) -> Path:
    """The file, or the one that it still is: a backfill reads its pages while the file is open."""
    return path if path.exists() else path.with_name(path.name + ".open")


def found_under_its_name(place: Place, outlet_id: str) -> Found | None:
    """`found_at` in a file that may still be open. A crawl that seals it gives it its final name, perhaps between two looks: then it has that."""
    final = place.path.with_name(place.path.name.removesuffix(".open"))
    for path in (final, final.with_name(final.name + ".open")):
        with suppress(FileNotFoundError):
            return found_at(Place(path, place.offset), outlet_id)
    return found_at(Place(final, place.offset), outlet_id)


# ---------------------------------------------------------------- revisits


def with_payload(path: Path, revisit: Revisit) -> HttpResponse | None:
    """The revisit in file `path` with the payload of its original; None where that cannot be found."""
    original = original_of(path, revisit)
    return replace(revisit.response, body=original.body) if original else None


def original_of(path: Path, revisit: Revisit) -> HttpResponse | None:
    """The response that a revisit in file `path` refers to: where our metadata says, or else wherever it lies in the outlet's files by now."""
    outlet_id = revisit.response.outlet_id
    if revisit.original:
        file, offset = revisit.original
        if original := original_at(Place(path.parent / Path(file).name, offset), revisit, outlet_id):
            return original
    with suppress(FileNotFoundError):  # one was sealed between two looks: the next finds it
        return original_among(path.parent, revisit, outlet_id)
    return original_among(path.parent, revisit, outlet_id)


def original_among(folder: Path, revisit: Revisit, outlet_id: str) -> HttpResponse | None:
    """The same, looked for in all files of the outlet. Raises FileNotFoundError where one gets its final name meanwhile."""
    files = tuple((each, each.stat().st_size) for each in sorted(folder.glob("*.warc.gz*")))
    place = places_of_responses(files).get(revisit.refers_to or "")
    return original_at(place, revisit, outlet_id) if place else None


def original_at(place: Place, revisit: Revisit, outlet_id: str) -> HttpResponse | None:
    """The response at a place where it is the one that the revisit refers to, and whole."""
    try:
        found = found_under_its_name(place, outlet_id)
    except OSError:
        return None
    if found is None or not isinstance(found.item, HttpResponse) or (revisit.refers_to and found.record_id != revisit.refers_to):
        return None
    is_same = f"sha256:{hashlib.sha256(found.item.body).hexdigest()}" == revisit.payload_digest
    return found.item if is_same else None


@lru_cache(maxsize=4)
def places_of_responses(files: tuple[tuple[Path, int], ...]) -> dict[str, Place]:
    """Where the responses of an outlet's files lie, by record id. Files with their sizes: a file that grew is another one.

    Needed where a file was rewritten and its records moved; only the first lines of each record are looked at.
    """
    places = dict[str, Place]()
    for path, _ in files:
        with open(path, "rb") as file:
            position = Position(path, places)
            for stretch in gzip_members(file, 0, position.note):
                position.offset = stretch.offset + stretch.length
    return places


@dataclass(slots=True)
class Position:
    """Where the reading of a file stands, so that the places of its responses can be noted without reading them."""

    path: Path
    places: dict[str, Place]
    offset: int = 0

    def note(self, head: Head) -> bool:
        if head.kind == "response":
            self.places[head.record_id] = Place(self.path, self.offset)
        return False


# ---------------------------------------------------------------- after a kill


def recover_open_files(captures_dir: Path) -> list[Recovered]:
    """Cuts torn tails off the files that a killed run left open and gives them their final names. Safe to repeat.

    Only the writer may call this: it must hold the lock, so that no crawl is writing the files.
    """
    return [recover(path) for path in sorted(captures_dir.glob("*/*.warc.gz.open"))]


def recover(open_path: Path) -> Recovered:
    good_end, size = 0, open_path.stat().st_size
    with open(open_path, "r+b") as file:
        for stretch in gzip_members(file, 0, lambda _: False):
            # Damage with whole records after it stays: it is no torn tail, and reading the file will name it.
            if not isinstance(stretch.content, Damage) or isinstance(stretch.content, TooLarge):
                good_end = stretch.offset + stretch.length
        file.truncate(good_end)
        os.fsync(file.fileno())
    final = open_path.with_name(open_path.name.removesuffix(".open"))
    rename_durably(open_path, final)
    return Recovered(final, size - good_end)


def sealed_files(captures_dir: Path) -> list[Path]:
    """Every complete WARC file under the captures folder, oldest name first."""
    return sorted(captures_dir.glob("*/*.warc.gz"), key=lambda path: path.name)
