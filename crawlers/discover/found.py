"""What the kinds of sources have in common: the links they find, moments, plain text, and the window of a backfill. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from crawlers.outlet import Outlet, Source
from warehouse.records import FieldCandidate, Link

# A date parser can be kept busy for seconds with a long string; real dates of feeds and sitemaps have at most 40 characters.
DATE_CHARS_MAX = 64
TITLE_CHARS_MAX = 1000
# The sitemap protocol allows 50 MB unpacked.
UNPACKED_BYTES_MAX = 52_428_800
BURMESE_DIGITS = str.maketrans("၀၁၂၃၄၅၆၇၈၉", "0123456789")
ZONE_WITH_NAME = re.compile(r"(?:GMT|UTC)([+-])([0-9]{1,2}):?([0-9]{2})?$")
DAY_IN_PATH = re.compile(r"/((?:19|20)[0-9]{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12][0-9]|3[01])(?=[/-]|$)")


class NotReadable(Exception):
    """The answer is not what its source promised; the text says in which way."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a backfill in the outlet's zone, both included."""

    first: date
    last: date

    def outside(self, link: Link, zone: ZoneInfo) -> bool:
        """Whether the link is known to be of another day. A link without any date is not."""
        day = day_of(link, zone)
        return day is not None and not self.first <= day <= self.last

    def before(self, link: Link, zone: ZoneInfo) -> bool:
        """Whether the link is known to be older than the window."""
        day = day_of(link, zone)
        return day is not None and day < self.first


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: the articles that a source of an outlet lists, in a backfill only those of its days."""

    outlet: Outlet
    source: Source
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one answer of a source holds: article links as given there, and the addresses at which the source goes on."""

    links: tuple[Link, ...] = ()
    more: tuple[str, ...] = ()
    changed: Mapping[str, datetime] = field(default_factory=dict)  # of `more`: when the part changed last, where the answer states it
    without_address: int = 0  # entries that name no article's address
    beyond: int = 0  # entries that were not read, because one answer may hold no more
    foreign: tuple[str, ...] = ()  # parts on hosts of somebody else, which are not asked


def is_day_only(when: datetime, zone: ZoneInfo) -> bool:
    """Whether this is midnight, which is what a source that writes days and no times means by a day."""
    return any(local.hour == local.minute == local.second == 0 for local in (when.astimezone(zone), when.astimezone(UTC)))


def latest(when: datetime, zone: ZoneInfo) -> datetime:
    """The last moment that a stated change can mean: of a day without a time, when it is over wherever the server stands."""
    return when + timedelta(hours=24 + 14) if is_day_only(when, zone) else when


def day_of(link: Link, zone: ZoneInfo) -> date | None:
    """The best known day of a link in the outlet's zone: what the source says was published, the date in the address, the last change."""
    if link.published_at:
        return link.published_at.astimezone(zone).date()
    written = DAY_IN_PATH.search(unquote(urlsplit(link.url).path))
    if written:
        try:
            return date(*map(int, written.groups()))
        except ValueError:
            pass  # the 31st of a short month: not a date after all
    return link.modified_at.astimezone(zone).date() if link.modified_at else None


def moment(written: object, zone: ZoneInfo) -> datetime | None:
    """The moment that a source wrote, or None. ISO 8601 and the mail format are read; without a zone it is the outlet's local time."""
    if not isinstance(written, str):
        return None
    written = written.strip()[:DATE_CHARS_MAX].strip().translate(BURMESE_DIGITS)
    # "GMT+0630" and "UTC+6:30" are no zones of the mail format, whose reader would drop them without a word.
    written = ZONE_WITH_NAME.sub(lambda found: f"{found[1]}{int(found[2]):02}{found[3] or '00'}", written)
    # "-0000" is UTC from a server that does not say where it stands (RFC 5322); the reader gives it no zone.
    written = re.sub(r"-0000$", "+0000", written)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            read = parse(written)
            return (read if read.tzinfo else read.replace(tzinfo=zone)) if read.year >= 1970 else None
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def well_formed(text: str) -> str:
    """The text with U+FFFD for lone surrogates: JSON may hold them, but no file in UTF-8 can."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def plain(markup: object) -> str:
    """The text without tags and entities, on one line, NFC, fit to be written as UTF-8; nothing for what is no text."""
    stripped = re.sub(r"<[^<>]*>", " ", well_formed(markup if isinstance(markup, str) else ""))
    return unicodedata.normalize("NFC", " ".join(html.unescape(stripped).split()))[:TITLE_CHARS_MAX]


def candidates(source: str, **fields: str | None) -> tuple[FieldCandidate, ...]:
    """The fields that are there, as candidates of this source."""
    return tuple(FieldCandidate(name, value, source) for name, value in fields.items() if value)


def iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def without_entities(body: bytes) -> bytes:
    """The body, unless it declares XML entities: honest feeds and sitemaps do not, bombs and readers of local files do."""
    start = body[:4096].replace(b"\x00", b"")  # UTF-16 looks like ASCII then
    if re.search(rb"<!ENTITY", start, re.IGNORECASE) or b"<!ENTITY" in body:
        raise NotReadable("it declares XML entities, which are not expanded")
    return body


def is_markup(body: bytes) -> bool:
    """Whether the body begins like XML, in UTF-8 or UTF-16."""
    return body[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def unpacked(body: bytes) -> bytes:
    """The content of a gzip file, or the body as it is. Raises NotReadable where it is cut or larger than UNPACKED_BYTES_MAX."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, UNPACKED_BYTES_MAX)
    except zlib.error as error:
        raise NotReadable(f"the gzip file is damaged ({error})") from None
    if not unpacker.eof:
        raise NotReadable("the gzip file is cut" if not unpacker.unconsumed_tail else "the gzip file is too large unpacked")
    return content
