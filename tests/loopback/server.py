"""One server that plays many outlets: a loopback address each, HTTP written by hand so that it can be broken, and a log of every request."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

HTML = "text/html; charset=utf-8"
REQUEST_BYTES_MAX = 1 << 20
STATUS_TEXTS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 403: "Forbidden", 404: "Not Found", 410: "Gone",
                429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


@dataclass(frozen=True)
class Reply:
    """A sound HTTP answer. Content-Length is added; `headers` may hold anything else."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Asked:
    """One request as the server saw it. Moments are seconds of the world's clock; `until` is when its answer was through or given up."""

    path: str
    headers: dict[str, str]
    at: float
    run: str
    until: float = 0.0
    status: int = 0
    sent_bytes: int = 0
    in_flight: int = 1


class Exchange:
    """One request being answered: what a behaviour that breaks HTTP writes with."""

    def __init__(self, site: Site, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.site, self.asked, self._reader, self._writer = site, asked, reader, writer
        self.is_last = False  # close the connection afterwards

    @property
    def nth(self) -> int:
        """How often this path was asked in this run, this time included."""
        return sum(asked.path == self.asked.path and asked.run == self.asked.run for asked in self.site.asked)

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        self.asked.sent_bytes += len(data)
        await self._writer.drain()

    async def reply(self, reply: Reply) -> None:
        self.asked.status = reply.status
        body = b"" if reply.status == 304 else reply.body
        headers = {"Date": format_datetime(self.site.clock.now(), usegmt=True), "Content-Length": str(len(body))} | reply.headers
        lines = [f"HTTP/1.1 {reply.status} {STATUS_TEXTS.get(reply.status, 'Status')}", *(f"{name}: {value}" for name, value in headers.items())]
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    async def until_client_leaves(self) -> None:
        """Waits for the client to close the connection: what a server that hangs does."""
        self.is_last = True
        with suppress(ConnectionError):
            await self._reader.read()


@dataclass
class WorldClock:
    """The time that the servers show, and the name of the run that is on. It goes on at the usual speed from where a run sets it."""

    run: str = "night 1"
    _offset_s: float = 0.0

    def begin(self, run: str, at: datetime) -> None:
        self.run, self._offset_s = run, at.timestamp() - time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() + self._offset_s

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)


Behaviour = Callable[[Exchange], Awaitable[Reply | None]]
Route = Reply | Behaviour


@dataclass
class Site:
    """One outlet's server. `routes` maps a path with its query to a reply or to a coroutine of the exchange; `otherwise` answers the rest."""

    name: str
    host: str
    port: int = 0
    routes: dict[str, Route] = field(default_factory=dict)
    otherwise: Route = field(default_factory=lambda: Reply(404, {"Content-Type": HTML}, b"<h1>404</h1>"))
    asked: list[Asked] = field(default_factory=list)
    listens: bool = True
    answer_after_s: float = 0.01  # else no two requests would ever be seen at once
    tls: ssl.SSLContext | None = None
    clock: WorldClock = field(default_factory=WorldClock)
    pauses: list[tuple[float, float]] = field(default_factory=list)  # (from, until) that this server asked to be left alone
    _open: int = 0

    @property
    def base(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def paths(self, run: str) -> Counter[str]:
        """How often each path was asked in a run."""
        return Counter(asked.path for asked in self.asked if asked.run == run)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while (head := await self._head(reader)) is not None:
                exchange = Exchange(self, self._note(*head), reader, writer)
                self._open += 1
                exchange.asked.in_flight = self._open
                try:
                    await self._answer(exchange)
                finally:
                    self._open -= 1
                    exchange.asked.until = self.clock.seconds()
                if exchange.is_last:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError, TimeoutError):
            pass  # clients that go away, or do not trust us, are what the situations are about
        finally:
            writer.transport.abort() if self.tls else writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.strip().title(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
        return first.split(" ")[1], headers

    def _note(self, path: str, headers: dict[str, str]) -> Asked:
        asked = Asked(path, headers, self.clock.seconds(), self.clock.run)
        self.asked.append(asked)
        return asked

    async def _answer(self, exchange: Exchange) -> None:
        await asyncio.sleep(self.answer_after_s)
        route = self.routes.get(exchange.asked.path, self.otherwise)
        reply = route if isinstance(route, Reply) else await route(exchange)
        if reply is not None:
            await exchange.reply(reply)


@contextmanager
def serving(sites: list[Site]) -> Iterator[None]:
    """All sites answer while the block runs, from one thread; each gets its port. A site that does not listen gets one that nobody has."""
    loop = asyncio.new_event_loop()
    for site in sites:
        site.port = site.port or free_port(site.host)
    servers = [loop.run_until_complete(listening(site)) for site in sites if site.listens]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(stopped(servers), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def listening(site: Site) -> asyncio.Server:
    return await asyncio.start_server(site.serve, site.host, site.port, ssl=site.tls, limit=REQUEST_BYTES_MAX, backlog=256)


async def stopped(servers: list[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def free_port(host: str) -> int:
    with socket.socket() as found:
        found.bind((host, 0))
        return found.getsockname()[1]
