"""What a situation must end in: the numbers and words of the tables, and the requests in the server's log, all exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from loopback.server import Site
from loopback.world import Ended, path_of

# Asked at most once a host and week, whatever the situation; tests/test_situations.py counts it over all outlets.
SIDE_QUESTIONS = frozenset(("/.well-known/tdmrep.json",))


@dataclass(frozen=True)
class Ends:
    """The one state in which an outlet must be after a run.

    `articles` are all that the table holds then; `new` of them came in this run, all of them where it is not said. `fetch`, `extract` and
    `discover` are rejections by reason. `asked` are requests by address beside robots.txt and the feed.
    """

    articles: str = ""
    new: int | None = None
    updated: int = 0
    unchanged: int = 0
    not_modified: int = 0
    known: int = 0
    waiting: int = 0
    fetch: dict[str, int] = field(default_factory=dict)
    extract: dict[str, int] = field(default_factory=dict)
    discover: dict[str, int] = field(default_factory=dict)
    alert: str | None = None
    asked: dict[str, int] = field(default_factory=dict)
    robots: int = 1
    feed: int = 1
    asked_at_most: int | None = None  # instead of `asked`, where only the number of requests matters
    gone: str = ""
    truncated: str = ""
    zawgyi: str = ""
    texts: dict[str, str] = field(default_factory=dict)  # words that must stand in the body of an article
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def new_count(self) -> int:
        return len(self.articles.split()) if self.new is None else self.new

    def counts(self) -> dict[str, int]:
        """The row of run_outlets; `copies` is always 0, since every page has words of its own."""
        extracted = self.new_count + self.updated + self.unchanged
        fetched, failed = extracted + sum(self.extract.values()), sum(self.fetch.values())
        return {
            "discovered": fetched + failed + self.known + self.waiting + self.not_modified, "skipped_known": self.known + self.waiting,
            "fetched": fetched, "not_modified": self.not_modified, "failed": failed, "extracted": extracted,
            "rejected": sum(self.extract.values()), "new": self.new_count, "updated": self.updated, "unchanged": self.unchanged, "copies": 0,
        }

    def rejections(self) -> Counter[tuple[str, str]]:
        stages = {"discover": self.discover, "fetch": self.fetch, "extract": self.extract}
        return Counter({(stage, reason): count for stage, reasons in stages.items() for reason, count in reasons.items()})

    def requests(self) -> Counter[str]:
        wanted = Counter({path_of(name): count for name, count in self.asked.items()})
        return +(wanted + Counter({"/robots.txt": self.robots, "/feed.xml": self.feed}))

    def differences(self, ended: Ended | None, site: Site, run: str) -> list[str]:
        """How the tables and the log differ from this, one line a difference; empty where all is as it must be."""
        if ended is None:
            return ["the outlet has no row in run_outlets"]
        articles = ended.articles
        pairs = [
            ("run_outlets", nonzero(ended.counts), nonzero(self.counts())),
            ("alert", ended.alert, self.alert),
            ("rejections", dict(ended.rejections), dict(self.rejections())),
            ("articles", sorted(articles), sorted(self.articles.split())),
            ("gone", those(articles, "gone_at"), sorted(self.gone.split())),
            ("is_truncated", those(articles, "is_truncated"), sorted(self.truncated.split())),
            ("zawgyi", sorted(name for name, row in articles.items() if row["encoding"] == "zawgyi"), sorted(self.zawgyi.split())),
            ("version", {name: row["version"] for name, row in articles.items()}, dict.fromkeys(articles, 1) | self.versions),
        ]
        found = [f"{what}: {is_!r}, must be {must!r}" for what, is_, must in pairs if is_ != must]
        found += [f"the text of {name} has not {words!r}: {articles[name]['body'][:200]!r}" for name, words in self.texts.items()
                  if name in articles and words not in articles[name]["body"]]
        return found + self.differences_of_requests(site, run)

    def differences_of_requests(self, site: Site, run: str) -> list[str]:
        asked = Counter({path: count for path, count in site.paths(run).items() if path not in SIDE_QUESTIONS})
        if self.asked_at_most is not None:
            return [] if asked.total() <= self.asked_at_most else [f"{asked.total()} requests, must be at most {self.asked_at_most}"]
        must = self.requests()
        more, less = asked - must, must - asked
        return ([f"asked too often: {dict(more.most_common(5))}"] if more else []) + ([f"not asked: {dict(less.most_common(5))}"] if less else [])


def nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def those(articles: dict[str, dict[str, object]], key: str) -> list[str]:
    return sorted(name for name, row in articles.items() if row[key])


def spread(prefix: str, numbers: Iterable[int]) -> str:
    """The names of many articles: spread("a", range(2)) is "a0 a1"."""
    return " ".join(f"{prefix}{number}" for number in numbers)
