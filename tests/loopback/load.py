"""The planted mixture of the load test: many outlets with many articles, most of them sound, some of them everything that goes wrong at once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from loopback import pages, replies
from loopback.replies import busy, page, to
from loopback.server import HTML, Exchange, Reply, Route, Site
from loopback.world import Place

# Of 10,000 articles; a smaller load gets its share, at least one of each.
COPIES, NEAR_COPIES, UPDATES, UNCHANGED, ZAWGYI = 500, 500, 300, 300, 100  # are articles
SOFT_404, HALF_GZIP, BOMBS, NESTED, ATTRIBUTES, LOOPS = 200, 100, 50, 45, 5, 20  # are none
# Of 50 outlets.
BUSY, ROBOTS_503, DEAD, CALENDARS = 5, 3, 2, 1
BOMB_BYTES = 64 << 20
CALENDAR_LINKS = 20  # on each page of an endless calendar
LOOP_PATHS = 2  # requests that one redirect loop costs
HALF_TRIES = 2  # a cut answer is asked once more
LEVELS = 3000  # elements inside each other; the parser stops at 2,048
ATTRIBUTE_COUNT = 50_000  # of one element: 440 kB that cost a reader 18 CPU seconds
PAGE_CPU_S = 3  # what the runs allow a page


@dataclass(frozen=True)
class Slot:
    """One address of an outlet: what it is, and for a copy the number of the article that it repeats."""

    number: int
    kind: str
    of: int | None = None

    @property
    def path(self) -> str:
        return f"/news/{self.number}"


@dataclass
class Plan:
    """Who serves what, and what must come of it."""

    articles: int
    sound: list[Place] = field(default_factory=list)
    busy: list[Place] = field(default_factory=list)
    robots_503: list[Place] = field(default_factory=list)
    dead: list[Place] = field(default_factory=list)
    calendars: list[Place] = field(default_factory=list)
    slots: dict[str, list[Slot]] = field(default_factory=dict)  # by outlet
    kinds: Counter[str] = field(default_factory=Counter)
    pages_per_run: int = 500
    is_second: bool = False

    @property
    def places(self) -> list[Place]:
        return [*self.sound, *self.busy, *self.robots_503, *self.dead, *self.calendars]

    def truth(self) -> set[tuple[str, str]]:
        """(outlet, path) of every article that must be loaded, beside those of the calendar."""
        return {(name, slot.path) for name, slots in self.slots.items() for slot in slots if slot.kind in ARTICLE_KINDS}

    def rejections(self) -> Counter[tuple[str, str]]:
        """(stage, reason) of everything planted that is no article; the same in each run, as each is asked again."""
        return +Counter({
            ("extract", "soft_404"): 0 if self.is_second else self.kinds["soft_404"], ("fetch", "truncated"): self.kinds["half_gzip"],
            ("fetch", "too_large"): self.kinds["bomb"], ("extract", "extract_too_deep"): 0 if self.is_second else self.kinds["nested"],
            ("extract", "too_short"): 0 if self.is_second else self.kinds["attributes"],
            ("fetch", "redirect_loop"): self.kinds["loop"], ("fetch", "http_429"): 0 if self.is_second else len(self.busy),
            ("discover", "source_failed"): len(self.robots_503) + len(self.dead),
        })

    def calendar_articles(self) -> int:
        """What an endless calendar gives by now: on the first night as much as a run may ask, on the second what was listed and waits."""
        listed = (self.pages_per_run // CALENDAR_LINKS + 1) * CALENDAR_LINKS
        return len(self.calendars) * (listed if self.is_second else self.pages_per_run)

    def second_requests(self) -> int:
        """What the second night may ask of the sound outlets: robots.txt and feed, what is due, and what failed."""
        due = self.kinds["update"] + self.kinds["unchanged"]
        failed = self.kinds["half_gzip"] * HALF_TRIES + self.kinds["bomb"] + self.kinds["loop"] * LOOP_PATHS
        return 2 * len(self.sound) + due + failed


ARTICLE_KINDS = frozenset(("plain", "copy", "near", "update", "unchanged", "zawgyi"))


def share(of_ten_thousand: int, articles: int) -> int:
    return max(1, of_ten_thousand * articles // 10_000)


def outlets_share(of_fifty: int, outlets: int) -> int:
    return max(1, of_fifty * outlets // 50)


def kinds_of(articles: int) -> list[str]:
    """The kind of every address, in an order that mixes them."""
    special = {"copy": COPIES, "near": NEAR_COPIES, "update": UPDATES, "unchanged": UNCHANGED, "zawgyi": ZAWGYI}
    faults = {"soft_404": SOFT_404, "half_gzip": HALF_GZIP, "bomb": BOMBS, "nested": NESTED, "attributes": ATTRIBUTES, "loop": LOOPS}
    kinds = [kind for kind, count in special.items() for _ in range(share(count, articles))]
    kinds += ["plain"] * (articles - len(kinds))
    kinds += [kind for kind, count in faults.items() for _ in range(share(count, articles))]
    random.Random(articles).shuffle(kinds)
    return kinds


def slots_of(articles: int) -> list[Slot]:
    kinds = kinds_of(articles)
    originals = iter([number for number, kind in enumerate(kinds) if kind == "plain"])
    return [Slot(number, kind, next(originals) if kind in ("copy", "near") else None) for number, kind in enumerate(kinds)]


def plan_of(articles: int, sites: list[Site]) -> Plan:
    """The mixture over these servers."""
    outlets, rest = len(sites), iter(sites)
    plan = Plan(articles)
    for places, of_fifty in ((plan.busy, BUSY), (plan.robots_503, ROBOTS_503), (plan.dead, DEAD), (plan.calendars, CALENDARS)):
        places += [Place(next(rest)) for _ in range(outlets_share(of_fifty, outlets))]
    plan.sound = [Place(site) for site in rest]
    slots = slots_of(articles)
    plan.kinds = Counter(slot.kind for slot in slots)
    for position, place in enumerate(plan.sound):
        # Copies stand at other outlets than their originals: the numbers go round.
        plan.slots[place.name] = [slot for slot in slots if slot.number % len(plan.sound) == position]
    plan.pages_per_run = max(len(own) for own in plan.slots.values()) + 10
    furnish(plan)
    return plan


def furnish(plan: Plan) -> None:
    """Gives every outlet its routes and its feed."""
    for place in plan.sound:
        serve_slots(plan, place, plan.slots[place.name])
    for place in plan.busy:
        for name in ("a", "b", "c", "d"):
            place.bad(name, busy(429, pause_s=90_000))
    for place in plan.robots_503:
        place.good("a", "b")
        place.robots = Reply(503)
    for place in plan.dead:
        place.good("a", "b")
        place.site.listens = False
    for place in plan.calendars:
        serve_calendar(place)


def serve_slots(plan: Plan, place: Place, slots: list[Slot]) -> None:
    by_path = {slot.path: slot for slot in slots}
    for slot in slots:
        day = pages.DAY if slot.kind in ("update", "unchanged") else pages.OLD_DAY
        place.lists(slot.path, day, title=pages.headline(f"load {slot.number if slot.of is None else slot.of}"))

    async def answer(exchange: Exchange) -> Reply | None:
        path = exchange.asked.path
        slot, is_back = by_path.get(path.removeprefix("/loop")), path.startswith("/loop")
        route: Route = Reply(404) if slot is None else answer_of(slot, exchange.asked.headers, is_second=plan.is_second, is_back=is_back)
        return route if isinstance(route, Reply) else await route(exchange)

    place.site.otherwise = answer


BOMB = replies.gzip_bomb(BOMB_BYTES)
ATTRIBUTES_PAGE = page(pages.wall("T", f"<div {' '.join(f'a{n}={n}' for n in range(ATTRIBUTE_COUNT))}><p>The ferry sails again.</p></div>"))


def answer_of(slot: Slot, headers: dict[str, str], *, is_second: bool, is_back: bool) -> Route:
    """What an address answers, made when it is asked: ten thousand pages are not held in memory. `is_back`: the other end of a loop."""
    text = pages.paragraphs(f"load {slot.number if slot.of is None else slot.of}")
    title = pages.headline(f"load {slot.number if slot.of is None else slot.of}")
    day = pages.ISO_DAY if slot.kind in ("update", "unchanged") else pages.OLD_ISO_DAY
    match slot.kind:
        case "near":
            text = [*text[:-1], pages.paragraphs(f"near {slot.number}", 1)[0]]
        case "update" if is_second:
            text = [*text, *pages.paragraphs(f"update {slot.number}", 1)]
        case "unchanged" if headers.get("If-None-Match") == f'"{slot.number}"':
            return Reply(304)
        case "zawgyi":
            text = [pages.zawgyi(paragraph) for paragraph in pages.burmese_paragraphs(f"load {slot.number}")]
            title = pages.zawgyi(pages.burmese_paragraphs(f"title {slot.number}", 1)[0][:60])
        case "soft_404":
            return page(pages.wall("Page not found", f"<main><h1>Page not found</h1><p>There is nothing at {slot.path}.</p></main>"))
        case "bomb":
            return BOMB
        case "loop":
            return to(slot.path if is_back else f"/loop{slot.path}")
        case "nested":
            return page(pages.wall(title, "<article>" * LEVELS + f"<p>{text[0]}</p>" + "</article>" * LEVELS))
        case "attributes":
            return ATTRIBUTES_PAGE
    body = pages.article("", title=title, texts=text, iso_day=day).encode()
    if slot.kind == "half_gzip":
        return replies.half_gzip(body)
    return Reply(200, {"Content-Type": HTML} | ({"ETag": f'"{slot.number}"'} if slot.kind == "unchanged" else {}), body)


def serve_calendar(place: Place) -> None:
    """An endless list of endless articles."""
    place.discover = [("listing", "/calendar?page={page}")]
    place.top = "[article]\nurl_pattern = '^/day/[0-9]+$'\n"

    async def answer(exchange: Exchange) -> Reply:
        path = exchange.asked.path
        if path.startswith("/calendar"):
            number = int(path.rpartition("=")[2])
            return page(pages.listing([f"/day/{day}" for day in range((number - 1) * CALENDAR_LINKS, number * CALENDAR_LINKS)]))
        return page(pages.article(f"calendar {path}", iso_day=pages.OLD_ISO_DAY).encode())

    place.site.otherwise = answer
