"""Content codings: the body of a kept response as a reader sees it, refused where its packed stream is cut, altered or a bomb."""

from __future__ import annotations

import zlib

import brotli

from warehouse.errors import CaptureDamaged
from warehouse.records import HttpResponse
from warehouse.warc_reading import GZIP_MAGIC

# Largest decoded page that is ever handed on; the limit of a fetch is lower. It bounds what a decompression bomb in a foreign WARC can cost.
DECODED_BYTES_MAX = 64 << 20
PART_BYTES = 1 << 20


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
            part = unpacker.process(left, output_buffer_limit=PART_BYTES)
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
