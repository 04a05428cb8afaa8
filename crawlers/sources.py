"""Asking an outlet's sources: what is asked under which conditions, what the answers add to the ledger, and what is remembered of them.

A nightly run asks for what is new. It reaches back to 30 days before the last whole reading of a list, however long ago that was (of a list
that was never read: 30 days before now). What a sitemap dates before that is taken as well where all of it fits into one run, so that a small
site is there after the first night; an archive that does not is left to a backfill, and counted in the detail of its source.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy.http import Response

from crawlers.discover import KINDS, Found, Kind, NotReadable, Search, front_page
from crawlers.discover.found import day_of, latest
from crawlers.discover.sitemap import is_robots_txt
from crawlers.failures import FetchFailed, reason_of
from crawlers.links import address_to_ask, canonical_url, trap_of
from crawlers.outlet import Source
from warehouse.records import Link, SourceState

if TYPE_CHECKING:
    from crawlers.spider import OutletSpider

# A list that was read whole so lately is asked conditionally; later it is asked whole, because some servers lie with an ETag that never
# changes. So a nightly run reads every feed whole, and a run every hour costs the outlet little.
WHOLE_AFTER = timedelta(hours=20)
PARTS_WHOLE_AFTER = timedelta(days=7)  # the same for the parts of an index
REACH = timedelta(days=30)
# Answers of one source that are read in one run: files of a sitemap index, pages of a listing. A nightly run looks for what is new.
ANSWERS_MAX = 100
ANSWERS_MAX_IN_WINDOW = 5000
ALL_PAGES_MAX = 300  # of one list, with those that only lead to where an earlier reading broke off
DEPTH_MAX = 2  # an index of indexes occurs, against the protocol; a third level was never seen
NEW_LINKS_MAX = 100_000  # new addresses that one run takes in of an outlet; a bound for memory, 200 nights of the usual limit
CHANGES_REACH = timedelta(days=3)  # a list of changes that failed once is asked for again
CLAIMS_MIN = 10  # of so many known addresses and more, most must not have changed at once
PAGE_ENDS = ("http_400", "http_404", "http_410")
REFUSALS = {
    "off_outlet": "lead to hosts that are not the outlet's", "crawl_trap": "look like one of endlessly many",
    "url_pattern": "do not fit article.url_pattern",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a source, to be asked. `changed_at` is what its index states, where that can be believed."""

    url: str
    depth: int = 0
    changed_at: datetime | None = None
    whole_after: timedelta = WHOLE_AFTER
    is_old: bool = False  # changed last before the reach of the run: asked only while the archive fits into it


@dataclass(slots=True)
class Taken:
    """What became of the links of an answer, or of several answers of one list."""

    links: int = 0  # addresses of articles
    new: int = 0
    outside: int = 0  # the days of the window
    before_reach: list[tuple[str, Link]] = field(default_factory=list)  # (as given, canonical): unknown, and dated before the reach
    old: int = 0  # of these, left to a backfill
    surplus: int = 0  # beyond NEW_LINKS_MAX: left to the next run
    beyond: int = 0  # beyond what one answer may hold
    without_address: int = 0
    lookable: int = 0  # known addresses with a stated change
    claims: dict[str, datetime] = field(default_factory=dict)  # known addresses: when they changed, after the last look
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)  # reason: (how many, an example)

    def refuse(self, reason: str, url: str) -> None:
        count, example = self.refused.get(reason, (0, url))
        self.refused[reason] = count + 1, example

    def add(self, other: Taken) -> None:
        for name in ("links", "new", "outside", "old", "surplus", "beyond", "without_address"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class PagesRead:
    """Pages of one list that were read in this run."""

    all: int = 0
    beyond_floor: int = 0  # without those that only repeat what an earlier reading, which broke off, had met

    def add(self, *, is_beyond_floor: bool) -> None:
        self.all += 1
        self.beyond_floor += is_beyond_floor


class Discovery:
    """The sources of one outlet in one crawl."""

    def __init__(self, spider: OutletSpider) -> None:
        self._spider, self._outlet, self._job, self._ledger = spider, spider.outlet, spider.job, spider.ledger
        self._last = self._job.sources_of(self._outlet.outlet_id)
        self._claims: dict[str, tuple[datetime, str]] = {}  # known addresses: when a source says that they changed, and which
        self._left_count = 0
        self.new_count = 0
        self.answers_count = 0

    async def ask_all(self) -> None:
        """Asks every source, and what it goes on to, and enters the links into the ledger."""
        for source in self._outlet.discover:
            await self._ask(source)

    async def ask_front_page(self) -> None:
        """Asks the front page where the sources answered and named nothing new: a feed can stand still while the outlet goes on."""
        if self.answers_count and not self.new_count:
            await self._ask(Source(front_page.KIND, self._outlet.homepage))

    async def _ask(self, source: Source) -> None:
        kind, search = KINDS[source.kind], Search(self._outlet, source, self._job.window)
        try:
            first = kind.first(search)[0]
        except Exception as error:  # noqa: BLE001 - a source that breaks must not take the outlet's others with it
            self._broke(source.url, error, self._blank(source.url, source.kind))
            return
        if kind.pages:
            await self._pages(first, kind, search)
            await self._changes(kind, search)
        else:
            await self._files(first, kind, search)

    async def _answer(self, url: str, headers: dict[str, str]) -> Response | None:
        """The answer of a source, None where it says that nothing changed. Raises FetchFailed."""
        try:
            response: Response = await self._spider.crawler.engine.download_async(self._spider.request(url, "source", headers=headers))
        except FetchFailed:
            raise  # as it is: a host that is left alone is not a source that failed
        except Exception as error:  # reason_of names each kind, and calls a mistake of ours internal_error
            raise FetchFailed(*reason_of(error)) from error
        if response.status == 304 and headers:
            return None
        if response.status != 200:
            raise FetchFailed(f"http_{response.status}")
        return response

    # ------------------------------------------------------------ lists of pages

    async def _pages(self, first: str, kind: Kind, search: Search) -> None:
        """The pages of one list, one after the other, until one has nothing new.

        A reading that broke off before its end left a gap below what it had read: the next one does not stop before it has met as many.
        """
        state = self._blank(kind.name(search), search.source.kind)
        floor = (state.link_count or 0) if state.listed_at != state.checked_at else 0
        is_first = state.listed_at is None and not self._job.window
        total, seen, urls, pages = Taken(), set[str](), [first], PagesRead()
        while urls:
            if pages.beyond_floor >= self._answers_max or (pages.all >= ALL_PAGES_MAX and not self._job.window):
                self._limit(state.url, f"{pages.all:,} pages were read, and the list goes on")
                if pages.all < ALL_PAGES_MAX or self._job.window:
                    return
                break  # the next run would come no further; what lies deeper is left to a backfill
            so_far = replace(state, link_count=max(total.links, floor) or state.link_count)
            found = await self._page(urls[0], kind, search, so_far, is_first=pages.all == 0)
            if found is None:
                return
            taken = self._take(found, urls[0], None)
            total.add(taken)
            is_within_floor = floor > 0 and total.links - total.new <= floor
            pages.add(is_beyond_floor=taken.new > 0 or not is_within_floor)
            self._note(state, "listed", said(total), link_count=max(total.links, floor), new_count=total.new)
            unseen = {link.url for link in found.links} - seen
            seen |= unseen
            goes_on = self._goes_on_in_window(found) if self._job.window else taken.new > 0 or is_within_floor
            if is_first and total.new > self._job.pages_per_run:
                goes_on = False  # the first night takes the newest; a backfill takes the rest
            urls = list(found.more) if unseen and goes_on else []
        self._note_whole(state, said(total), total)

    async def _page(self, url: str, kind: Kind, search: Search, state: SourceState, *, is_first: bool) -> Found | None:
        """One page of a list; None where it failed. The page after the last is an empty one, however the server puts it."""
        try:
            response = await self._answer(url, {})
            assert response is not None, "nothing was asked conditionally"
            return kind.read(response.body, url, search)
        except (FetchFailed, NotReadable) as failed:
            if not is_first and isinstance(failed, FetchFailed) and failed.reason in PAGE_ENDS:
                return Found()
            self._failed(url, failed, state)
        except Exception as error:  # noqa: BLE001 - an answer that breaks our reading is rejected like one that is no list
            self._broke(url, error, state)
        return None

    def _goes_on_in_window(self, found: Found) -> bool:
        """Whether the next page can hold something of the window, and this run may ask more; else the next one goes on."""
        zone, window = self._outlet.zone, self._job.window
        assert window is not None
        return self.new_count <= self._job.pages_per_run and not all(window.before(link, zone) for link in found.links)

    async def _changes(self, kind: Kind, search: Search) -> None:
        """What changed lately, where the source can be asked for that: known articles are looked at again."""
        state = self._ledger.sources.get(kind.name(search))
        last = self._last.get(kind.name(search))
        if kind.changes is None or state is None or state.state == "failed" or last is None or last.listed_at is None:
            return
        for url in kind.changes(search, last.listed_at - CHANGES_REACH):
            try:
                response = await self._answer(url, {})
                assert response is not None, "nothing was asked conditionally"
                changes = said(self._take(kind.read(response.body, url, search), url, self._reach(last), is_of_changes=True))
            except (FetchFailed, NotReadable) as failed:
                changes = f"they could not be asked ({failed})"
            except Exception as error:  # noqa: BLE001 - as for any other list
                self._broke(url, error, state)
                return
            self._ledger.sources[state.url] = replace(state, detail=f"{state.detail}; last changes: {changes}")

    # ------------------------------------------------------------ files

    async def _files(self, first: str, kind: Kind, search: Search) -> None:
        """A feed or a sitemap, and where it is an index, its parts."""
        root = self._last.get(first)
        waiting, asked, old = deque([Part(first)]), set[str](), set[str]()
        while waiting and len(asked) < self._answers_max and self.new_count < NEW_LINKS_MAX:
            part = waiting.popleft()
            if part.is_old and (self._left_count or self.new_count > self._job.pages_per_run):
                old.add(part.url)
            elif part.url not in asked:
                asked.add(part.url)
                waiting.extend(await self._file(part, kind, search, root))
        if left := {part.url for part in waiting} - asked:
            self._limit(first, f"{len(asked):,} files were read; {len(left):,} more wait for the next run, for example {min(left)}")
        if old and (state := self._ledger.sources.get(first)):
            self._ledger.sources[first] = replace(state, detail=f"{state.detail}, of which {len(old):,} old ones were left to a backfill")

    async def _file(self, part: Part, kind: Kind, search: Search, root: SourceState | None) -> list[Part]:
        state = self._blank(part.url, search.source.kind)
        try:
            response = await self._answer(part.url, self._conditions(part))
            if response is None:
                self.answers_count += 1
                self._note(state, "not_modified", "it answered that nothing changed (304)")
                return []
            found = kind.read(response.body, response.url, search)
            taken = self._take(found, part.url, self._reach(root, self._last.get(part.url)) if search.source.kind == "sitemap" else None)
            parts, of_parts = self._parts(found, part, search, root)
        except (FetchFailed, NotReadable) as failed:
            self._failed(part.url, failed, state)
            return []
        except Exception as error:  # noqa: BLE001 - an answer that breaks our reading is rejected like one that is no list
            self._broke(part.url, error, state)
            return []
        if taken.surplus:
            self._limit(part.url, f"{taken.surplus:,} addresses wait for the next run: one takes in {NEW_LINKS_MAX:,} new ones of an outlet")
            self._note(state, "listed", said(taken), link_count=taken.links, new_count=taken.new)
        else:
            # An index is always asked whole: what it says of its parts saves the other requests.
            validators = {} if found.more else {"etag": header(response, "ETag"), "last_modified": header(response, "Last-Modified")}
            self._note_whole(state, of_parts or said(taken), taken, changed_at=part.changed_at, **validators)
        return parts

    def _conditions(self, part: Part) -> dict[str, str]:
        """The headers that let a server say that nothing changed; none where the list must be read whole."""
        last = self._last.get(part.url)
        if self._job.window or last is None or last.listed_at is None or last.definition_sha256 != self._outlet.definition_sha256:
            return {}
        if not timedelta(0) <= self._now - last.listed_at < part.whole_after:
            return {}
        named = {"If-None-Match": last.etag, "If-Modified-Since": last.last_modified}
        return {name: value for name, value in named.items() if value}

    def _parts(self, found: Found, part: Part, search: Search, root: SourceState | None) -> tuple[list[Part], str]:
        """The parts of an index that are asked, newest first, and what became of all of them, for people."""
        if found.foreign:
            why = f"{len(found.foreign):,} sitemaps lie on hosts that are not the outlet's, for example {found.foreign[0]}"
            self.reject_all(part.url, "off_outlet", why)
        depth = part.depth + (not is_robots_txt(part.url))
        if found.more and depth > DEPTH_MAX:
            self._limit(part.url, f"{len(found.more):,} sitemaps lie more than {DEPTH_MAX} indexes deep")
            return [], "an index within an index within an index"
        if not found.more or search.window:
            return [Part(url, depth) for url in found.more], f"{len(found.more):,} sitemaps" if found.more else ""
        believed = believable(found, self._now, self._reach(root))
        whole_after = WHOLE_AFTER if is_robots_txt(part.url) else PARTS_WHOLE_AFTER
        asked, unchanged, old, is_first = list[Part](), 0, 0, root is None or root.listed_at is None
        for url in found.more:
            changed, last, reach = believed.get(url), self._last.get(url), self._reach(root, self._last.get(url))
            if changed and self._is_unchanged(last, changed, reach):
                unchanged += 1
                why = f"not asked: unchanged since {changed.isoformat()}, as its index says"
                self._note(self._blank(url, search.source.kind), "not_modified", why)
                continue
            is_old = changed is not None and latest(changed, self._outlet.zone) < reach
            if is_old and not is_first:
                old += 1
            else:
                asked.append(Part(url, depth, changed, timedelta(0) if changed else whole_after, is_old))
        asked.sort(key=lambda each: self._last[each.url].listed_at.timestamp() if was_read(self._last.get(each.url)) else 0.0)  # type: ignore[union-attr]
        asked.sort(key=lambda each: each.changed_at.timestamp() if each.changed_at else 0.0, reverse=True)
        asked.sort(key=lambda each: each.is_old)
        named = {"to ask": len(asked), "unchanged": unchanged, "older than what this run looks for: left to a backfill": old}
        return asked, f"{len(found.more):,} sitemaps: " + ", ".join(f"{count:,} {word}" for word, count in named.items() if count)

    def _is_unchanged(self, last: SourceState | None, changed: datetime, reach: datetime) -> bool:
        """Whether a part was read whole after its stated last change. A part that may hold what is new is still read every week."""
        if last is None or last.listed_at is None or last.changed_at is None or last.definition_sha256 != self._outlet.definition_sha256:
            return False
        end = latest(changed, self._outlet.zone)
        is_lately_read = timedelta(0) <= self._now - last.listed_at < PARTS_WHOLE_AFTER
        return changed <= last.changed_at and (end == changed or end <= last.listed_at) and (is_lately_read or end < reach)

    # ------------------------------------------------------------ links

    def take_asked(self, urls: tuple[str, ...]) -> None:
        """Enters addresses that somebody asked for, without looking for others."""
        self._take(Found(tuple(Link(url, "asked") for url in urls)), "asked for", None)

    def _take(self, found: Found, url: str, reach: datetime | None, *, is_of_changes: bool = False) -> Taken:
        """Enters the links of an answer into the ledger. Unknown ones that are dated before `reach` are left to a backfill."""
        taken = Taken(beyond=found.beyond, without_address=found.without_address)
        for link in found.links:
            self._sort(link, reach, taken)
        self._take_old(taken, self._job.pages_per_run if not is_of_changes else 0)
        self.new_count += taken.new
        self._left_count += taken.old
        self.answers_count += 1
        taken.links = len(found.links) - sum(count for count, _ in taken.refused.values())
        for reason, (count, example) in taken.refused.items():
            self.reject_all(url, reason, f"{count:,} addresses {REFUSALS[reason]}, for example {example}")
        if len(taken.claims) * 2 > taken.lookable >= CLAIMS_MIN and not is_of_changes:
            taken.claims.clear()
            taken.lookable = -taken.lookable  # said() tells
        self._claims |= {known: (changed, url) for known, changed in taken.claims.items()}
        self._spider.progress(self._ledger)
        return taken

    def _take_old(self, taken: Taken, pages_max: int) -> None:
        """Enters what is older than the run looks for where all of it fits into `pages_max` pages; else leaves it to a backfill."""
        if self._left_count or self.new_count + taken.new + len(taken.before_reach) > pages_max:
            taken.old = len(taken.before_reach)
        else:
            for given, link in taken.before_reach:
                self._enter(given, link, taken)
        taken.before_reach.clear()

    def _sort(self, link: Link, reach: datetime | None, taken: Taken) -> None:
        """Enters a link, or says why not."""
        given, link = link.url, replace(link, url=canonical_url(link.url, self._outlet))
        window, zone, known = self._job.window, self._outlet.zone, self._spider.known.get(link.url)
        is_unknown = known is None and link.url not in self._ledger.links
        if self._spider.withdrawn.holds(link.url):
            return  # no trace of it is kept, so it is not counted either
        if not self._outlet.serves(link.url):
            taken.refuse("off_outlet", link.url)
        elif why := trap_of(link.url):
            taken.refuse("crawl_trap", f"{link.url[:200]} ({why})")
        elif not self._outlet.matches(link.url):
            taken.refuse("url_pattern", link.url)
        elif window and window.outside(link, zone):
            taken.outside += 1
        elif is_unknown and reach and (day := day_of(link, zone)) and day < reach.astimezone(zone).date():
            taken.before_reach.append((given, link))
        elif is_unknown and self.new_count + taken.new >= NEW_LINKS_MAX:
            taken.surplus += 1
        else:
            self._enter(given, link, taken)

    def _enter(self, given: str, link: Link, taken: Taken) -> None:
        if self._ledger.add(link):
            known = self._spider.known.get(link.url)
            taken.new += known is None or known.is_recovered
            if (spelled := address_to_ask(given, link.url)) != link.url:
                self._ledger.spelled[link.url] = spelled
        self._look_for_claim(link, taken)

    def _look_for_claim(self, link: Link, taken: Taken) -> None:
        """Notes a known article that its source says to have changed after it was last asked for. A change in the future is none."""
        known, changed = self._spider.known.get(link.url), link.modified_at
        if self._job.window or known is None or known.due or known.checked_at is None or changed is None:
            return
        taken.lookable += 1
        if known.checked_at < latest(changed, self._outlet.zone) and changed <= self._now:
            taken.claims[link.url] = changed

    def look_again(self, pages_max: int) -> None:
        """Makes known articles due that changed after the last look, the latest changes first, at most `pages_max`.

        A source whose claims are not all followed is read whole by the next run, which comes back to them.
        """
        newest = sorted(self._claims, key=lambda url: self._claims[url], reverse=True)
        rows = self._job.known_of(self._outlet.outlet_id, only=frozenset(newest[:pages_max])) if newest else {}
        for url, known in rows.items():
            self._spider.known[url] = replace(known, due=True)
        for source in {self._claims[url][1] for url in newest[pages_max:]} & self._ledger.sources.keys():
            self._ledger.sources[source] = replace(self._ledger.sources[source], changed_at=None, etag=None, last_modified=None)

    # ------------------------------------------------------------ what is remembered

    @property
    def _now(self) -> datetime:
        return self._job.clock.now()

    @property
    def _answers_max(self) -> int:
        return ANSWERS_MAX_IN_WINDOW if self._job.window else ANSWERS_MAX

    def _reach(self, *states: SourceState | None) -> datetime:
        """How far back a nightly run looks: a month before the last whole reading of these lists, or before now where there was none."""
        return min((state.listed_at for state in states if state and state.listed_at), default=self._now) - REACH

    def _blank(self, url: str, kind: str) -> SourceState:
        """What was known of a source before this crawl."""
        return self._last.get(url) or SourceState(
            self._outlet.outlet_id, url, kind, "failed", "", self._now, definition_sha256=self._outlet.definition_sha256,
        )

    def _note(self, before: SourceState, state: str, detail: str, **more: Any) -> None:
        """Writes down what a source said; what was known of its last whole reading stays. A window does not see all, and changes nothing."""
        if not self._job.window:
            self._ledger.sources[before.url] = replace(before, state=state, detail=detail, checked_at=self._now, **more)

    def _note_whole(self, before: SourceState, detail: str, taken: Taken, **more: Any) -> None:
        """Writes down that a source gave its whole list."""
        if not self._job.window:
            now = self._now
            self._ledger.sources[before.url] = SourceState(
                before.outlet_id, before.url, before.kind, "listed", detail, now, now, link_count=taken.links, new_count=taken.new,
                definition_sha256=self._outlet.definition_sha256, **more,
            )

    def _failed(self, url: str, failed: FetchFailed | NotReadable, before: SourceState) -> None:
        where = "" if url == before.url else f"{url}: "
        self._note(before, "failed", f"{where}{failed}")
        self._spider.source_failed(url, failed)

    def _broke(self, url: str, error: Exception, before: SourceState) -> None:
        self._note(before, "failed", f"{type(error).__name__}: {error}")
        self._spider.source_broke(url, error)

    def _limit(self, url: str, why: str) -> None:
        """Something is left because one run does only so much: a row that says so."""
        self.reject_all(url, "source_limit", why)

    def reject_all(self, url: str, reason: str, detail: str) -> None:
        """One rejection for all addresses of an answer: a sitemap can hold thousands every night."""
        self._ledger.reject(url, "discover", reason, detail)


def said(taken: Taken) -> str:
    """What became of the links of a source, for people: "41 links, 3 new"."""
    words = {
        "outside the window": taken.outside, "older than what this run looks for: left to a backfill": taken.old,
        "left to the next run": taken.surplus, "beyond what one answer may hold: not read": taken.beyond,
        "entries without an address": taken.without_address, "changed after the last look": len(taken.claims),
        "known, most of which it says to have changed: not believed": -taken.lookable if taken.lookable < 0 else 0,
    }  # fmt: skip
    return ", ".join([f"{taken.links:,} links", f"{taken.new:,} new", *(f"{count:,} {word}" for word, count in words.items() if count)])


def was_read(state: SourceState | None) -> bool:
    return state is not None and state.listed_at is not None


def believable(found: Found, now: datetime, reach: datetime) -> dict[str, datetime]:
    """The stated changes of an index's parts, by address, as far as they can be believed.

    Not those of the future, and none of an index that gives every part the same (the moment at which it was made) or that states no change
    of lately: it does not keep them.
    """
    changed = {url: when for url, when in found.changed.items() if when <= now + timedelta(days=1)}
    if not changed or max(changed.values()) < reach or (len(changed) > 1 and len(set(changed.values())) == 1):
        return {}
    return changed


def header(response: Response, name: str) -> str | None:
    value = response.headers.get(name.encode())
    return value.decode("latin-1") if value else None
