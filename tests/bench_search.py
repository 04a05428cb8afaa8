"""`python tests/bench_search.py --articles 100000`: what building, updating and asking the search index costs.

The articles are made up here: words of the sample outlets and invented names, drawn so that few words are frequent and most are rare, a third of
them in Burmese, one in ten a copy. Prints one article of each language, then the figures. Times are of
this machine at this moment; CPU times hold beside other work.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crawlers import sample_world
from flows.searching import Options, Searching, prepare_index, readable
from warehouse import publish, runs, search_index
from warehouse.db import Connection, open_work
from warehouse.load import insert
from warehouse.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STORIES = Path(sample_world.__file__).parent / "stories"
RARE_WORDS = 40_000
WORDS_AN_ARTICLE = 250
BATCH = 5_000
UPDATED = 500
QUERIES = (
    ["fighting"], ["air strike"], ["airstrike", "township"], ["people", "killed"], ["residents said"], ["Mrauk-U"], ["landmine", "OR", "shelling"],
    ["the"], ["displaced", "NOT", "school"], ["village", "market", "soldiers"], ["တိုက်ပွဲ"], ["မြို့နယ်"], ["ဒေသခံများက ပြောသည်"], ["ၿမိဳ႕နယ္"],
    ["1,500"], ["bazu"], ["မြို့နယ်", "စစ်ကောင်စီ"],
)
SYLLABLES = ("ba", "zu", "ke", "lo", "min", "tha", "ra", "yo", "ni", "shwe", "ga", "pau")


class Text:
    """Draws words of a language: the n-th most frequent one 1/n as often as the first."""

    def __init__(self, language: str, draw: random.Random) -> None:
        self.draw, self.joint = draw, " "
        found = re.findall(r"[\w'-]+" if language == "en" else "[\u1000-\u109f]+", sample_text(language))
        names = ["".join(draw.choices(SYLLABLES, k=draw.randrange(2, 5))) for _ in range(RARE_WORDS)] if language == "en" else []
        self.words = [*dict.fromkeys(sorted(found, key=lambda word: -found.count(word))), *dict.fromkeys(names)]
        self.weights = list(accumulate(1 / rank for rank in range(3, len(self.words) + 3)))

    def piece(self, number: int) -> str:
        return " ".join(self.draw.choices(self.words, cum_weights=self.weights, k=number))

    def body(self) -> str:
        return "\n".join(self.piece(WORDS_AN_ARTICLE // 5) + "." for _ in range(5))


def sample_text(language: str) -> str:
    """All that the sample outlets print in the language."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(STORIES.rglob("*")) if path.is_file())
    return text if language == "my" else " ".join(re.findall(r"[A-Za-z' -]{30,}", text))


def articles(number: int, draw: random.Random) -> Iterator[dict[str, object]]:
    """Rows of `articles`, in the order of their days."""
    texts = {language: Text(language, draw) for language in ("en", "my")}
    before: dict[str, object] = {}
    for at in range(number):
        language = "my" if at % 3 == 0 else "en"
        article_id = sha256(f"article {at}".encode()).hexdigest()[:16]
        if at % 10 == 9:
            original = before["copy_id"] = before["article_id"]
            row = before | {"article_id": article_id, "is_original": False, "copy_id": original, "outlet_id": "third_daily"}
        else:
            body = texts[language].body()
            row = row_of(article_id, language, texts[language].piece(9), body, date(2010, 1, 1) + timedelta(days=at * 5000 // number))
        before = dict(row)
        yield row | {"url": f"https://daily.example/{at}"}


def row_of(article_id: str, language: str, headline: str, body: str, day: date) -> dict[str, object]:
    return {
        "article_id": article_id, "outlet_id": f"daily_{language}", "headline": headline, "description": None, "body": body, "language": language,
        "encoding": "unicode", "kind": "news", "published_on": day, "is_truncated": False, "word_count": WORDS_AN_ARTICLE, "version": 1,
        "first_seen_at": NOW, "last_seen_at": NOW, "body_sha256": sha256(body.encode()).hexdigest(), "is_original": True, "copy_id": None,
        "extractor": "bench", "run_id": "bench",
    }


def cost(call: Callable[[], object]) -> tuple[float, float]:
    """(CPU seconds of this process with all of its threads, seconds)"""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def a_run(connection: Connection, number: int) -> None:
    runs.start_run(connection, f"bench-{number}", "import", NOW, {})
    runs.end_run(connection, f"bench-{number}", "completed", NOW + timedelta(hours=number))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Settings(data_dir=Path(folder), memory_limit_mb=1024), asked.articles)
    return 0


def measure(settings: Settings, number: int) -> None:
    connection = open_work(settings)
    source = articles(number, random.Random(7))
    shown = 0
    while chunk := list(islice(source, BATCH)):
        for row in chunk[:2] if not shown else ():
            print(f"{row['headline']}\n  {str(row['body'])[:300]} ...\n")
        shown += len(chunk)
        insert(connection, "articles", chunk)
    a_run(connection, 1)
    publish_with_index(connection, settings, "built from scratch", number)
    connection = open_work(settings)
    connection.execute(f"update articles set headline = headline || ' again' where rowid in (select rowid * 7 from range({UPDATED}) numbers(rowid))")
    a_run(connection, 2)
    publish_with_index(connection, settings, f"{UPDATED} articles updated", UPDATED)
    ask(settings)


def publish_with_index(connection: Connection, settings: Settings, what: str, must_change: int) -> None:
    prepared = []
    cpu, wall = cost(lambda: prepared.append(prepare_index(connection, settings)))
    assert prepared[0].changed == must_change, prepared
    snapshot = search_index.snapshot_of(connection)
    search_index.give_name(settings, prepared[0], snapshot)
    publish.publish(connection, settings)
    search_index.remove_others(settings, snapshot)
    size = sum(path.stat().st_size for path in (search_index.search_dir(settings) / snapshot).iterdir()) / 1e6
    print(f"{what}: {cpu:.2f} CPU s, {wall:.2f} s; {prepared[0].articles:,} articles in {size:.0f} MB")


def ask(settings: Settings) -> None:
    """Every query several times, in one process, from the words typed to the hits with their snippets."""
    searching = Searching(settings)
    every = []
    for words in QUERIES:
        costs = [cost(lambda words=words: searching.find(readable(words), Options())) for _ in range(5)]
        cpu, wall = (statistics.median(each) * 1000 for each in zip(*costs, strict=True))
        every.append((cpu, wall))
        found = searching.find(readable(words), Options())
        print(f"  {cpu:7.1f} CPU ms {wall:7.1f} ms  {found.articles:>7,} found, {len(found.hits):>2} shown  {' '.join(words)}")
    for what, times in zip(("CPU ms", "ms"), zip(*every, strict=True), strict=True):
        print(f"median of the queries {statistics.median(times):.1f} {what}, slowest {max(times):.1f} {what}")


if __name__ == "__main__":
    sys.exit(main())
