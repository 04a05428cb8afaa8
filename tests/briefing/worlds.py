"""Published files with invented days for the morning page: ordinary, empty, all failed, large, and full of what breaks pages."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from flows.steps.entities import known_entities
from warehouse.db import open_work
from warehouse.event_folds import fold_events, note
from warehouse.load import insert, write_entities
from warehouse.publish import publish, refresh_views
from warehouse.settings import Settings

DAY = date(2026, 3, 3)
NIGHT = datetime(2026, 3, 3, 19, tzinfo=UTC)  # half past one in Asia/Yangon: the night of DAY
HOSTILE_FILE = Path(os.environ.get("NIGHTDESK_HOSTILE_STRINGS", Path(__file__).parents[3] / "shared" / "data" / "hostile" / "naughty_strings.json"))

# Each would set window.hit, open a dialog or send a request where a browser took it for markup, an address, a style or a script.
PAYLOADS = (
    "<script>window.hit=1</script>", "</script><script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "<svg onload=window.hit=1>",
    "\"><svg/onload=window.hit=1>", "' autofocus onfocus=window.hit=1 x='", "\" autofocus onfocus=window.hit=1 x=\"", "</title><script>alert(1)</script>",
    "</style><script>window.hit=1</script>", "</details></section></main><iframe src=http://evil.example/></iframe>", "<!--<script>window.hit=1</script>-->",
    "--><script>window.hit=1</script><!--", "]]><script>window.hit=1</script>", "<math><mi xlink:href=javascript:window.hit=1>x</mi></math>",
    "<a href=javascript:window.hit=1>x</a>", "javascript:window.hit=1", "data:text/html,<script>window.hit=1</script>", "<base href=http://evil.example/>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>", "<link rel=stylesheet href=http://evil.example/x.css>", "<style>@import 'http://evil.example/x.css'</style>",
    "<form action=http://evil.example/><input autofocus onfocus=window.hit=1>", "<template><img src=http://evil.example/x></template>", "{{ 7 * 7 }}{% raw %}", "${window.hit=1}",
    "<object data=http://evil.example/x>", "<input onfocus=alert(1) autofocus>", "<video><source onerror=window.hit=1></video>", "<details open ontoggle=window.hit=1>",
    "\u202etxet desrever\u202c", "\u2066isolated\u2069\u200f", "a\u0000b\u0007c\u001b[31md\u009be", "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c",
    "[x](javascript:window.hit=1)", "![x](http://evil.example/x.png)", "`code` **bold** | cell |", "\ufeff\u200b\u2028\u2029", "W" * 5000, "ကျော်စွာ" * 400,
)  # fmt: skip
ADDRESSES = (
    "javascript:window.hit=1", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,<script>window.hit=1</script>", "vbscript:x", "file:///etc/passwd",
    "http://good.example/\"onmouseover=window.hit=1 x=\"", "http://good.example/'><script>window.hit=1</script>", "https://user:secret@evil.example/", "//evil.example/x",
    "http://\u202eelpmaxe.doog/", "http:\\\\evil.example\\x", "http://good.example/" + "a" * 4000, "", "http://[::1", "ftp://good.example/x", "blob:http://good.example/1",
)  # fmt: skip


@dataclass
class World:
    """A database that is filled by hand and then published as a run would."""

    folder: Path
    connection: duckdb.DuckDBPyConnection = field(init=False)
    number: int = 0
    rows: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder)
        self.connection = open_work(self.settings)
        refresh_views(self.connection)
        write_entities(self.connection, known_entities())

    def outlet(self, outlet_id: str, name: str | None = None, **columns: Any) -> str:
        self.row("outlets", outlet_id=outlet_id, name=name or outlet_id.replace("_", " ").title(), homepage=f"https://{outlet_id}.example/", country="MM",
                 language="en", time_zone="Asia/Yangon", hosts=[], enabled=True, definition_sha256="x", **columns)
        return outlet_id

    def article(self, outlet_id: str, headline: str | None, *, day: date | None = DAY, body: str = "Something happened.", **columns: Any) -> str:
        self.number += 1
        article_id = columns.pop("article_id", f"{self.number:016x}")
        seen = datetime.combine(day or DAY, time(19), UTC)
        row = {
            "article_id": article_id, "outlet_id": outlet_id, "url": f"https://{outlet_id}.example/{article_id}", "aliases": [], "headline": headline, "body": body,
            "language": "en", "encoding": "unicode", "kind": "news", "published_on": day, "date_published": day and datetime.combine(day, time(4), UTC),
            "date_published_precision": "minute", "is_truncated": False, "word_count": 3, "version": 1, "first_seen_at": seen, "last_seen_at": seen,
            "body_sha256": "x", "is_original": True, "extractor": "x", "run_id": "r",
            "copy_id": None, "gone_at": None, "description": None,
        }
        self.row("articles", **(row | columns))
        return article_id

    def event(self, article_id: str, **columns: Any) -> None:
        self.number += 1
        row = {
            "event_id": f"{article_id}-{self.number:08x}", "event_date": DAY - timedelta(days=1), "date_precision": "day", "event_type": "Explosions/Remote violence",
            "sub_event_type": "Air/drone strike", "actor1": "MM-MIL", "actor2": "Civilians", "admin1": "Rakhine", "location": "Rathedaung", "pcode": "MMR012008",
            "alleged": False, "start_char": 0, "end_char": 19, "confidence": 0.9,
        }
        self.row("events", article_id=article_id, **(row | columns))

    def figure(self, article_id: str, **columns: Any) -> None:
        row = {"start_char": 0, "end_char": 9, "text": "Something", "role": "killed", "low": 2, "best": 2, "high": 2, "qualifier": "exact", "scope": "event"}
        self.row("figures", article_id=article_id, **(row | columns))

    def version(self, article_id: str, number: int, seen_at: datetime, headline: str, body: str, changes: list[str]) -> None:
        self.row("article_versions", article_id=article_id, version=number, seen_at=seen_at, headline=headline, body=body, body_sha256="x", changes=changes)

    def run(self, run_id: str = "run", started_at: datetime = NIGHT, *, kind: str = "nightly", state: str = "completed", outlets: dict[str, dict] | None = None) -> str:
        self.row("runs", run_id=run_id, kind=kind, started_at=started_at, ended_at=started_at + timedelta(minutes=9), state=state, parameters="{}", nightdesk_version="x")
        zeros = dict.fromkeys(("discovered", "skipped_known", "fetched", "not_modified", "failed", "extracted", "rejected", "new", "updated", "unchanged", "copies"), 0)
        for outlet_id, counts in (outlets or {}).items():
            self.row("run_outlets", run_id=run_id, outlet_id=outlet_id, **(zeros | counts))
        return run_id

    def row(self, table: str, **columns: Any) -> None:
        self.rows.setdefault((table, tuple(columns)), []).append(columns)

    def copies(self, first: str, *others: str) -> None:
        """Makes the articles one group of copies."""
        for row in self.rows_of("articles"):
            if row["article_id"] in (first, *others):
                row |= {"copy_id": first, "is_original": row["article_id"] == first}
        for article_id in others:
            self.row("copies", copy_id=first, article_id=article_id, relation="exact", containment=1.0, other_article_id=first)

    def rows_of(self, table: str) -> list[dict[str, Any]]:
        return [row for (name, _), rows in self.rows.items() if name == table for row in rows]

    def done(self) -> Path:
        """Writes the rows, folds the events and publishes; gives the folder of the data."""
        for (table, _), rows in self.rows.items():
            insert(self.connection, table, rows)
        note(self.connection, "articles")
        fold_events(self.connection)
        publish(self.connection, self.settings)
        return self.folder


def hostile_strings() -> list[str]:
    """The strings that lie beside the project, where they do, and our own; without what no database can hold."""
    lying = json.loads(HOSTILE_FILE.read_text(encoding="utf-8")) if HOSTILE_FILE.is_file() else []
    return [text.encode("utf-8", "replace").decode() for text in (*PAYLOADS, *lying)]


def empty(folder: Path) -> Path:
    """A file that a first run of one outlet published, and nothing came."""
    world = World(folder)
    world.outlet("quiet_post")
    world.run(outlets={"quiet_post": {"discovered": 0}})
    return world.done()


def all_failed(folder: Path) -> Path:
    """News of the days before, and a night in which no outlet let us in."""
    world = World(folder)
    names = [world.outlet(f"outlet_{number}") for number in range(4)]
    for back in range(1, 6):
        world.run(f"run-{back}", NIGHT - timedelta(days=back), outlets={name: {"discovered": 2, "fetched": 2, "extracted": 2, "new": 2} for name in names})
        for name in names:
            world.article(name, f"News of {back} days ago", day=DAY - timedelta(days=back))
    alerts = ("blocked", "robots_unreachable", "no_source_answered", "unavailable")
    world.run(state="incomplete", outlets={name: {"alert": alert, "failed": 3, "discovered": 3} for name, alert in zip(names, alerts, strict=True)})
    for name in names:
        world.row("rejections", run_id="run", outlet_id=name, url=f"https://{name}.example/feed", stage="discover", reason="source_failed", detail="503")
    world.row("checks", run_id="run", name="alarm_silence", outlet_id="outlet_2", level="warning", observed="0 articles", expected="about 8", detail="Look at its feed.")
    return world.done()


def hostile(folder: Path) -> Path:
    """A day on which every text of every outlet is a string that breaks pages."""
    strings = hostile_strings()
    world = World(folder)
    outlets = [world.outlet(f"outlet_{number}", text[:300] or "Empty") for number, text in enumerate(PAYLOADS)]
    # A zone, id or language that a database can hold and a page must survive.
    world.rows_of("outlets")[0]["time_zone"] = "No/Where"
    world.run(outlets={outlet: {"discovered": 1, "fetched": 1, "extracted": 1} for outlet in outlets})
    languages = ("en", "my", "\"><script>window.hit=1</script>", "und", "x" * 50)
    for number, text in enumerate(strings):
        outlet, body = outlets[number % len(outlets)], f"{text} Something happened. {text}"
        article = world.article(outlet, text, body=body, description=text, url=ADDRESSES[number % len(ADDRESSES)], language=languages[number % len(languages)],
                                kind="news", gone_at=NIGHT if number % 5 == 0 else None)
        world.row("images", article_id=article, position=0, url=ADDRESSES[number % len(ADDRESSES)], caption=text, credit=text)
        start = len(text) + 1
        world.figure(article, start_char=start, end_char=start + 9, who=text[:200], party=text[:50])
        world.event(article, location=text[:200], actor1=text[:80], actor2=text[:80], sub_event_type=text[:60] or "x", event_type=text[:60] or "x",
                    admin1=text[:60], pcode=None, start_char=0, end_char=len(body), fatalities=number % 3)
        if number % 12 == 0:
            world.version(article, 1, NIGHT - timedelta(days=1), "before", "Before.", [])
            world.version(article, 2, NIGHT, text, body, ["headline", text[:60]])
        world.row("checks", run_id="run", name=f"alarm_{text[:60]}", outlet_id=outlet, level="warning", observed=text, expected=text, detail=text)
        world.row("rejections", run_id="run", outlet_id=outlet, url="x", stage="fetch", reason=text[:60], detail=text)
    ids = [row["article_id"] for row in world.rows_of("articles")]
    for number in range(0, len(ids) - 1, 40):
        world.copies(ids[number], ids[number + 1])
    return world.done()


def busy(folder: Path, articles: int = 60) -> Path:
    """An ordinary day with two weeks behind it: copies, a translation, events in many townships, changes, a blind outlet, an undated article."""
    world = World(folder)
    names = [world.outlet(f"outlet_{number}", f"Outlet {number}") for number in range(8)]
    states = {"MMR001": "Kachin", "MMR003": "Kayin", "MMR004": "Chin", "MMR005": "Sagaing", "MMR009": "Magway", "MMR012": "Rakhine", "MMR017": "Ayeyarwady"}
    townships = [f"{state}{number:03}" for state in states for number in (1, 2, 3, 4)]
    for back in range(14, -1, -1):
        day = DAY - timedelta(days=back)
        for number in range(articles if back == 0 else 12):
            article = world.article(names[number % 7], f"Story {number} of {day}", day=day, body="Two people were killed in the village. A third was injured there.")
            if number % 3 == 0:
                pcode = townships[(number + back) % len(townships)]
                world.event(article, pcode=pcode, fatalities=number % 4, event_date=day, admin1=states[pcode[:6]], end_char=38,
                            sub_event_type=("Armed clash", "Air/drone strike", "Attack")[number % 3])
                world.figure(article, end_char=21, text="Two people were killed", who="people")
        alerts = {names[7]: {"alert": "blocked"}} if back < 4 else {}
        world.run(f"run-{back}", NIGHT - timedelta(days=back), outlets={name: {"discovered": 2, "fetched": 2, "extracted": 2} for name in names} | alerts,
                  state="incomplete" if alerts else "completed")
    *_, first, second = (row["article_id"] for row in world.rows_of("articles"))
    world.copies(first, second)
    world.version(first, 1, NIGHT - timedelta(days=1), "Two killed", "Two people were killed.", [])
    world.version(first, 2, NIGHT, "Three killed", "Three people were killed.", ["headline", "body", "figure"])
    world.article(names[0], "No date", day=None)
    world.article(names[1], "Taken down", gone_at=NIGHT)
    return world.done()
