"""`python tests/backfill_faults.py`: a backfill of two years over ten outlets is stopped three times, and must ask no page more than once again.

Ten outlets on this machine list 24 months in a sitemap. The real command is killed with SIGKILL when a quarter of the pages has been asked for,
told to end with SIGTERM at the half, and killed again at three quarters; then it is started once more and comes to its end, and once again,
when it must ask for no page at all. Every page must be an article, and none may have been asked for more than twice: the one answer that was
on its way when the process died is the one that may be lost.

    python tests/backfill_faults.py                          # 24 months, 10 outlets, 720 pages
    python tests/backfill_faults.py --months 4 --outlets 3   # the small form of CI

Exit status 0 only where all that holds.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loopback import pages
from loopback.scheduled import ROOT, wait_for
from loopback.server import Reply, Site, WorldClock, serving
from loopback.world import Place, Tables

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
STOPS = ((0.25, signal.SIGKILL), (0.5, signal.SIGTERM), (0.75, signal.SIGKILL))
PAGES_A_MONTH = 3


@dataclass
class Verdict:
    """How often each page was asked for, what was loaded, and what the last, needless run asked for."""

    pages: int
    asked: Counter[str]
    articles: int
    struck: int
    states: list[int]
    asked_again: int

    @property
    def faults(self) -> list[str]:
        more = [path for path, count in self.asked.items() if count > 2]
        found = [f"{len(more)} pages were asked for more than twice, such as {more[0]}"] if more else []
        found += [f"{self.articles} articles of {self.pages} pages"] if self.articles != self.pages else []
        found += [f"{self.struck} of {len(STOPS)} stops struck"] if self.struck != len(STOPS) else []
        found += [f"the repeat asked for {self.asked_again} pages"] if self.asked_again else []
        return found + ([f"the runs ended with {self.states}"] if self.states[-2:] != [0, 0] else [])


def months(count: int) -> list[datetime]:
    """The last days of so many months before NOW, the newest first."""
    numbers = [NOW.year * 12 + NOW.month - 1 - back for back in range(1, count + 1)]
    return [datetime(number // 12, number % 12 + 1, 20, 4, tzinfo=UTC) for number in numbers]


def build(outlets: int, count: int, clock: WorldClock) -> list[Place]:
    found = []
    for number in range(outlets):
        place = Place(Site(f"daily_{number:02}", f"127.0.4.{number + 1}", clock=clock, answer_after_s=0.02), discover=[("sitemap", "/sitemap.xml")])
        found.append(place)
        for month in months(count):
            for nth in range(PAGES_A_MONTH):
                day = month.replace(day=20 - nth)
                place.at(f"{day:%Y-%m-%d}-story-of-the-day", place.page(f"{day:%Y-%m-%d}", iso_day=day.isoformat()))

    return found


def list_pages(places: list[Place]) -> None:
    """The sitemaps; they name the port, which is known once the sites are being served."""
    for place in places:
        stories = sorted((path for path in place.site.routes if path.startswith("/news/")), reverse=True)
        entries = [(place.base + path, path.removeprefix("/news/")[:10]) for path in stories]
        place.site.routes["/sitemap.xml"] = Reply(200, {"Content-Type": "application/xml"}, pages.urlset(entries))


def run(folder: Path, outlets: int, count: int) -> Verdict:
    clock = WorldClock()
    clock.begin("backfill", NOW)
    places = build(outlets, count, clock)
    (folder / "outlets").mkdir()
    with serving([place.site for place in places]):
        list_pages(places)
        for place in places:
            (folder / "outlets" / f"{place.name}.toml").write_text(place.definition())
        total = outlets * count * PAGES_A_MONTH
        struck, states = 0, []
        for share, number in STOPS:
            with started(folder, places, count) as process:
                wait_for(lambda share=share: asked_of(places).total() >= share * total or process.poll() is not None, 600)
                struck += process.poll() is None
                process.send_signal(number)
                states.append(process.wait(60))
        states.append(finished(folder, places, count))
        before = asked_of(places)
        clock.run = "repeat"
        states.append(finished(folder, places, count))
        articles = Tables(folder / "data" / "news.duckdb").rows("select count(*) from articles")[0][0]
        return Verdict(total, before, articles, struck, states, (asked_of(places) - before).total())


def asked_of(places: list[Place]) -> Counter[str]:
    """How often each page was asked for so far."""
    return Counter(f"{place.name}{asked.path}" for place in places for asked in list(place.site.asked) if asked.path.startswith("/news/"))


def started(folder: Path, places: list[Place], count: int) -> subprocess.Popen[bytes]:
    """The command, as a person starts it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    settings = {"NIGHTDESK_DATA_DIR": str(folder / "data"), "NIGHTDESK_OUTLETS_DIR": str(folder / "outlets"), "NIGHTDESK_NOW": NOW.isoformat(),
                "NIGHTDESK_WORKERS": "1", "NIGHTDESK_LOCK_WAIT_S": "60"}
    first, last = months(count)[-1].replace(day=1).date(), NOW.date()
    words = [word for place in places for word in ("--outlet", place.name)]
    command = [sys.executable, "-m", "flows.cli", "backfill", *words, "--from", str(first), "--to", str(last)]
    with open(folder / "talk.txt", "ab") as talk:
        return subprocess.Popen(command, cwd=ROOT, env=kept | settings, stdout=talk, stderr=talk)


def finished(folder: Path, places: list[Place], count: int) -> int:
    with started(folder, places, count) as process:
        return process.wait(1800)


def table(verdict: Verdict) -> str:
    times = Counter(verdict.asked.values())
    return (f"backfill faults: {verdict.pages} pages, {times[1]} asked for once, {times[2]} twice, {sum(times.values()) - times[1] - times[2]} more often; "
            f"{verdict.articles} articles; {verdict.struck} of {len(STOPS)} stops struck; {verdict.asked_again} pages asked for by a repeat")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--outlets", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdict = run(Path(folder), given.outlets, given.months)
    print(table(verdict))
    print("\n".join(verdict.faults) or "all of it holds")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
