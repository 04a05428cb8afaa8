"""Bodies as they came over the wire: kept packed for the archive, unpacked for reading, refused where they are cut or too large."""

from __future__ import annotations

import re
import zlib

import brotli
from isal import isal_zlib
from isal.igzip_lib import IsalError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.failures import FetchFailed
from crawlers.patience import again

# What warehouse.captures can unpack again. zstd is left out for that reason.
ACCEPT_ENCODING = b"gzip, deflate, br"
CHUNK_BYTES = 262_144
GZIP_MAGIC = b"\x1f\x8b\x08"
END_TAG = re.compile(rb"</\s*(html|body|rss|feed|urlset|sitemapindex|rdf:RDF)\s*>", re.IGNORECASE)


class WireBody:
    """Downloader middleware nearest to the network, in the place of Scrapy's HttpCompressionMiddleware, which takes half a gzip body for whole.

    After it, the response holds the unpacked body, and request.meta["wire"] is (headers as sent, body as sent).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._bytes_max = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WireBody:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        request.headers[b"Accept-Encoding"] = ACCEPT_ENCODING

    def process_response(self, request: Request, response: Response) -> Response | Request:
        if response.status != 200:
            return response  # nobody reads the body, so it need not be sound
        request.meta["wire"] = (header_pairs(response), response.body)
        encodings = b",".join(response.headers.getlist(b"Content-Encoding")).decode("latin-1")
        try:
            body = unpacked(response.body, encodings, request.meta.get("download_maxsize", self._bytes_max))
            if "partial" in response.flags:
                refuse_half(body, packed=body is not response.body)
        except FetchFailed as failed:
            repeated = again(request, tries_max=2) if failed.reason == "truncated" else None
            if repeated is None:
                raise
            return repeated
        # Bytes are all that is needed from here on; a TextResponse would guess the encoding, a quarter of the cost of a page.
        return Response(response.url, response.status, response.headers, body, response.flags, request)


def header_pairs(message: Request | Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, values in message.headers.items() for value in values)


def unpacked(body: bytes, encodings: str, bytes_max: int) -> bytes:
    """The body without its content encodings. Raises FetchFailed `truncated` for a stream without end and `too_large` above bytes_max.

    A body that is not packed although its header says so is taken as it is, as browsers do.
    """
    for encoding in reversed([word.strip().lower() for word in encodings.split(",")]):
        if encoding in ("gzip", "x-gzip") and body.startswith(GZIP_MAGIC):
            body = inflated(body, 31, bytes_max)
        elif encoding == "deflate" and body[:1] not in (b"<", b"\n", b" ", b""):
            body = inflated(body, 15 if body[:1] == b"\x78" else -15, bytes_max)
        elif encoding == "br" and body.lstrip()[:1] not in (b"<", b""):
            body = unbrotli(body, bytes_max)
    return body


def inflated(body: bytes, wbits: int, bytes_max: int) -> bytes:
    parts, size, rest = list[bytes](), 0, body
    while True:
        unpacker = isal_zlib.decompressobj(wbits)
        try:
            while not unpacker.eof:
                parts.append(unpacker.decompress(rest, CHUNK_BYTES))
                rest, size = unpacker.unconsumed_tail, size + len(parts[-1])
                if size > bytes_max:
                    raise without(parts, "too_large", f"more than {bytes_max:,} bytes unpacked")
                if not (rest or parts[-1] or unpacker.eof):
                    raise without(parts, "truncated", "the packed body is cut: its stream has no end")
        except (zlib.error, IsalError) as error:  # type: ignore[misc]  # the stub has an instance where the library has a class
            raise without(parts, "truncated", f"the packed body is damaged ({error})") from None
        rest = unpacker.unused_data
        # A gzip body may be made of several members; anything else after the end is filling.
        if not rest.startswith(GZIP_MAGIC):
            return b"".join(parts)


def unbrotli(body: bytes, bytes_max: int) -> bytes:
    unpacker, parts, size, left = brotli.Decompressor(), list[bytes](), 0, body
    try:
        while not unpacker.is_finished():
            part = unpacker.process(left, output_buffer_limit=CHUNK_BYTES)
            left = b""
            if not part and not unpacker.is_finished():
                raise without(parts, "truncated", "the packed body is cut: its stream has no end")
            parts.append(part)
            size += len(part)
            if size > bytes_max:
                raise without(parts, "too_large", f"more than {bytes_max:,} bytes unpacked")
    except brotli.error as error:
        raise without(parts, "truncated", f"the packed body is damaged ({error})") from None
    return b"".join(parts)


def without(parts: list[bytes], reason: str, detail: str) -> FetchFailed:
    """The failure, and nothing left in `parts`: an error keeps what its frames hold until the next collection of cycles, and fifty bombs of
    10 MiB that wait for it are 500 MB (measured: 451 MB at the peak of a crawl, 135 with five)."""
    parts.clear()
    return FetchFailed(reason, detail)


def refuse_half(body: bytes, *, packed: bool) -> None:
    """Refuses a body whose server gave no length and closed the connection, unless something shows that it is whole.

    A packed stream has an end of its own; of a page, only its closing tag tells.
    """
    if not packed and body.lstrip()[:1] == b"<" and not END_TAG.search(body[-2048:]):
        raise FetchFailed("truncated", "the connection was closed without a length, and the page has no end")
