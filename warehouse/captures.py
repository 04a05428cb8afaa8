"""Captures: HTTP responses in WARC 1.1 files, written so that a kill at any moment loses nothing that was acknowledged.

A file is written as `*.warc.gz.open` and renamed when it is complete and verified. Each record is its own gzip member, so a record can be
read by offset with any WARC tool, and a torn tail can be cut off at the last whole member. The library usually used for reading takes a cut
record for a whole one without a word; here the end of each gzip member, its checksum and the declared lengths are checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import brotli
from isal import igzip
from warcio.archiveiterator import ArchiveIterator
from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warehouse.errors import NightdeskError
from warehouse.records import Capture, FieldCandidate, HttpResponse

# Level 2 of isal: .30 ms a page and .23 of the size, against 5.3 ms and .20 for the level 9 of zlib that WARC writers use by default
# (220 kB of HTML a page, one core).
COMPRESSION_LEVEL = 2
CHUNK_BYTES = 1 << 20
# Largest decoded page that is ever handed on; the limit of a fetch is lower. It bounds what a decompression bomb in a foreign WARC can cost.
DECODED_BYTES_MAX = 64 << 20
HEADERS_BYTES_MAX = 1 << 20
# Largest record that is held, with its headers.
MEMBER_BYTES_MAX = DECODED_BYTES_MAX + HEADERS_BYTES_MAX
# Enough of a gzip member to see what it begins with.
LOOK_BYTES = 4096
GZIP_MAGIC = b"\x1f\x8b\x08"
RECORD_LINE = re.compile(rb"\nWARC/[01]\.")
RECORD_LINE_BYTES = len(b"\nWARC/1.")
WARC = RecordBuilder(warc_version="WARC/1.1")


class CaptureDamaged(NightdeskError):
    """A record that cannot be read as it was written: cut, altered, or not there."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a WARC file that could not be read; what came before and what comes after it is not affected."""

    offset: int
    detail: str


class TooLarge(Damage):
    """A record that is whole but larger than is ever handed on."""

    __slots__ = ()


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


def capture_of(response: HttpResponse, warc_file: str, offset: int, length: int) -> Capture:
    """The row of `captures` for a response that lies at `offset` of `warc_file` (relative to the data folder)."""
    payload_sha256 = hashlib.sha256(response.body).hexdigest()
    return Capture(
        capture_id=capture_id(response, payload_sha256), outlet_id=response.outlet_id, url=response.url, final_url=response.final_url,
        fetched_at=response.fetched_at, http_status=response.status, content_type=response.header("content-type"), payload_sha256=payload_sha256,
        etag=response.header("etag"), last_modified=response.header("last-modified"), warc_file=warc_file, warc_offset=offset,
        warc_length=length, robots=response.robots, run_id=response.run_id, robots_sha256=response.robots_sha256,
    )


# ---------------------------------------------------------------- writing


class CaptureWriter:
    """Writes the responses of one outlet and run to one WARC file. Call `seal` at the end; what is not sealed is recovered later."""

    def __init__(self, captures_dir: Path, outlet_id: str, run_id: str, started_on: date) -> None:
        self.path = captures_dir / outlet_id / f"{started_on.isoformat()}-{run_id}.warc.gz"
        self.open_path = self.path.with_name(self.path.name + ".open")
        self.relative = f"{captures_dir.name}/{outlet_id}/{self.path.name}"
        self.run_id = run_id
        self._offset = 0

    def write(self, response: HttpResponse) -> Capture:
        """Appends the response with its metadata record, flushed to the disk, and says where it lies."""
        return self.write_all([response])[0]

    def write_all(self, responses: list[HttpResponse]) -> list[Capture]:
        """The same for several responses with one flush. The file is open only meanwhile, so that thousands of outlets need no more handles."""
        self.open_path.parent.mkdir(parents=True, exist_ok=True)
        captures = []
        all_members = [members_of(response) for response in responses]  # before the first byte is written: what cannot be packed leaves no trace
        with open(self.open_path, "ab") as file:
            offset = file.tell()
            if offset == 0:
                offset += file.write(warcinfo_member(self.run_id))
            for response, (response_member, metadata_member) in zip(responses, all_members, strict=True):
                file.write(response_member + metadata_member)
                captures.append(capture_of(response, self.relative, offset, len(response_member)))
                offset += len(response_member) + len(metadata_member)
            file.flush()
            os.fsync(file.fileno())
        return captures

    def seal(self) -> Path | None:
        """Gives the file its final name, or None where nothing was written."""
        if not self.open_path.exists():
            return None
        rename_durably(self.open_path, self.path)
        return self.path


def rename_durably(source: Path, target: Path) -> None:
    """os.replace, with the folder flushed, so that the new name survives a power cut."""
    os.replace(source, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def warcinfo_member(run_id: str) -> bytes:
    fields = {"software": "Nightdesk", "format": "WARC File Format 1.1", "isPartOf": run_id}
    return member_of(WARC.create_warcinfo_record(None, fields))


def members_of(response: HttpResponse) -> tuple[bytes, bytes]:
    """The gzip members of the response record and of the metadata record that says what we knew of the address."""
    payload_sha256 = hashlib.sha256(response.body).hexdigest()
    name = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, capture_id(response, payload_sha256))}>"
    moment = response.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    record = WARC.create_warc_record(
        ascii_url(response.final_url), "response", payload=io.BytesIO(response.body), length=len(response.body),
        http_headers=StatusAndHeaders(str(response.status), kept_headers(response.headers), protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": moment, "WARC-Record-ID": name, "WARC-Payload-Digest": f"sha256:{payload_sha256}"},
    )
    known = {"url": response.url, "final_url": response.final_url, "robots": response.robots, "robots_sha256": response.robots_sha256,
             "run_id": response.run_id, "candidates": [[c.field, c.value, c.source] for c in response.candidates]}
    said = json.dumps(known, ensure_ascii=False).encode(errors="replace")
    metadata = WARC.create_warc_record(
        ascii_url(response.final_url), "metadata", payload=io.BytesIO(said), length=len(said), warc_content_type="application/json",
        warc_headers_dict={"WARC-Date": moment, "WARC-Concurrent-To": name},
    )
    return member_of(record), member_of(metadata)


def member_of(record: ArcWarcRecord) -> bytes:
    """The record as a gzip member of its own, which is what lets any reader start at its offset."""
    out = io.BytesIO()
    WARCWriter(out, gzip=False, warc_version="WARC/1.1").write_record(record)
    return igzip.compress(out.getvalue(), COMPRESSION_LEVEL, mtime=0)


def kept_headers(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The headers as sent, but for Transfer-Encoding: the body is kept without it, so the header would lie to WARC readers."""
    return [(f"X-Received-{name}" if name.lower() == "transfer-encoding" else name, value) for name, value in headers]


def ascii_url(url: str) -> str:
    """The URL with everything outside ASCII escaped: WARC headers hold URIs."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._|", errors="replace")


# ---------------------------------------------------------------- reading


def read_response(data_dir: Path, capture: Capture) -> HttpResponse:
    """The kept response, its digest checked. Raises CaptureDamaged where the bytes are not those that were written."""
    path = data_dir / capture.warc_file
    if not path.exists():  # A backfill reads its pages while the file is still open.
        path = path.with_name(path.name + ".open")
    where = f"{capture.warc_file}, byte {capture.warc_offset}"
    try:
        with open(path, "rb") as file:
            file.seek(capture.warc_offset)
            responses = [item for _, _, item in read_members(file, capture.outlet_id, capture.warc_offset, stop_after=2)]
    except OSError as error:
        remedy = "Restore the file from a backup, or fetch the page again."
        raise CaptureDamaged(f"{where}: the capture cannot be read ({error.strerror}). {remedy}") from error
    found = responses[0] if responses else Damage(capture.warc_offset, "there is no record")
    if isinstance(found, Damage):
        raise CaptureDamaged(f"{where}: {found.detail}. Restore the file from a backup, or fetch the page again.")
    if hashlib.sha256(found.body).hexdigest() != capture.payload_sha256:
        raise CaptureDamaged(f"{where}: the bytes are not those that were kept (SHA-256 differs). Restore the file from a backup.")
    return found


def read_captures(data_dir: Path, warc_file: Path, outlet_id: str) -> Iterator[Capture | Damage]:
    """All captures of one of our own files, in order."""
    relative = str(warc_file.relative_to(data_dir))
    with open(warc_file, "rb") as file:
        for offset, length, found in read_members(file, outlet_id, 0):
            yield found if isinstance(found, Damage) else capture_of(found, relative, offset, length)


def read_warc(path: Path) -> Iterator[HttpResponse | Damage]:
    """Every HTTP response of any WARC file, gzip or plain, with outlet_id empty; a Damage for each stretch that cannot be read.

    Raises OSError where the file cannot be opened. Redirects, revisits, requests and other records are passed over.
    """
    with open(path, "rb") as file:
        magic = file.read(3)
        file.seek(0)
        if magic == GZIP_MAGIC:
            for _, _, found in read_members(file, "", 0):
                yield found
        else:
            yield from read_plain(file)


def read_plain(file: BinaryIO) -> Iterator[HttpResponse | Damage]:
    held: HttpResponse | None = None
    for offset, record in plain_records(file):
        found = found_in(record, "", offset) if isinstance(record, bytes) else record
        if isinstance(found, dict):
            held = with_metadata(held, found) if held else None
            continue
        if held:
            yield held
        held = None
        if isinstance(found, Damage):
            yield found
        elif found:
            held = found
    if held:
        yield held


def read_members(file: BinaryIO, outlet_id: str, base: int, *, stop_after: int | None = None) -> Iterator[tuple[int, int, HttpResponse | Damage]]:
    """(offset, length, response or damage) for the response records from the file's position on; `base` is that position.

    A response is joined with the metadata record that follows it. `stop_after` ends the reading after so many members.
    """
    held: tuple[int, int, HttpResponse] | None = None
    for number, (offset, length, member) in enumerate(gzip_members(file, base), start=1):
        for found in records_of(member, outlet_id, offset) if isinstance(member, bytes) else [member]:
            if isinstance(found, dict):
                held = (held[0], held[1], with_metadata(held[2], found)) if held else None
                continue
            if held:
                yield held
            held = None
            if isinstance(found, Damage):
                yield offset, length, found
            elif found:
                held = (offset, length, found)
        if stop_after and number >= stop_after:
            break
    if held:
        yield held


def gzip_members(file: BinaryIO, base: int) -> Iterator[tuple[int, int, bytes | Damage]]:
    """(offset, length, content) of each gzip member; a Damage where one is cut or altered, after which reading goes on at the next whole one.

    A member that unpacks to more than MEMBER_BYTES_MAX is a TooLarge: it is passed over without being held.
    """
    buffer, offset = b"", base
    while buffer := buffer or file.read(CHUNK_BYTES):
        try:
            content, used, buffer = unpacked_member(file, buffer)
        except zlib.error as error:
            found = next_member(file, offset)
            yield offset, found - offset, Damage(offset, f"{found - offset} bytes are damaged ({error})")
            buffer, offset = b"", found
            continue
        except EOFError:
            yield offset, file.tell() - offset, Damage(offset, "the file ends in the middle of a record")
            return
        yield offset, used, TooLarge(offset, too_large()) if content is None else content
        offset += used


def unpacked_member(file: BinaryIO, buffer: bytes) -> tuple[bytes | None, int, bytes]:
    """(content, or None where it is too large; its bytes in the file; what was read beyond its end) of the member that begins with `buffer`.

    Raises zlib.error where it is altered and EOFError where the file ends within it.
    """
    unpacker, content, size, used = zlib.decompressobj(wbits=31), list[bytes](), 0, len(buffer)
    while True:
        part = unpacker.decompress(buffer, CHUNK_BYTES)
        size += len(part)
        if size <= MEMBER_BYTES_MAX:
            content.append(part)
        else:
            content.clear()
        if unpacker.eof:
            rest = unpacker.unused_data
            return b"".join(content) if size <= MEMBER_BYTES_MAX else None, used - len(rest), rest
        buffer = unpacker.unconsumed_tail or file.read(CHUNK_BYTES)
        used += 0 if unpacker.unconsumed_tail else len(buffer)
        if not buffer and len(part) < CHUNK_BYTES:  # a full part can mean that more of it waits within the unpacker
            raise EOFError


def next_member(file: BinaryIO, offset: int) -> int:
    """Where the next readable record after the damaged one at `offset` begins, or the end of the file. The file is left there."""
    start = offset + 1
    while True:
        file.seek(start)
        chunk = file.read(CHUNK_BYTES)
        is_last, at = len(chunk) < CHUNK_BYTES, chunk.find(GZIP_MAGIC)
        while at >= 0 and (is_last or at + LOOK_BYTES <= len(chunk)):
            if begins_record(chunk[at:at + LOOK_BYTES]):
                return file.seek(start + at)
            at = chunk.find(GZIP_MAGIC, at + 1)
        if is_last:
            return start + len(chunk)
        start += at if at >= 0 else len(chunk) - len(GZIP_MAGIC) + 1


def begins_record(packed: bytes) -> bool:
    """Whether a gzip member begins here that holds a WARC record; the magic bytes can also stand there by chance."""
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, 64).startswith(b"WARC/")
    except zlib.error:
        return False


def plain_records(file: BinaryIO) -> Iterator[tuple[int, bytes | Damage]]:
    """(offset, bytes) of each record of an unpacked WARC; a Damage where one is cut or is none, after which reading goes on at the next one."""
    at, size = 0, file.seek(0, os.SEEK_END)
    while (at := past_blank_lines(file, at)) < size:
        try:
            end = end_of_record(file, at, size)
        except ValueError as error:
            yield at, Damage(at, f"the record cannot be read ({error})")
            at = next_record(file, at)
            continue
        file.seek(at)
        yield at, file.read(end - at) if end - at <= MEMBER_BYTES_MAX else TooLarge(at, too_large())
        at = end


def past_blank_lines(file: BinaryIO, at: int) -> int:
    file.seek(at)
    while part := file.read(LOOK_BYTES):
        if text := part.lstrip(b"\r\n"):
            return at + len(part) - len(text)
        at += len(part)
    return at


def end_of_record(file: BinaryIO, at: int, size: int) -> int:
    """Where the record at `at` ends by its own headers, in a file of `size` bytes. Raises ValueError where that cannot be."""
    file.seek(at)
    line = file.readline(HEADERS_BYTES_MAX)
    if not line.startswith(b"WARC/"):
        raise ValueError("no WARC record begins here")
    headers, length = len(line), None
    while (line := file.readline(HEADERS_BYTES_MAX)).strip() and headers <= HEADERS_BYTES_MAX:
        headers += len(line)
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
    if length is None:
        raise ValueError("it does not say how long it is")
    end = at + headers + len(line) + length
    if end > size:
        raise ValueError("it is shorter than it says")
    file.seek(end)
    if not (after := file.read(len(b"WARC/"))).startswith((b"\r", b"\n", b"WARC/")) and after:
        raise ValueError("it does not end where it says")
    return end


def next_record(file: BinaryIO, at: int) -> int:
    """Where the next line after `at` begins that looks like the first of a record, or the end of the file."""
    while True:
        file.seek(at)
        chunk = file.read(CHUNK_BYTES)
        if found := RECORD_LINE.search(chunk):
            return at + found.start() + 1
        if len(chunk) < CHUNK_BYTES:
            return at + len(chunk)
        at += len(chunk) - RECORD_LINE_BYTES + 1


def too_large() -> str:
    return f"the record is larger than {MEMBER_BYTES_MAX >> 20} MiB"


def records_of(member: bytes, outlet_id: str, offset: int) -> list[HttpResponse | Damage | dict[str, object] | None]:
    """What the records of one gzip member hold; usually one."""
    records = (record for _, record in plain_records(io.BytesIO(member)))
    return [found_in(record, outlet_id, offset) if isinstance(record, bytes) else replace(record, offset=offset) for record in records]


def found_in(record: bytes, outlet_id: str, offset: int) -> HttpResponse | Damage | dict[str, object] | None:
    """What one record holds. A Damage where it lacks what every response must have, or cannot be read."""
    try:
        return next((response_of(parsed, outlet_id, offset) for parsed in ArchiveIterator(io.BytesIO(record))), None)
    except Exception as error:  # noqa: BLE001 - whatever foreign bytes lead the library to must cost this record and no other
        return Damage(offset, f"the record cannot be read ({type(error).__name__}: {error})")


def response_of(record: ArcWarcRecord, outlet_id: str, offset: int) -> HttpResponse | Damage | dict[str, object] | None:
    """A response; our own metadata as a dict; a Damage; or None for a record of another kind."""
    if record.rec_type == "metadata" and record.rec_headers.get_header("Content-Type") == "application/json":
        known = json.loads(record.raw_stream.read())
        return known if isinstance(known, dict) else None
    if record.rec_type != "response" or record.http_headers is None:
        return None
    body = record.raw_stream.read()
    if getattr(record.raw_stream, "limit", 0):
        return Damage(offset, "the record is shorter than it says")
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    status = record.http_headers.get_statuscode()
    if not status.isdigit():
        return Damage(offset, f"{url}: {record.http_headers.statusline!r} is no HTTP status")
    if (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        body = without_chunks(body)
    return HttpResponse(
        outlet_id=outlet_id, url=url, final_url=url, fetched_at=moment_of(record.rec_headers.get_header("WARC-Date")), status=int(status),
        headers=tuple(record.http_headers.headers), body=body,
    )


def moment_of(text: str | None) -> datetime:
    """WARC-Date as an aware moment. Raises ValueError for other text, or none."""
    if text is None:
        raise ValueError("there is no WARC-Date")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def with_metadata(response: HttpResponse, known: dict[str, object]) -> HttpResponse:
    """The response with what our metadata record says of it."""
    rows = known.get("candidates")
    rows = [row for row in rows if isinstance(row, list) and len(row) == 3] if isinstance(rows, list) else []
    candidates = tuple(FieldCandidate(str(field), str(value), str(source)) for field, value, source in rows)
    return replace(
        response, url=str(known.get("url", response.url)), final_url=str(known.get("final_url", response.final_url)),
        robots=str(known.get("robots", "unknown")), run_id=str(known.get("run_id", "")), candidates=candidates,
        robots_sha256=str(known["robots_sha256"]) if known.get("robots_sha256") else None,
    )


def without_chunks(body: bytes) -> bytes:
    """The body without chunked transfer encoding; as it is where it is not chunked after all (many archives keep the header only)."""
    out: list[bytes] = []
    rest = body
    while rest:
        head, found, rest = rest.partition(b"\r\n")
        try:
            size = int(head.split(b";")[0], 16)
        except ValueError:
            return body
        if not found or size > len(rest):
            return body
        if size == 0:
            return b"".join(out)
        out.append(rest[:size])
        rest = rest[size:].removeprefix(b"\r\n")
    return body


def decoded_body(response: HttpResponse) -> bytes:
    """The body without content encoding. Raises CaptureDamaged where the stream is cut, altered or larger than DECODED_BYTES_MAX."""
    body = response.body
    for encoding in reversed([word.strip().lower() for word in (response.header("content-encoding") or "").split(",")]):
        body = decode_one(body, encoding)
    return body


def decode_one(body: bytes, encoding: str) -> bytes:
    # Many archives store the decoded body and keep the header, and some servers label plain text as packed.
    if encoding in ("gzip", "x-gzip") and body.startswith(GZIP_MAGIC):
        return unzip(body, 31)
    if encoding == "deflate" and body[:1] not in (b"<", b"\n", b" "):
        return unzip(body, 15 if body[:1] == b"\x78" else -15)
    if encoding == "br" and body.lstrip()[:1] != b"<":
        return unbrotli(body)
    return body


def unzip(body: bytes, wbits: int) -> bytes:
    content, rest = b"", body
    while True:
        unpacker = zlib.decompressobj(wbits)
        try:
            content += unpacker.decompress(rest, DECODED_BYTES_MAX + 1)
        except zlib.error as error:
            raise CaptureDamaged(f"the packed page is damaged ({error})") from error
        if len(content) > DECODED_BYTES_MAX:
            raise CaptureDamaged(f"the page is larger than {DECODED_BYTES_MAX >> 20} MiB unpacked")
        if not unpacker.eof:
            raise CaptureDamaged("the packed page is cut: the stream has no end")
        rest = unpacker.unused_data
        # A gzip body may be made of several members; anything else after the end is filling.
        if not rest.startswith(GZIP_MAGIC):
            return content


def unbrotli(body: bytes) -> bytes:
    unpacker = brotli.Decompressor()
    out, size, left = [], 0, body
    try:
        while True:
            part = unpacker.process(left, output_buffer_limit=CHUNK_BYTES)
            out.append(part)
            size, left = size + len(part), b""
            if size > DECODED_BYTES_MAX:
                raise CaptureDamaged(f"the page is larger than {DECODED_BYTES_MAX >> 20} MiB unpacked")
            if unpacker.is_finished():
                return b"".join(out)
            if unpacker.can_accept_more_data():
                raise CaptureDamaged("the packed page is cut: the stream has no end")
    except brotli.error as error:
        raise CaptureDamaged(f"the packed page is damaged ({error})") from error


# ---------------------------------------------------------------- after a kill


def recover_open_files(captures_dir: Path) -> list[Recovered]:
    """Cuts torn tails off the files that a killed run left open and gives them their final names. Safe to repeat.

    Only the writer may call this: it must hold the lock, so that no crawl is writing the files.
    """
    return [recover(path) for path in sorted(captures_dir.glob("*/*.warc.gz.open"))]


def recover(open_path: Path) -> Recovered:
    good_end, size = 0, open_path.stat().st_size
    with open(open_path, "r+b") as file:
        for offset, length, member in gzip_members(file, 0):
            if isinstance(member, Damage) and not isinstance(member, TooLarge):
                break
            good_end = offset + length
        file.truncate(good_end)
        os.fsync(file.fileno())
    final = open_path.with_name(open_path.name.removesuffix(".open"))
    rename_durably(open_path, final)
    return Recovered(final, size - good_end)


def sealed_files(captures_dir: Path) -> list[Path]:
    """Every complete WARC file under the captures folder, oldest name first."""
    return sorted(captures_dir.glob("*/*.warc.gz"), key=lambda path: path.name)


