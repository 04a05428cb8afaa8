"""Reading WARC files of any make: each record with its place, damage named and passed over, and what nobody asks for skipped unread.

The library usually used for reading takes a cut record for a whole one without a word, and gives up at the first bad byte. Here the end of each
gzip member, its checksum and the declared lengths are checked, and reading goes on at the next whole record. The library parses the records
that are asked for; of all others only the first lines are looked at, which is what makes a file of other people's pages cheap.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from isal import isal_zlib
from isal.igzip_lib import IsalError
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from warehouse.records import FieldCandidate, HttpResponse

# Read and unpacked at a time. What lies beyond the end of a member is copied once, so a large piece makes many small members dear: with a piece of
# 1 MiB a member of 3.5 kB costs 160 us, with this one 17 (3.6 kB of text each, one core).
PIECE_BYTES = 1 << 14
PART_BYTES = 1 << 20
CHUNK_BYTES = 1 << 20
HEADERS_BYTES_MAX = 1 << 20
# Largest record that is held, with its headers. It bounds what a decompression bomb in a foreign file can cost.
MEMBER_BYTES_MAX = 65 << 20
# Enough of a gzip member to see what it begins with.
LOOK_BYTES = 4096
GZIP_MAGIC = b"\x1f\x8b\x08"
GZIP_RESERVED_FLAGS = 0xE0  # must be zero (RFC 1952); the unpacker does not look
RECORD_LINE = re.compile(rb"\nWARC/[01]\.")
RECORD_LINE_BYTES = len(b"\nWARC/1.")
BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
HEADER_LINE = re.compile(rb"^(WARC-Type|WARC-Record-ID|WARC-Target-URI|Content-Length)[ \t]*:[ \t]*(.*?)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
BLOCK_DIGEST = re.compile(rb"^WARC-Block-Digest[ \t]*:[ \t]*([A-Za-z0-9-]+):([A-Za-z0-9=]+)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
# Members that can hold what belongs to one response of ours: the response, its metadata and its request.
MEMBERS_OF_A_RESPONSE = 3


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a WARC file that could not be read; what came before and what comes after it is not affected."""

    offset: int
    detail: str


class TooLarge(Damage):
    """A record that is whole but larger than is ever handed on."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class CutShort:
    """A response whose archive says that it did not keep all of it (WARC-Truncated): half an article must not pass for a whole one."""

    offset: int
    url: str
    detail: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record begins: a file and the first byte of the record, or of its gzip member."""

    path: Path
    offset: int


@dataclass(frozen=True, slots=True)
class Revisit:
    """An answer whose payload is that of an earlier record, which alone holds it. The body of `response` is empty.

    `refers_to` is the id of that record, where it is named; `original` is where our own metadata says that it lies (a file of the same folder),
    and `original_id` its capture_id.
    """

    response: HttpResponse
    payload_digest: str
    refers_to: str | None = None
    original: tuple[str, int] | None = None
    original_id: str | None = None


Item = HttpResponse | Revisit | CutShort


class Head(NamedTuple):
    """What the first lines of a record say: the fields that decide whether it is read at all, and where it ends."""

    kind: str  # WARC-Type, lower case
    record_id: str
    url: str  # WARC-Target-URI
    header_bytes: int
    block_bytes: int | None  # Content-Length; None where it does not say

    @property
    def end(self) -> int | None:
        """Bytes from the first to the last of the record, the empty lines after it aside."""
        return None if self.block_bytes is None else self.header_bytes + self.block_bytes


IsAsked = Callable[[Head], bool]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A gzip member, or a record of a plain file: where it lies and what it holds. None: nobody asked for it."""

    offset: int
    length: int
    content: bytes | Damage | None


@dataclass(frozen=True, slots=True)
class Found:
    """A response or damage with its place. `names` are what a revisit can call it by; for a revisit, what it calls its original."""

    offset: int
    length: int
    item: Item | Damage
    record_id: str | None = None
    digest: str | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Originals:
    """The responses of the files read so far, by what a revisit can call them. Places only: the pages stay in their files."""

    places: dict[str, tuple[Place, str | None]] = field(default_factory=dict)

    def note(self, path: Path, found: Found) -> None:
        for name in found.names:
            self.places.setdefault(name, (Place(path, found.offset), found.digest))

    def body(self, found: Found) -> bytes | None:
        """The payload of the response that a revisit refers to; None where it was not met, or cannot be read any more."""
        for name in found.names:
            place, digest = self.places.get(name, (None, None))
            # A digest in an archive may be of the body as chunked, so it is compared with the other digest and not with the body.
            if place is None or (digest and found.digest and digest != found.digest):
                continue
            again = found_at(place)
            if again and isinstance(again.item, HttpResponse):
                return again.item.body
        return None


# ---------------------------------------------------------------- whole files


def read_warc(
    path: Path, wanted: Callable[[str], bool] = lambda _: True, originals: Originals | None = None,
) -> Iterator[HttpResponse | Revisit | CutShort | Damage]:
    """The HTTP responses of any WARC file, gzip or plain, whose address is `wanted`, with outlet_id empty; a Damage for each stretch that
    cannot be read.

    `wanted` is asked once for each response and revisit, before anything else of the record is read. A revisit comes as a response with the body of
    its original where that came before it in this file, or in one that was read with the same `originals`; else as a Revisit.
    Raises OSError where the file cannot be opened. Requests, resources and other records are passed over.
    """
    originals = Originals() if originals is None else originals
    for found in read_found(path, wanted):
        if isinstance(found.item, HttpResponse):
            originals.note(path, found)
        if isinstance(found.item, Revisit) and (body := originals.body(found)) is not None:
            yield replace(found.item.response, body=body)
        else:
            yield found.item


def read_found(path: Path, wanted: Callable[[str], bool] = lambda _: True, outlet_id: str = "") -> Iterator[Found]:
    """The same with places, revisits as they stand."""
    with open(path, "rb") as file:
        yield from found_from(file, 0, wanted, outlet_id)


def found_at(place: Place, outlet_id: str = "") -> Found | None:
    """The response, revisit or damage at a place; None where no such record begins there. Raises OSError."""
    with open(place.path, "rb") as file:
        return next(found_from(file, place.offset, lambda _: True, outlet_id, MEMBERS_OF_A_RESPONSE), None)


def found_from(file: BinaryIO, base: int, wanted: Callable[[str], bool], outlet_id: str, members_max: int | None = None) -> Iterator[Found]:
    joining = Joining(wanted, outlet_id, is_packed=begins_packed(file))
    for number, stretch in enumerate(stretches(file, base, joining.asks_for), start=1):
        yield from joining.take(stretch)
        if number == members_max:
            break
    yield from joining.rest()


def stretches(file: BinaryIO, base: int, is_asked: IsAsked | None = None) -> Iterator[Stretch]:
    """The gzip members of a file from `base` on, or the records of a plain one."""
    if not begins_packed(file):
        return plain_records(file, base, is_asked)
    file.seek(base)
    return gzip_members(file, base, is_asked)


def begins_packed(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


@dataclass(slots=True)
class Joining:
    """Puts together what belongs to one response: the record itself, then its metadata and request records, which follow it."""

    wanted: Callable[[str], bool]
    outlet_id: str
    is_packed: bool
    held: Found | None = None
    asked: tuple[Head, bool] | None = None  # the last question: a record in a gzip member comes by twice, and `wanted` may count

    def asks_for(self, head: Head) -> bool:
        if head.kind in ("response", "revisit"):
            if self.asked is None or self.asked[0] != head:
                self.asked = head, self.wanted(head.url)
            return self.asked[1]
        return self.held is not None and head.kind in ("metadata", "request")

    def take(self, stretch: Stretch) -> Iterator[Found]:
        """What is complete now that this stretch has come."""
        for part in self.parts(stretch):
            if isinstance(part, Damage):
                yield from self.rest()
                yield Found(stretch.offset, stretch.length, replace(part, offset=stretch.offset))
            elif isinstance(part, Found):
                yield from self.rest()
                self.held = part
            elif self.held is not None and isinstance(self.held.item, HttpResponse | Revisit) and is_of(part, self.held):
                self.held = replace(self.held, item=with_part(self.held.item, part))
            else:
                yield from self.rest()
        self.asked = None

    def rest(self) -> Iterator[Found]:
        if self.held is not None:
            yield self.held
        self.held = None

    def parts(self, stretch: Stretch) -> Iterator[Found | Part | Damage | None]:
        """What the records of a stretch hold, usually one; None for one of another kind."""
        if not isinstance(stretch.content, bytes):
            yield stretch.content
            return
        for record in plain_records(io.BytesIO(stretch.content), 0, self.asks_for):
            if isinstance(record.content, bytes) and not self.is_packed and is_altered(record.content):
                yield Damage(stretch.offset, "its bytes are not those of its block digest")
            elif isinstance(record.content, bytes):
                yield found_in(record.content, self.outlet_id, stretch)
            else:
                yield record.content


# ---------------------------------------------------------------- gzip


def gzip_members(file: BinaryIO, base: int, is_asked: IsAsked | None = None) -> Iterator[Stretch]:
    """Each gzip member; a Damage where one is cut or altered, after which reading goes on at the next whole one.

    A member that unpacks to more than MEMBER_BYTES_MAX is a TooLarge: it is passed over without being held.
    """
    piece, offset = b"", base
    while piece := piece or file.read(PIECE_BYTES):
        try:
            member = unpacked_member(file, piece, is_asked)
            if member.is_mixed:
                file.seek(offset)
                member = unpacked_member(file, file.read(PIECE_BYTES), None)
        except (IsalError, AlteredMember, EOFError) as error:  # type: ignore[misc]  # the stub has an instance where the library has a class
            # A flipped bit can also make the unpacker take all that follows for part of this member, up to the end of the file.
            found = next_member(file, offset)
            is_end = isinstance(error, EOFError) and found == file.seek(0, os.SEEK_END)
            said = "the file ends in the middle of a record" if is_end else f"{found - offset} bytes are damaged ({str(error) or 'no end'})"
            yield Stretch(offset, found - offset, Damage(offset, said))
            piece, offset = b"", file.seek(found)
            continue
        yield Stretch(offset, member.packed_bytes, member.content)
        piece, offset = member.rest, offset + member.packed_bytes


class AlteredMember(ValueError):
    """A gzip member that the unpacker would take although it is not as it was written."""


class Member(NamedTuple):
    """A gzip member, unpacked."""

    content: bytes | Damage | None
    packed_bytes: int
    rest: bytes  # what was read of the file beyond its end
    is_mixed: bool = False  # nobody asked for its first record, but there is more in it


def unpacked_member(file: BinaryIO, piece: bytes, is_asked: IsAsked | None) -> Member:
    """The member that begins with `piece`.

    Raises IsalError or AlteredMember where it is altered, EOFError where the file ends within it.
    """
    if len(piece) > len(GZIP_MAGIC) and piece[len(GZIP_MAGIC)] & GZIP_RESERVED_FLAGS:
        raise AlteredMember("reserved flags are set")
    unpacker, content, size, packed_bytes, head = isal_zlib.decompressobj(31), list[bytes](), 0, len(piece), None
    while True:
        part = unpacker.decompress(piece, PART_BYTES)
        size += len(part)
        if head is None and size <= MEMBER_BYTES_MAX:
            content.append(part)
            if is_asked and ((head := head_of(content)) is None or is_asked(head)):
                # Asked for, or no record that could be asked about: all of it is held, to be read or to be named.
                is_asked, head = (is_asked if head is None and size < HEADERS_BYTES_MAX else None), None
        if head or size > MEMBER_BYTES_MAX:
            content.clear()
        if unpacker.eof:
            rest = unpacker.unused_data
            if head:
                return Member(None, packed_bytes - len(rest), rest, is_mixed=head.end is None or not 0 <= size - head.end <= len(b"\r\n\r\n"))
            return Member(b"".join(content) if size <= MEMBER_BYTES_MAX else too_large(), packed_bytes - len(rest), rest)
        piece = unpacker.unconsumed_tail
        if not piece and len(part) < PART_BYTES:  # a full part can mean that more of it waits within the unpacker
            piece = file.read(PIECE_BYTES)
            packed_bytes += len(piece)
            if not piece:
                raise EOFError


def head_of(parts: list[bytes]) -> Head | None:
    """What the first lines say, once they are there; None before that, and for what is no record."""
    start = parts[0] if len(parts) == 1 else b"".join(parts)
    blank = BLANK_LINE.search(start) if start.startswith(b"WARC/") else None
    return parsed_head(start, blank.end()) if blank else None


def parsed_head(start: bytes, header_bytes: int) -> Head:
    said = {name.lower(): value for name, value in HEADER_LINE.findall(start, 0, header_bytes)}
    length, url = said.get(b"content-length", b""), said.get(b"warc-target-uri", b"").strip(b"<>").decode("utf-8", "replace")
    kind, record_id = said.get(b"warc-type", b"").decode("latin-1").lower(), said.get(b"warc-record-id", b"").decode("latin-1")
    return Head(kind, record_id, url, header_bytes, int(length) if length.isdigit() else None)


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
            return file.seek(start + len(chunk))
        start += at if at >= 0 else len(chunk) - len(GZIP_MAGIC) + 1


def begins_record(packed: bytes) -> bool:
    """Whether a gzip member begins here that holds a WARC record; the magic bytes can also stand there by chance."""
    try:
        return isal_zlib.decompressobj(31).decompress(packed, 64).startswith(b"WARC/")
    except IsalError:  # type: ignore[misc]
        return False


# ---------------------------------------------------------------- plain


def plain_records(file: BinaryIO, base: int, is_asked: IsAsked | None = None) -> Iterator[Stretch]:
    """Each record of an unpacked WARC; a Damage where one is cut or is none, after which reading goes on at the next one."""
    at, size = base, file.seek(0, os.SEEK_END)
    while (at := past_blank_lines(file, at)) < size:
        try:
            head = head_at(file, at)
            end = checked_end(file, at, head, size)
        except ValueError as error:
            found = next_record(file, at)
            yield Stretch(at, found - at, Damage(at, f"the record cannot be read ({error})"))
            at = found
            continue
        yield Stretch(at, end - at, plain_content(file, at, end) if is_asked is None or is_asked(head) else None)
        at = end


def plain_content(file: BinaryIO, at: int, end: int) -> bytes | Damage:
    if end - at > MEMBER_BYTES_MAX:
        return too_large()
    file.seek(at)
    return file.read(end - at)


def past_blank_lines(file: BinaryIO, at: int) -> int:
    file.seek(at)
    while part := file.read(LOOK_BYTES):
        if text := part.lstrip(b"\r\n"):
            return at + len(part) - len(text)
        at += len(part)
    return at


def head_at(file: BinaryIO, at: int) -> Head:
    """The first lines of the record at `at`. Raises ValueError where there is none, or no end of them."""
    file.seek(at)
    start = file.read(LOOK_BYTES)
    if not start.startswith(b"WARC/"):
        raise ValueError("no WARC record begins here")
    blank = BLANK_LINE.search(start)
    if blank is None:
        start += file.read(HEADERS_BYTES_MAX)
        blank = BLANK_LINE.search(start)
    if blank is None:
        raise ValueError("its headers have no end")
    return parsed_head(start, blank.end())


def checked_end(file: BinaryIO, at: int, head: Head, size: int) -> int:
    """Where the record at `at` ends by its own headers, in a file of `size` bytes. Raises ValueError where that cannot be."""
    if head.end is None:
        raise ValueError("it does not say how long it is")
    end = at + head.end
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


def too_large() -> TooLarge:
    return TooLarge(0, f"the record is larger than {MEMBER_BYTES_MAX >> 20} MiB")


# ---------------------------------------------------------------- what a record holds


@dataclass(frozen=True, slots=True)
class Part:
    """A record that says more of a response: our metadata, or the request."""

    concurrent_to: str | None
    known: dict[str, object] | None = None
    request_headers: tuple[tuple[str, str], ...] = ()


def found_in(record: bytes, outlet_id: str, stretch: Stretch) -> Found | Part | Damage | None:
    """What one record holds. A Damage where it lacks what every response must have, or cannot be read."""
    try:
        return next((parsed(each, outlet_id, stretch) for each in ArchiveIterator(io.BytesIO(record))), None)
    except Exception as error:  # noqa: BLE001 - whatever foreign bytes lead the library to must cost this record and no other
        return Damage(stretch.offset, f"the record cannot be read ({type(error).__name__}: {error})")


def parsed(record: ArcWarcRecord, outlet_id: str, stretch: Stretch) -> Found | Part | Damage | None:
    headers = record.rec_headers
    if record.rec_type == "metadata" and headers.get_header("Content-Type") == "application/json":
        known = json.loads(record.raw_stream.read())
        return Part(headers.get_header("WARC-Concurrent-To"), known) if isinstance(known, dict) else None
    if record.http_headers is None or record.rec_type not in ("request", "response", "revisit"):
        return None
    if record.rec_type == "request":
        return Part(headers.get_header("WARC-Concurrent-To"), request_headers=pairs_of(record))
    item = item_of(record, outlet_id, stretch.offset)
    if isinstance(item, Damage):
        return item
    digest = headers.get_header("WARC-Payload-Digest")
    return Found(stretch.offset, stretch.length, item, headers.get_header("WARC-Record-ID"), digest, names_of(record, digest))


def is_altered(record: bytes) -> bool:
    """Whether the block of a record is not that of its WARC-Block-Digest. For plain files: a gzip member has a checksum of its own.

    Payload digests are left alone: archives disagree on what the payload of a chunked answer is.
    """
    blank = BLANK_LINE.search(record)
    said = BLOCK_DIGEST.search(record, 0, blank.end()) if blank else None
    if blank is None or said is None:
        return False
    algorithm, value = said[1].decode().lower().replace("-", ""), said[2].decode()
    if algorithm not in ("md5", "sha1", "sha256", "sha512"):
        return False
    digest = hashlib.new(algorithm, record[blank.end():], usedforsecurity=False).digest()
    return value.rstrip("=").upper() not in (base64.b32encode(digest).decode().rstrip("="), digest.hex().upper())


def item_of(record: ArcWarcRecord, outlet_id: str, offset: int) -> Item | Damage:
    headers = record.rec_headers
    body = record.raw_stream.read()
    if getattr(record.raw_stream, "limit", 0):
        return Damage(offset, "the record is shorter than it says")
    url, status = headers.get_header("WARC-Target-URI").strip("<>"), record.http_headers.get_statuscode()
    if not status.isdigit():
        return Damage(offset, f"{url}: {record.http_headers.statusline!r} is no HTTP status")
    if record.rec_type == "response" and (why := headers.get_header("WARC-Truncated")):
        return CutShort(offset, url, f"the archive kept only its beginning (WARC-Truncated: {why})")
    if (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        body = without_chunks(body)
    response = HttpResponse(
        outlet_id=outlet_id, url=url, final_url=url, fetched_at=moment_of(headers.get_header("WARC-Date")), status=int(status),
        headers=pairs_of(record), body=body,
    )
    if record.rec_type == "response":
        return response
    return Revisit(replace(response, body=b""), headers.get_header("WARC-Payload-Digest") or "", headers.get_header("WARC-Refers-To"))


def pairs_of(record: ArcWarcRecord) -> tuple[tuple[str, str], ...]:
    return tuple(record.http_headers.headers)


def names_of(record: ArcWarcRecord, digest: str | None) -> tuple[str, ...]:
    """What a revisit can call a response by, the surest first; for a revisit, what it calls its original."""
    headers = record.rec_headers
    if record.rec_type == "revisit":
        named = (headers.get_header("WARC-Refers-To"), headers.get_header("WARC-Refers-To-Target-URI"), headers.get_header("WARC-Refers-To-Date"))
    else:
        named = (headers.get_header("WARC-Record-ID"), headers.get_header("WARC-Target-URI"), headers.get_header("WARC-Date"))
    record_id, url, moment = named
    names = (record_id and f"id {record_id}", url and moment and f"at {url.strip('<>')} {moment}", digest and f"digest {digest}")
    return tuple(name for name in names if name)


def is_of(part: Part | None, held: Found) -> bool:
    """Whether a record speaks of the response before it. Metadata of ours from before requests were kept says so by its place alone."""
    if part is None:
        return False
    return part.concurrent_to == held.record_id or (part.concurrent_to is None and part.known is not None)


def with_part(item: HttpResponse | Revisit, part: Part | None) -> HttpResponse | Revisit:
    """The response or revisit with what another record says of it."""
    assert part is not None, "is_of has seen it"
    response = item.response if isinstance(item, Revisit) else item
    response = replace(response, request_headers=part.request_headers) if part.known is None else with_metadata(response, part.known)
    if not isinstance(item, Revisit):
        return response
    said = part.known.get("revisit_of") if part.known else None
    if not isinstance(said, dict):
        return replace(item, response=response)
    return replace(item, response=response, original=(str(said.get("file")), int(str(said.get("offset")))), original_id=str(said.get("capture_id")))


def with_metadata(response: HttpResponse, known: dict[str, object]) -> HttpResponse:
    """The response with what our metadata record says of it."""
    rows = known.get("candidates")
    rows = [row for row in rows if isinstance(row, list) and len(row) == 3] if isinstance(rows, list) else []
    candidates = tuple(FieldCandidate(str(name), str(value), str(source)) for name, value, source in rows)
    return replace(
        response, url=str(known.get("url", response.url)), final_url=str(known.get("final_url", response.final_url)),
        robots=str(known.get("robots", "unknown")), robots_sha256=str(known["robots_sha256"]) if known.get("robots_sha256") else None,
        run_id=str(known.get("run_id", "")), candidates=candidates,
    )


def moment_of(text: str | None) -> datetime:
    """WARC-Date as an aware moment. Raises ValueError for other text, or none."""
    if text is None:
        raise ValueError("there is no WARC-Date")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def without_chunks(body: bytes) -> bytes:
    """The body without chunked transfer encoding; as it is where it is not chunked after all (many archives keep the header only)."""
    out, at = list[bytes](), 0
    while at < len(body):
        line_end = body.find(b"\r\n", at, at + LOOK_BYTES)
        size_text = body[at:line_end].split(b";")[0].strip() if line_end >= 0 else b""
        try:
            size = int(size_text, 16)
        except ValueError:
            return body
        start = line_end + len(b"\r\n")
        if size < 0 or start + size > len(body):
            return body
        if size == 0:
            return b"".join(out)
        out.append(body[start:start + size])
        at = start + size
        at += len(b"\r\n") if body[at:at + 2] == b"\r\n" else 0
    return body
