"""The sample world on loopback: a plain-HTTP forward proxy that answers for its hosts itself and passes nothing on."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread, current_thread
from typing import Any
from urllib.parse import urlsplit

from crawlers.sample_world.stories import stories
from crawlers.sample_world.world import answer


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the sample world has answered. `path` is as sent, with the query."""

    night: int
    method: str
    host: str
    path: str
    status: int
    user_agent: str


class SampleServer:
    """A running sample world. `night` may be set at any time; requests that follow are answered from that night."""

    def __init__(self, http_server: _HttpServer) -> None:
        self._http_server = http_server

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._http_server.server_port}"

    @property
    def night(self) -> int:
        return self._http_server.night

    @night.setter
    def night(self, night: int) -> None:
        self._http_server.night = night

    @property
    def requests(self) -> list[Request]:
        """What has been asked so far, in the order of the answers."""
        with self._http_server.lock:
            return list(self._http_server.requests)


@contextmanager
def serve(night: int = 1) -> Iterator[SampleServer]:
    """A sample world on a free port of 127.0.0.1, gone with all its threads and sockets when the block ends."""
    stories()  # Read before the first request: two requests at once would each read them, and compare one's outlets with the other's stories.
    http_server = _HttpServer(("127.0.0.1", 0), _Handler)
    http_server.night = night
    thread = Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.05}, name="sample world", daemon=True)
    thread.start()
    try:
        yield SampleServer(http_server)
    finally:
        http_server.shutdown()
        thread.join()
        http_server.close_connections()
        http_server.server_close()


class _HttpServer(ThreadingHTTPServer):
    # A client that never hangs up must not keep the program alive.
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        self.night = 1
        self.requests: list[Request] = []
        self.lock = Lock()
        self.stopping = Event()
        self._connections: set[socket.socket] = set()
        self._handlers: set[Thread] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self._handlers.add(current_thread())
        super().process_request_thread(request, client_address)
        with self.lock:
            self._handlers.discard(current_thread())

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients hang up in the middle of an answer, the timeout of the slow page being one reason; that is no error here.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        """Ends waiting answers and idle keep-alive connections, then waits for their threads."""
        self.stopping.set()
        with self.lock:
            connections, handlers = list(self._connections), list(self._handlers)
        for connection in connections:
            with suppress(OSError):  # the other side was faster
                connection.shutdown(socket.SHUT_RDWR)
        for handler in handlers:
            handler.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HttpServer

    def do_GET(self) -> None:
        night, host, path = self.server.night, *self._target()
        response = answer(night, host, path, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since"))
        with self.server.lock:
            self.server.requests.append(Request(night, self.command, host, path, response.status, self.headers.get("User-Agent", "")))
        if response.delay_s and self.server.stopping.wait(response.delay_s):
            self.close_connection = True
            return
        # send_response would add the real date beside that of the night.
        self.send_response_only(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Nothing: the requests are kept in SampleServer.requests."""

    def _target(self) -> tuple[str, str]:
        """Host and path of the request, in absolute form as sent to a proxy or in origin form with a Host header."""
        parts = urlsplit(self.path)
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        return (parts.netloc or self.headers.get("Host", "")).lower(), path
