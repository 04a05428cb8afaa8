"""robots.txt as RFC 9309 has it: what cannot be read for a fault of the server or the network forbids everything.

Scrapy's own middleware allows everything then; so did every crawler that was measured.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, replace

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.failures import FetchFailed, HostLeftAlone, reason_of
from crawlers.guard import ALLOWED
from crawlers.hosts import base_of
from crawlers.reservations import robots_reservations
from crawlers.spider import OutletSpider
from warehouse.records import Reservation, RobotsFile

PRODUCT_TOKEN = "nightdesk"  # noqa: S105 - the name that robots.txt files know us by
# RFC 9309: at least 500 KiB must be read; what comes after is not.
ROBOTS_BYTES_MAX = 512_000
# CC-NEWS honours up to 120 s, Heritrix up to 300 s. With more, a night is over before a list of the day's articles is through; a shorter pause
# than the host wants is not taken either, so such a host is not asked at all.
CRAWL_DELAY_S_MAX = 120.0
# The lines that name whom the rules below them are for, as loosely as Protego takes them.
USER_AGENT_LINE = re.compile(r"^[ \t]*user[- ]?agent(?:[ \t]*:|[ \t])[ \t]*([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)
PRODUCT_TOKEN_OF_LINE = re.compile(r"[a-z_-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What a host's robots.txt says. `word` is kept with each capture: allowed, or no_robots where there is no such file.

    `failure` is (reason, detail) where nothing of the host may be asked. `sha256` is that of the file, None where there is none.
    """

    word: str = "allowed"
    rules: Protego | None = None
    crawl_delay_s: float = 0.0
    failure: tuple[str, str] | None = None
    sha256: str | None = None
    is_left_alone: bool = False  # robots.txt was not asked either: the host is paused or was given up

    def refusal_of(self, url: str) -> FetchFailed | None:
        if self.failure:
            return (HostLeftAlone if self.is_left_alone else FetchFailed)(*self.failure)
        if self.rules is not None and not self.rules.can_fetch(url, PRODUCT_TOKEN):
            return FetchFailed("robots_disallowed", "robots.txt forbids this address")
        return None


def is_an_answer(status: int) -> bool:
    """Whether an HTTP status settles what robots.txt says (RFC 9309, 2.3.1): it is there (200), or it is not for us to read (4xx).

    429 belongs to the faults of the server: it says nothing of robots.txt, only that we ask too often.
    """
    return status == 200 or (400 <= status < 500 and status != 429)


def answer_of(status: int, body: bytes) -> RobotsAnswer:
    """What an HTTP answer for robots.txt means (RFC 9309, 2.3.1)."""
    if not is_an_answer(status):
        return RobotsAnswer(failure=("robots_unreachable", f"robots.txt answered {status}"))
    if status != 200:
        return RobotsAnswer(word="no_robots")
    return replace(answer_of_text(text_of(body)), sha256=sha256_of(body))


def answer_of_text(text: str) -> RobotsAnswer:
    """What the lines of a robots.txt mean for us."""
    rules = rules_of(text)
    delay_s = float(rules.crawl_delay(PRODUCT_TOKEN) or 0)
    if delay_s > CRAWL_DELAY_S_MAX:
        why = f"robots.txt asks for {delay_s:,.0f} s between two requests; more than {CRAWL_DELAY_S_MAX:,.0f} s cannot be kept in a run"
        return RobotsAnswer(failure=("crawl_delay_too_long", why))
    return RobotsAnswer(rules=rules, crawl_delay_s=delay_s)


def text_of(body: bytes) -> str:
    """The part of robots.txt that is read. Where it is cut, the half line at the end is left out: half a path is another rule."""
    read = body[:ROBOTS_BYTES_MAX]
    if len(body) > ROBOTS_BYTES_MAX:
        read = read[: max(read.rfind(b"\n"), read.rfind(b"\r")) + 1]
    return read.decode("utf-8", "replace")


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body[:ROBOTS_BYTES_MAX]).hexdigest()


def rules_of(text: str) -> Protego:
    """The rules of a robots.txt, with only the groups for everybody and for us.

    Protego takes the beginning of a name for the name ("night" for us) and does not know us with a version behind it ("Nightdesk/1.0").
    RFC 9309, 2.2.1, and Google's parser compare whole product tokens, and what follows the token does not count.
    """
    return Protego.parse(USER_AGENT_LINE.sub(lambda line: f"User-agent: {plain_agent(line[1])}", text.removeprefix("\ufeff")))


def plain_agent(name: str) -> str:
    """The name of a group: `*` for everybody, our product token for us, `-` for anybody else."""
    name = name.strip()
    if name[:1] == "*" and not name[1:2].strip():
        return "*"
    token = PRODUCT_TOKEN_OF_LINE.match(name)
    return PRODUCT_TOKEN if token and token[0].lower() == PRODUCT_TOKEN else "-"


class RobotsGate:
    """Downloader middleware: asks each host's robots.txt once a run, before anything else of that host.

    The rules are matched with every address as it is sent, also those that a redirect leads to.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert isinstance(crawler.spider, OutletSpider)
        self._crawler, self._spider = crawler, crawler.spider
        self._answers: dict[str, asyncio.Task[RobotsAnswer]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsGate:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta["purpose"] == "robots":
            return
        base = base_of(request.url)
        if base not in self._answers:
            self._answers[base] = asyncio.ensure_future(self._ask(base, request))
        answer = await self._answers[base]
        refusal = answer.refusal_of(request.url)
        if refusal:
            raise refusal
        request.meta["robots"], request.meta["robots_sha256"] = answer.word, answer.sha256

    async def _ask(self, base: str, request: Request) -> RobotsAnswer:
        answer = await self._answer(base, request)
        slot_key = request.meta["download_slot"]
        if answer.failure and answer.failure[0] == "robots_unreachable":
            answer = self._from_copy(base, slot_key, answer)
        if answer.failure and not answer.is_left_alone:
            host = self._spider.hosts.of(slot_key)
            host.doubt = host.doubt or answer.failure
        if answer.crawl_delay_s:
            self._slow_down(slot_key, answer.crawl_delay_s)
        return answer

    async def _answer(self, base: str, request: Request) -> RobotsAnswer:
        """What the host answers now."""
        try:
            assert self._crawler.engine
            response = await self._crawler.engine.download_async(self._spider.request(f"{base}/robots.txt", "robots"))
        except Exception as error:  # noqa: BLE001 - whatever it was, robots.txt was not read
            reason, detail = reason_of(error)
            if reason == "redirect_loop":
                return RobotsAnswer(word="no_robots")  # RFC 9309, 2.3.1.2: after five redirects it counts as not there
            if isinstance(error, HostLeftAlone):
                return RobotsAnswer(failure=(reason, detail), is_left_alone=True)
            # A name in a private network: that says nothing of robots.txt, and the page has the same fault. Not so where a redirect led there.
            is_own_fault = reason == "address_refused" and (urlparse_cached(request).hostname or "") in ALLOWED.refused
            return RobotsAnswer(failure=(reason, detail) if is_own_fault else ("robots_unreachable", f"robots.txt: {reason} ({detail})"))
        if is_an_answer(response.status):
            self._keep(base, response)
        return answer_of(response.status, response.body)

    def _keep(self, base: str, response: Response) -> None:
        """Writes down what robots.txt said, as the ground of the decisions of this run and the copy for the next 24 hours."""
        spider = self._spider
        body = response.body if response.status == 200 else b""  # the text of an error page says nothing
        now = spider.job.clock.now()
        file = RobotsFile(base, sha256_of(body), response.status, text_of(body), now)
        spider.hosts.book.note_robots(file)
        spider.ledger.robots_files[base] = file
        for name, value in robots_reservations(file.body) if spider.outlet.serves(base) else ():
            spider.ledger.reservations.append(Reservation(spider.outlet.outlet_id, base, "robots_txt", name, value, now))

    def _from_copy(self, base: str, slot_key: str, failed: RobotsAnswer) -> RobotsAnswer:
        """What the last good copy says, where one was read within 24 hours; else the failure, and nothing of the host is asked."""
        copy = self._spider.hosts.book.robots_copy(base)
        if copy is None:
            return failed
        assert failed.failure
        reason, detail = failed.failure
        self._spider.hosts.of(slot_key).doubt = reason, f"{detail}; the copy of {copy.fetched_at:%Y-%m-%d %H:%M %Z} is used"
        return replace(answer_of_text(copy.body), sha256=copy.sha256) if copy.http_status == 200 else RobotsAnswer(word="no_robots")

    def _slow_down(self, slot_key: str, delay_s: float) -> None:
        """Crawl-delay: the wish of the host, where it is longer than that of the outlet's file, and then one connection."""
        assert self._crawler.engine
        downloader = self._crawler.engine.downloader
        host = self._spider.hosts.of(slot_key)
        host.delay_s = delay_s = max(delay_s, host.delay_s)
        if delay_s <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        downloader.per_slot_settings[slot_key] = {"delay": delay_s, "concurrency": 1}
        slot = downloader.slots.get(slot_key)
        if slot is not None:
            slot.delay, slot.concurrency = delay_s, 1
