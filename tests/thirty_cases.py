"""`python tests/thirty_cases.py`: thirty ways in which a server goes wrong, and whether Nightdesk does right by each.

Right is: the run ends within 60 s; the crawl takes at most 300 MB; nothing partial is accepted, and what is whole and allowed is; no request
lies inside a Retry-After window; none goes to a forbidden address or path. Eight other ways of fetching got 11 to 18 of these thirty right.
Everything happens on addresses of 127.0.0.0/8. Exit status 0 only for 30 of 30.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from loopback import pages, replies
from loopback.replies import busy, page, then, to
from loopback.server import HTML, Reply, Site, WorldClock, free_port, serving
from loopback.world import Ended, Place, Ran, Tables, ended, nightly

NIGHT = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
END_S_MAX = 60.0
MEMORY_MB_MAX = 300.0
# The default of 30 s, twice, would be the whole minute; everything else is as it comes.
TIMEOUT_S = 10
# The server notes a request a moment after it was sent.
TOLERANCE_S = 0.05
BOMB_BYTES = 1 << 30


@dataclass(frozen=True)
class Case:
    """One way of going wrong. `articles` are those that must be taken, whole; `forbidden` is a path that must not be asked."""

    name: str
    row: str
    build: Callable[[Place], None]
    articles: str = ""
    forbidden: str = ""
    gap_s: float = 0.0
    only_robots: bool = False


def instead(answer: Callable[[bytes], object]) -> Callable[[Place], None]:
    """The article comes as the answer makes it."""
    return lambda place: place.bad("a", answer(place.html("a")))  # type: ignore[arg-type]


def of(route: object) -> Callable[[Place], None]:
    return lambda place: place.bad("a", route)  # type: ignore[arg-type]


def busy_once(status: int) -> Callable[[Place], None]:
    return lambda place: place.bad("a", then(busy(status, pause_s=4), place.page("a")))


def busy_host(place: Place) -> None:
    for name in "abc":
        place.bad(name, busy(429, pause_s=3600))


def robots(route: Reply | Callable[..., object]) -> Callable[[Place], None]:
    def build(place: Place) -> None:
        place.good("a", "b")
        place.robots = route  # type: ignore[assignment]
        place.at("/rules.txt", rules("Disallow: /news/b"))

    return build


def rules(text: str) -> Reply:
    return Reply(200, {"Content-Type": "text/plain"}, f"User-agent: *\n{text}\n".encode())


def meta_refresh(place: Place) -> None:
    place.bad("a", page(f'<meta http-equiv="refresh" content="0;url=http://{place.vault}/inside"><p>One moment.</p>'.encode()))


HALF_HEADER = replies.drip(b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/html\r\n" * 20)
CASES = (
    Case("busy_429", "429 + Retry-After 4; the same with 503 (2 cases)", busy_once(429), "a"),
    Case("busy_503", "429 + Retry-After 4; the same with 503 (2 cases)", busy_once(503), "a"),
    Case("busy_host", "three URLs of a host that answers 429: the host pauses", busy_host),
    Case("page_with_503", "503 with an HTML page", lambda place: place.bad("a", Reply(503, {"Content-Type": HTML}, place.html("a")))),
    Case("hang", "hang", of(replies.hang)),
    Case("slow_header", "one byte a second: header; body (2)", of(HALF_HEADER)),
    Case("slow_body", "one byte a second: header; body (2)", instead(lambda body: replies.drip(replies.head(Content_Length=len(body)), body))),
    Case("short", "half article: length too long; chunk cut (2)", instead(replies.short_of_length)),
    Case("chunk", "half article: length too long; chunk cut (2)", instead(replies.cut_chunk)),
    Case("half_gzip", "half article: gzip cut, length right", instead(replies.half_gzip)),
    Case("closed", "half article: connection closed, no length", instead(lambda body: replies.without_length(body[: len(body) // 2]))),
    Case("negative", "half article: Content-Length -5", instead(replies.negative_length)),
    Case("plain_gzip", "plain text labelled gzip", instead(lambda body: page(body, Content_Encoding="gzip")), "a"),
    Case("gzip_bomb", "gzip bomb; brotli bomb; gzip in gzip; gzip bomb of HTML; 200 MiB body (5)", instead(lambda _: replies.gzip_bomb(BOMB_BYTES))),
    Case("brotli_bomb", "gzip bomb; brotli bomb; gzip in gzip; gzip bomb of HTML; 200 MiB body (5)", instead(lambda _: replies.brotli_bomb(BOMB_BYTES))),
    Case("gzip_in_gzip", "gzip bomb; brotli bomb; gzip in gzip; gzip bomb of HTML; 200 MiB body (5)", instead(lambda _: replies.gzip_in_gzip(BOMB_BYTES))),
    Case("html_bomb", "gzip bomb; brotli bomb; gzip in gzip; gzip bomb of HTML; 200 MiB body (5)", instead(lambda _: replies.gzip_bomb_of_html(BOMB_BYTES))),
    Case("large_body", "gzip bomb; brotli bomb; gzip in gzip; gzip bomb of HTML; 200 MiB body (5)", of(replies.large(200 << 20))),
    Case("to_file", "redirect to file:", of(to("file:///etc/hostname"))),
    Case("to_private", "redirect to another private address", lambda place: place.bad("a", to(f"http://{place.vault}/inside"))),
    Case("meta_refresh", "meta refresh to it", meta_refresh),
    Case("loop", "redirect loop", of(to("/news/a"))),
    Case("junk", "junk instead of HTTP; 20 MB header (2)", of(replies.raw(b"\x00\x01junk, and no HTTP\r\n\r\n" * 50))),
    Case("header", "junk instead of HTTP; 20 MB header (2)", of(replies.large_header(20 << 20))),
    Case("empty", "empty 200", of(page(b""))),
    Case("disallow", "robots Disallow; robots redirected to one (2)", robots(rules("Disallow: /news/b")), "a", forbidden="/news/b"),
    Case("disallow_moved", "robots Disallow; robots redirected to one (2)", robots(to("/rules.txt", 301)), "a", forbidden="/news/b"),
    Case("robots_503", "robots 503; robots times out (2)", robots(Reply(503)), only_robots=True),
    Case("robots_hangs", "robots 503; robots times out (2)", robots(replies.hang), only_robots=True),
    Case("crawl_delay", "Crawl-delay 3", robots(rules("Crawl-delay: 3")), "a b", gap_s=3.0),
)


@dataclass(frozen=True)
class Judged:
    """What is wrong with one case; nothing where it is right."""

    case: Case
    faults: tuple[str, ...]


def judged(case: Case, place: Place, found: Ended | None, ran: Ran, vault: Site) -> Judged:
    site, faults = place.site, []
    if ran.seconds > END_S_MAX:
        faults.append(f"the run took {ran.seconds:.0f} s")
    if not 0 < ran.memory.crawl_child_mb <= MEMORY_MB_MAX:
        faults.append(f"the crawl took {ran.memory.crawl_child_mb:.0f} MB")
    articles = found.articles if found else {}
    if sorted(articles) != case.articles.split():
        faults.append(f"accepted: {', '.join(articles) or 'nothing'}")
    faults += [f"{name} is not whole" for name in articles if pages.paragraphs(f"{place.name} {name}")[-1][-60:] not in articles[name]["body"]]
    faults += [f"{asked.path} inside a Retry-After window" for since, until in site.pauses for asked in site.asked
               if since + TOLERANCE_S < asked.at < until - TOLERANCE_S]
    faults += [f"asked {asked.path}" for asked in site.asked if asked.path == case.forbidden or (case.only_robots and asked.path != "/robots.txt")]
    faults += [f"asked the private address for {asked.path}" for asked in vault.asked]
    faults += [f"{after.at - before.at:.1f} s between requests" for before, after in pairwise(site.asked) if after.at - before.at < case.gap_s - TOLERANCE_S]
    if not case.only_robots and not any(asked.path.startswith("/news/") for asked in site.asked):
        faults.append("the article was not asked for")
    return Judged(case, tuple(dict.fromkeys(faults)))


def run(folder: Path) -> tuple[list[Judged], Ran]:
    """All cases in one run of the command: what holds for the run as a whole, time and memory, holds for each of them."""
    clock = WorldClock("night 1")
    vault = Site("vault", "127.67.66.6", free_port("127.67.66.6"), otherwise=Reply(200, {}, b"inside"), clock=clock)
    places = [Place(Site(case.name, f"127.67.{number}.1", free_port(f"127.67.{number}.1"), clock=clock), f"{vault.host}:{vault.port}")
              for number, case in enumerate(CASES)]
    (folder / "outlets").mkdir()
    for case, place in zip(CASES, places, strict=True):
        place.fetch["timeout_s"] = TIMEOUT_S
        case.build(place)
        (folder / "outlets" / f"{case.name}.toml").write_text(place.definition(), encoding="utf-8")
    with ExitStack() as stack:
        stack.enter_context(serving([vault, *(place.site for place in places)]))
        clock.begin("night 1", NIGHT)
        ran = nightly(folder, NIGHT)
    found = ended(Tables(folder / "data" / "news.duckdb"), places, ran.said["run_id"])
    return [judged(case, place, found.get(case.name), ran, vault) for case, place in zip(CASES, places, strict=True)], ran


def table(verdicts: Iterable[Judged]) -> str:
    """The rows of the comparison: case, and a mark for each."""
    rows: dict[str, list[Judged]] = {}
    for verdict in verdicts:
        rows.setdefault(verdict.case.row, []).append(verdict)
    lines = ["| case | Nightdesk |", "|---|---|"]
    for row, cases in rows.items():
        marks = "".join("✗" if verdict.faults else "✓" for verdict in cases)
        why = "; ".join(f"{verdict.case.name}: {', '.join(verdict.faults)}" for verdict in cases if verdict.faults)
        lines.append(f"| {row} | {marks}{' ' + why if why else ''} |")
    return "\n".join(lines)


def main() -> int:
    sys.stderr.write("Making bombs and thirty servers, then one nightly run over all of them: about half a minute.\n")
    with tempfile.TemporaryDirectory() as folder:
        verdicts, ran = run(Path(folder))
    right = sum(not verdict.faults for verdict in verdicts)
    sys.stdout.write(f"{table(verdicts)}\n\nright of {len(CASES)}: {right}\n")
    sys.stdout.write(f"The run took {ran.seconds:.0f} s, the crawl {ran.memory.crawl_child_mb:.0f} MB at its peak; timeout_s = {TIMEOUT_S}.\n")
    return 0 if right == len(CASES) else 1


if __name__ == "__main__":
    sys.exit(main())
