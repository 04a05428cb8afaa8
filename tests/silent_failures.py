"""`python tests/silent_failures.py`: outlets that break without a word after thirty days, and whether each is told of the next morning.

Fourteen outlets on this machine publish for thirty days, three to six articles on a working day, fewer on Sundays, none on three holidays, and a
real nightly run follows each day. None of these nights may raise an alarm. On the thirty-first day two outlets each have their classes renamed,
their text moved into JSON, a consent wall or a login page in front of every page, empty answers with status 200, or a feed that stands still.
Each must raise its alarm in that night's run, and the two that stay as they were must raise none. Besides, thousands of made-up years of quiet
outlets, small and large, with weekends and holidays, go through the rules of volume and silence.

    python tests/silent_failures.py             # thirty-one real runs, five to ten minutes; prints the row
    python tests/silent_failures.py --fast      # five runs and one, as in CI

Everything happens on addresses of 127.0.0.0/8. Exit status 0 only where all six are told of and no quiet night cries.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import math
import random
import sys
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from loopback import pages
from loopback.replies import page
from loopback.server import Exchange, Reply, Site, WorldClock, serving
from loopback.world import Place, Tables, nightly

from crawlers.outlet import Expectation
from flows.alarms import Alarm, silence, volumes
from warehouse.history import History

FIRST_NIGHT = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)  # half past two in Yangon
HOLIDAYS = (13, 14, 15)
DAYS = 30
FAST_NIGHTS = (0, 8, 16, 24, 29)
LISTED = 60
ON_FRONT_PAGE = 12
WRITERS = ("Ma Thida Hlaing", "Ko Zaw Min Oo", "Nang Seng Hom", "Saw Eh Doh")


@dataclass(frozen=True)
class Story:
    """One article of an outlet."""

    path: str
    key: str
    at: datetime

    @property
    def title(self) -> str:
        return pages.headline(self.key)


Template = Callable[[Story, list[Story]], bytes]


@dataclass
class Outlet:
    """An outlet that goes on by itself: what it has published, and how it shows it."""

    place: Place
    template: Template
    breakage: Callable[[Outlet], None] | None
    expected: frozenset[str]  # kinds of alarm of which one must come
    rules: str = ""
    stories: list[Story] = field(default_factory=list)
    listed: list[Story] | None = None  # what the feed goes on to say where it stands still

    def publish(self, day: int, chance: random.Random) -> None:
        """The articles of the 24 hours before a night."""
        night = FIRST_NIGHT + timedelta(days=day)
        count = 0 if day in HOLIDAYS else chance.randint(1, 2) if (night - timedelta(hours=12)).weekday() == 6 else chance.randint(3, 6)
        for number in range(count):
            path = f"/news/{day:02}-{number}-{'-'.join(pages.headline(f'{self.place.name} {day} {number}').lower().split()[:6])}"
            self.stories.insert(0, Story(path, f"{self.place.name} {day} {number}", night - timedelta(hours=18 - 2 * number)))

    def serve(self) -> None:
        """Answers for every address; a page that did not change says so."""
        self.place.site.routes |= {story.path: self.page_of(story) for story in self.stories}
        self.place.site.routes |= {"/feed.xml": self.feed, "/": self.front, "/sitemap.xml": self.sitemap}

    def page_of(self, story: Story) -> Callable[[Exchange], object]:
        async def answer(exchange: Exchange) -> Reply:
            body = self.template(story, self.stories)
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if exchange.asked.headers.get("If-None-Match") == etag:
                return Reply(304, {"ETag": etag})
            return page(body, ETag=etag)

        return answer

    async def feed(self, _: object) -> Reply:
        shown = self.stories if self.listed is None else self.listed
        items = [pages.item(self.place.base + each.path, each.title, format_datetime(each.at)) for each in shown[:LISTED]]
        return Reply(200, {"Content-Type": "application/rss+xml"}, pages.feed(self.place.base, items))

    async def sitemap(self, _: object) -> Reply:
        entries = [(self.place.base + each.path, each.at.isoformat()) for each in self.stories[:LISTED]]
        return Reply(200, {"Content-Type": "application/xml"}, pages.urlset(entries))

    async def front(self, _: object) -> Reply:
        """The newest articles, and an old one that the feed never named, as on every front page."""
        links = [f'<li><a href="{each.path}">{escape(each.title)}</a></li>' for each in self.stories[:ON_FRONT_PAGE]]
        links.append('<li><a href="/news/our-history-since-the-first-press-in-town">Our history since the first press in town</a></li>')
        return page(pages.wall("Front page", f'<a href="/about">About us</a><ul>{"".join(links)}</ul>'))


# ---------------------------------------------------------------- templates


def plain(story: Story, _: list[Story]) -> bytes:
    """A page that says what it is by its elements and machine-readable marks."""
    ld = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title, "datePublished": story.at.isoformat(),
          "author": {"@type": "Person", "name": WRITERS[len(story.key) % 4]}}
    return pages.article(story.key, title=story.title, iso_day=story.at.isoformat(),
                         in_head=f'<script type="application/ld+json">{json.dumps(ld)}</script>').encode()


def classed(names: dict[str, str]) -> Template:
    """A page of an old system: what a part is stands in its class only, and beside the text lies other news."""

    def template(story: Story, all_stories: list[Story]) -> bytes:
        texts = "".join(f"<div class='{names['text']}'>{escape(text)}</div>" for text in pages.paragraphs(story.key))
        others = "".join(f"<div class='{names['teaser']}'><a href='{each.path}'>{escape(each.title)}</a></div>" for each in all_stories[:5])
        return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(story.title)} | {story.key.split()[0]}</title></head>
<body><div class="top"><a href="/">Front page</a></div><div class="{names['story']}"><div class="{names['title']}">{escape(story.title)}</div>
<div class="{names['writer']}">{WRITERS[len(story.key) % 4]}</div><div class="{names['day']}">{story.at:%d %B %Y}</div>
{texts}</div><div class="side">{others}</div><div class="foot">Invented pages for tests.</div></body></html>""".encode()

    return template


OLD_NAMES = {"story": "story", "title": "story-title", "writer": "writer", "day": "story-day", "text": "story-line", "teaser": "other"}
NEW_NAMES = dict(zip(OLD_NAMES, ("c-1x", "c-9q", "c-4z", "c-0a", "c-7m", "c-3k"), strict=True))
RULES = '\n[[fields]]\nheadline = ".story-title"\nbyline = ".writer"\ndate_published = ".story-day"\n'


# ---------------------------------------------------------------- breakages


def rename_classes(outlet: Outlet) -> None:
    outlet.template = classed(NEW_NAMES)


def strip_marks(outlet: Outlet) -> None:
    """The plain page loses what named its parts: a new system that puts class names of its own on plain elements."""

    def bare(story: Story, others: list[Story]) -> bytes:
        names = dict(zip(OLD_NAMES, ("css-a", "css-b", "css-c", "css-d", "css-e", "css-f"), strict=True))
        return classed(names)(story, others).replace(WRITERS[len(story.key) % 4].encode(), b"")

    outlet.template = bare


def move_to_json(outlet: Outlet) -> None:
    def shell(story: Story, _: list[Story]) -> bytes:
        state = json.dumps({"props": {"page": {"title": story.title, "blocks": [{"kind": "p", "text": text} for text in pages.paragraphs(story.key)]}}})
        inside = f'<div id="app"></div><script id="state" type="application/json">{state.replace("<", "&lt;")}</script><script src="/app.js"></script>'
        return pages.wall(story.title, inside)

    outlet.template = shell


def put(body: bytes) -> Callable[[Outlet], None]:
    """The same page at every address of an article."""

    def change(outlet: Outlet) -> None:
        outlet.template = lambda story, others: body

    return change


CONSENT = pages.wall("Before you continue", """<h1>Before you continue</h1><p>We and our 814 partners use cookies to store information on your device.</p>
<p>You can change your choices at any time.</p><button>Accept all</button><button>Reject all</button><button>Manage options</button>""")
LONG_CONSENT = pages.wall("Your privacy", "<main><h1>Your privacy</h1>" + "".join(f"<p>{text}</p>" for text in (
    "This site and the companies that it works with keep and read information on your device, such as unique numbers, so that they can choose what "
    "you are shown, count how often it was seen, and learn who reads what.",
    "Some of these companies do so because you allow it, others because they hold that they may. You can look at each of them, and object, on the "
    "page that lies behind the second of the words below. What you choose holds for this site only, and for thirteen months.",
    "If you are younger than sixteen years, ask whoever looks after you before you go on. We write down that you chose, when, and from where, as the "
    "law asks us to do, and for nothing else.",
    "The precise place where you are may be used, and your device may be told from others by what it sends of itself. More about that, and about how "
    "long each company keeps what it learns, stands in the list of companies, which is brought up to date every week.",
)) + "<a href='/ok'>Go on</a> <a href='/list'>Show the companies</a></main>")
LOGIN = pages.wall("Log in", """<h1>Log in</h1><form action="/login" method="post"><input name="email"><input type="password" name="password">
<button>Log in</button></form><p>No account yet? <a href="/register">Register</a></p>""")
MEMBERS = pages.wall("Members", "<main><h1>Welcome back, reader</h1>" + "".join(f"<p>{text}</p>" for text in (
    "From this week our reports are written for those who carry them. Members read everything, at home and on the road, and their names stand in the "
    "yearbook that we print each December in the old town.",
    "If you are a member already, the word that you chose when you joined opens the door; whoever has lost it gets a new one by letter within three "
    "working days, or at our counter between nine and four.",
    "Joining costs what two cups of tea cost in a month, and half of that for pupils, teachers and everyone who lives in a camp. Bring a friend and "
    "both of you read two months for nothing.",
)) + "<a href='/join'>Join</a></main>")


def freeze_feed(outlet: Outlet) -> None:
    outlet.listed = list(outlet.stories)


READ = frozenset({"unread"})
WALL = frozenset({"unread", "sameness"})
LAYOUT = frozenset({"fill_rate", "sameness", "unread"})
STILL = frozenset({"frozen"})
Part = tuple[str, str, Template, str, "Callable[[Outlet], None] | None", frozenset[str]]
OUTLETS: tuple[Part, ...] = (
    ("renamed classes", "classes_rules", classed(OLD_NAMES), RULES, rename_classes, LAYOUT),
    ("renamed classes", "classes_marks", plain, "", strip_marks, LAYOUT),
    ("body moved to JSON", "json_rules", classed(OLD_NAMES), RULES, move_to_json, READ),
    ("body moved to JSON", "json_plain", plain, "", move_to_json, READ),
    ("consent wall", "consent_short", plain, "", put(CONSENT), WALL),
    ("consent wall", "consent_long", classed(OLD_NAMES), RULES, put(LONG_CONSENT), WALL),
    ("login page", "login_form", plain, "", put(LOGIN), WALL),
    ("login page", "login_words", plain, "", put(MEMBERS), WALL),
    ("empty 200", "empty_body", plain, "", put(b""), READ),
    ("empty 200", "empty_shell", plain, "", put(b"<!DOCTYPE html><html><head></head><body></body></html>"), READ),
    ("frozen feed", "frozen_alone", plain, "", freeze_feed, STILL),
    ("frozen feed", "frozen_sitemap", classed(OLD_NAMES), RULES, freeze_feed, STILL),
    ("nothing", "quiet_plain", plain, "", None, frozenset()),
    ("nothing", "quiet_rules", classed(OLD_NAMES), RULES, None, frozenset()),
)


# ---------------------------------------------------------------- the nights


@dataclass
class Verdict:
    """What the nights raised: alarms of quiet nights as (day, outlet, kind), and of the last one by outlet."""

    quiet: list[tuple[int, str, str]]
    last: dict[str, list[tuple[str, str, str]]]
    statuses: list[int]
    runs: int
    articles: int


def build(clock: WorldClock) -> list[Outlet]:
    outlets = []
    for number, (_, name, template, rules, breakage, expected) in enumerate(OUTLETS):
        place = Place(Site(name, f"127.0.3.{number + 1}", clock=clock, answer_after_s=0.0))
        if name == "frozen_sitemap":
            place.discover.append(("sitemap", "/sitemap.xml"))
        outlets.append(Outlet(place, template, breakage, expected, rules))
    return outlets


def run(folder: Path, nights: Iterable[int], say: Callable[[str], None] = lambda _: None) -> Verdict:
    """Every night of `nights` (days from the first one), then the one on which outlets break."""
    clock, chance, verdict = WorldClock(), random.Random(8), Verdict([], {}, [], 0, 0)
    outlets = build(clock)
    (folder / "outlets").mkdir()
    with serving([outlet.place.site for outlet in outlets]):
        for outlet in outlets:
            (folder / "outlets" / f"{outlet.place.name}.toml").write_text(outlet.place.definition() + outlet.rules)
        asked = set(nights)
        for day in range(DAYS + 1):
            if day == DAYS:
                for outlet in outlets:
                    if outlet.breakage:
                        outlet.breakage(outlet)
            for outlet in outlets:
                outlet.publish(day, chance)
                outlet.serve()
            if day in asked or day == DAYS:
                take_night(folder, day, clock, verdict, say)
    return verdict


def take_night(folder: Path, day: int, clock: WorldClock, verdict: Verdict, say: Callable[[str], None]) -> None:
    now = FIRST_NIGHT + timedelta(days=day)
    clock.begin(f"night {day}", now)
    ran = nightly(folder, now, NIGHTDESK_RECHECK_DAYS="2", NIGHTDESK_WORKERS="2")
    tables = Tables(folder / "data" / "news.duckdb")
    found = tables.rows("select outlet_id, name, observed, detail from checks where run_id = ? and name like 'alarm%'", ran.said["run_id"])
    verdict.statuses.append(ran.status)
    verdict.runs += 1
    verdict.articles = tables.rows("select count(*) from articles")[0][0]
    if day < DAYS:
        verdict.quiet += [(day, outlet_id, name) for outlet_id, name, _, _ in found]
    for outlet_id, name, observed, detail in found if day == DAYS else ():
        verdict.last.setdefault(outlet_id, []).append((name.removeprefix("alarm_"), observed, detail))
    say(f"night {day}: {len(found)} alarms, {ran.seconds:.1f} s")


# ---------------------------------------------------------------- made-up years


def quiet_years(years: int, seed: int = 1) -> tuple[int, int]:
    """(nights, alarms) of volume and silence over made-up quiet outlets of one article in three days to ninety a day."""
    chance, nights, alarms = random.Random(seed), 0, list[Alarm]()
    for _ in range(years):
        rate, weekend = chance.choice((0.35, 1, 2, 5, 12, 30, 90)), chance.choice((1.0, 0.5, 0.2))
        # Six times three holidays, some of them beside a weekend, and no two within a week.
        holidays = {first + more for first in (start + chance.randrange(50) for start in range(0, 360, 60)) for more in range(3)}
        counts = [0 if day in holidays else poisson(chance, rate * (weekend if day % 7 >= 5 else 1)) for day in range(365)]
        moments = [day + chance.random() for day, count in enumerate(counts) for _ in range(count)]
        for night in range(40, 365):
            nights += 1
            alarms += judged(counts, sorted(moments), night)
    return nights, len(alarms)


def poisson(chance: random.Random, rate: float) -> int:
    limit, product, count = math.exp(-rate), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def judged(counts: list[int], moments: list[float], night: int) -> list[Alarm]:
    """What the rules of volume and silence say of one outlet at midnight of a day."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    now = start + timedelta(days=night)
    known = moments[bisect_right(moments, night - 60):bisect_left(moments, night)]
    hours = sorted((later - earlier) * 24 for earlier, later in itertools.pairwise(known))
    row = {"outlet_id": "a", "country": "MM", "alert": None, "first_run_at": now - timedelta(days=30), "new": counts[night - 1],
           "newest_at": start + timedelta(days=known[-1]) if known else None}
    rows = [{"outlet_id": "a", "age_days": age, "articles": counts[night - 1 - age]} for age in range(30)]
    gaps = [{"outlet_id": "a", "gaps": len(hours), "p95_hours": hours[int(0.95 * (len(hours) - 1))] if hours else 0.0}]
    history = History(now, [row], rows, gaps, [], [], [], [], [])
    return [*volumes(history, {"a": Expectation()}), *silence([row], gaps, now)]


# ---------------------------------------------------------------- the table


def told(verdict: Verdict) -> dict[str, list[str]]:
    """For each breakage, what is wrong with how it was told of; an empty list is right."""
    faults: dict[str, list[str]] = {}
    for breakage, name, _, _, _, expected in OUTLETS:
        kinds = {kind for kind, _, _ in verdict.last.get(name, ())}
        fault = [f"{name}: {', '.join(sorted(kinds)) or 'no alarm'}"] if (expected and not kinds & expected) or (not expected and kinds) else []
        faults.setdefault(breakage, []).extend(fault)
    return faults


def table(verdict: Verdict) -> str:
    faults = told(verdict)
    lines = []
    for breakage, name, *_ in OUTLETS:
        kinds = "; ".join(f"{kind}: {observed}" for kind, observed, _ in verdict.last.get(name, ())) or "no alarm"
        lines.append(f"{'✗' if any(each.startswith(name) for each in faults[breakage]) else '✓'} {breakage:<19} {name:<15} {kinds}")
    right = sum(not found for breakage, found in faults.items() if breakage != "nothing")
    lines += [f"quiet night {day}: {outlet_id} raised {name}" for day, outlet_id, name in verdict.quiet]
    lines.append(f"silent failures: {right} of 6 told of within one run; {len(verdict.quiet)} alarms in {verdict.runs - 1} quiet nights of "
                 f"{len(OUTLETS)} outlets with three holidays; {verdict.articles} articles")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="five nights of history instead of thirty")
    parser.add_argument("--years", type=int, default=1000, help="made-up years for the rules of volume and silence")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdict = run(Path(folder), FAST_NIGHTS if given.fast else range(DAYS), lambda line: print(line, file=sys.stderr))
    print(table(verdict))
    nights, cried = quiet_years(given.years)
    print(f"made-up quiet years: {cried} alarms in {nights} nights")
    is_quiet = not verdict.quiet and cried * 1000 <= nights  # the rules themselves accept what happens by chance once in thousands of nights
    is_right = is_quiet and not any(told(verdict).values()) and verdict.statuses[-1] == 1 and not any(verdict.statuses[:-1])
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
