"""Answers that a sound server does not give: slow ones, cut ones, bombs, redirects. Behaviours for the routes of a site."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime
from email.utils import format_datetime

import brotli
from isal import isal_zlib

from loopback.server import HTML, Behaviour, Exchange, Reply, Route

PIECE = b"<p>" + b"The ferry sails again. " * 40 + b"</p>\n"


def page(body: bytes, **headers: str) -> Reply:
    return Reply(200, {"Content-Type": HTML} | {name.replace("_", "-"): value for name, value in headers.items()}, body)


def to(location: str, status: int = 302) -> Reply:
    return Reply(status, {"Location": location})


def then(*routes: Route) -> Behaviour:
    """Each in turn, the last one from then on."""

    async def answer(exchange: Exchange) -> Reply | None:
        route = routes[min(exchange.nth, len(routes)) - 1]
        return route if isinstance(route, Reply) else await route(exchange)

    return answer


def busy(status: int, retry_after: str | None = None, *, pause_s: float | None = None, as_date: bool = False) -> Behaviour:
    """A refusal for now. Retry-After is `retry_after` as it stands, or `pause_s` in seconds or as a date; the pause is noted with the site."""

    async def answer(exchange: Exchange) -> Reply:
        value, now = retry_after, exchange.site.clock.seconds()
        if pause_s is not None:
            until = now + pause_s
            value = format_datetime(datetime.fromtimestamp(until, UTC), usegmt=True) if as_date else f"{pause_s:.0f}"
            exchange.site.pauses.append((now, float(int(until)) if as_date else until))
        return Reply(status, {"Content-Type": HTML} | ({"Retry-After": value} if value is not None else {}), b"<h1>Later</h1>")

    return answer


async def hang(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    await exchange.until_client_leaves()


async def hang_up(exchange: Exchange) -> None:
    """Closes the connection without a word."""
    exchange.is_last = True


def drip(head: bytes, rest: bytes) -> Behaviour:
    """The head at once, the rest one byte a second."""

    async def answer(exchange: Exchange) -> None:
        exchange.is_last = True
        await exchange.send(head)
        leaving = asyncio.ensure_future(exchange.until_client_leaves())
        for position in range(len(rest)):
            await exchange.send(rest[position : position + 1])
            done, _ = await asyncio.wait([leaving], timeout=1)
            if done:
                return
        leaving.cancel()

    return answer


def raw(answer_bytes: bytes) -> Behaviour:
    """These bytes and a closed connection."""

    async def answer(exchange: Exchange) -> None:
        exchange.is_last = True
        await exchange.send(answer_bytes)

    return answer


def head(**headers: object) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {HTML}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def short_of_length(body: bytes) -> Behaviour:
    """Half of a body whose length is announced whole."""
    return raw(head(Content_Length=len(body)) + body[: len(body) // 2])


def negative_length(body: bytes) -> Behaviour:
    return raw(head(Content_Length=-5) + body[: len(body) // 2])


def without_length(body: bytes) -> Behaviour:
    return raw(head(Connection="close") + body)


def cut_chunk(body: bytes) -> Behaviour:
    """A chunk that announces more than comes."""
    return raw(head(Transfer_Encoding="chunked") + f"{len(body):x}\r\n".encode() + body[: len(body) // 2])


def zipped(body: bytes) -> Reply:
    return page(gzip.compress(body, mtime=0), Content_Encoding="gzip")


def half_gzip(body: bytes) -> Reply:
    """A gzip stream without its end, in an answer whose length is right."""
    packed = gzip.compress(body, mtime=0)
    return page(packed[: len(packed) // 2], Content_Encoding="gzip")


def half_brotli(body: bytes) -> Reply:
    packed = brotli.compress(body)
    return page(packed[: len(packed) // 2], Content_Encoding="br")


def repeated_gzip(block: bytes, size: int, opening: bytes = b"") -> bytes:
    """A gzip stream that unpacks to an opening and `size` bytes of blocks, made without holding them."""
    packer = isal_zlib.compressobj(1, wbits=31)
    return b"".join([packer.compress(opening), *(packer.compress(block) for _ in range(size // len(block))), packer.flush()])


def zeros_gzip(size: int, opening: bytes = b"") -> bytes:
    return repeated_gzip(bytes(1 << 20), size, opening)


def html_gzip(size: int) -> bytes:
    """A gzip stream that unpacks to `size` bytes of honest paragraphs."""
    return repeated_gzip(PIECE * 1024, size, b"<html><body>")


def zeros_brotli(size: int) -> bytes:
    packer = brotli.Compressor(quality=5)
    block = bytes(1 << 20)
    return b"".join([*(packer.process(block) for _ in range(size >> 20)), packer.finish()])


def gzip_bomb(size: int) -> Reply:
    return page(zeros_gzip(size), Content_Encoding="gzip")


def gzip_bomb_of_html(size: int) -> Reply:
    return page(html_gzip(size), Content_Encoding="gzip")


def brotli_bomb(size: int) -> Reply:
    return page(zeros_brotli(size), Content_Encoding="br")


def gzip_in_gzip(size: int) -> Reply:
    return page(gzip.compress(zeros_gzip(size), mtime=0), Content_Encoding="gzip, gzip")


def endless(exchange_head: bytes | None = None, limit: int = 1 << 40) -> Behaviour:
    """A body that goes on until the client leaves, or until `limit` bytes."""

    async def answer(exchange: Exchange) -> None:
        exchange.is_last = True
        await exchange.send((exchange_head or head(Connection="close")) + b"<html><body>")
        block = PIECE * 64
        while exchange.asked.sent_bytes < limit:
            await exchange.send(block)

    return answer


def large(size: int) -> Behaviour:
    """A body of `size` bytes that says so."""
    return endless(head(Content_Length=size), size)


def large_header(size: int) -> Behaviour:
    """A header line of `size` bytes."""

    async def answer(exchange: Exchange) -> None:
        exchange.is_last = True
        await exchange.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(size >> 16):
            await exchange.send(b"x" * (1 << 16))
        await exchange.send(b"\r\nContent-Length: 2\r\n\r\nok")

    return answer
