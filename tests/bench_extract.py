"""What reading a page costs beside plain trafilatura with its default options and metadata, in CPU time of one process.

    python tests/bench_extract.py SET_DIR [--pages N] [--rounds N]

SET_DIR holds manifest.json.gz and pages/<id>.html.gz. Each page is read by both in turn, after both are warm, so that what else the machine does
falls on both alike. Printed are CPU milliseconds a page, their ratio, and which part of our own step takes how much.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trafilatura

from flows.steps import body, extract, page
from warehouse.records import OutletRules, Page

CAPTURED = datetime(2026, 10, 1, 6, tzinfo=UTC)
WARM_PAGES = 20
# A part: the module that calls it, and its name there.
PARTS = (
    (extract, "parse"), (extract, "read_head"), (extract, "drop_furniture"), (extract, "find_headline"), (extract, "take_pictures"),
    (extract, "lines_within"), (extract, "_masthead"), (extract, "_printed"), (extract, "body_lines"), (body, "_trafilatura_lines"), (body, "line_traits"),
    (extract, "clean_body"), (extract, "_day_anywhere"), (extract, "_refusal"), (extract, "_assembled"), (page, "decode"),
)  # fmt: skip


def main() -> None:
    asked = arguments()
    pages = list(pages_of(asked.set_dir, asked.pages))
    for one in pages[:WARM_PAGES]:
        ours(one)
        theirs(one)
    sums = {"ours": 0.0, "trafilatura": 0.0}
    for _ in range(asked.rounds):
        for one in pages:
            sums["ours"] += cpu_s(ours, one)
            sums["trafilatura"] += cpu_s(theirs, one)
    reads = len(pages) * asked.rounds
    for name, seconds in sums.items():
        print(f"{name:12} {1000 * seconds / reads:8.2f} ms CPU a page")
    print(f"{'ratio':12} {sums['ours'] / sums['trafilatura']:8.3f}")
    print_parts(pages)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set_dir", type=Path)
    parser.add_argument("--pages", type=int, default=300, help="how many, taken evenly from the whole set")
    parser.add_argument("--rounds", type=int, default=2)
    return parser.parse_args()


def pages_of(set_dir: Path, count: int) -> Iterator[tuple[Page, OutletRules]]:
    with gzip.open(set_dir / "manifest.json.gz", "rt", encoding="utf-8") as file:
        listed = json.load(file)["pages"]
    for each in listed[:: max(1, len(listed) // count)][:count]:
        html = gzip.decompress((set_dir / each["file"]).read_bytes())
        host = urlsplit(each["url"]).hostname or "localhost"
        rules = OutletRules("bench", host, each.get("language") or "en", "UTC", each.get("country") or "", (host,))
        yield Page(each["url"], each["url"], html, "text/html", CAPTURED), rules


def ours(one: tuple[Page, OutletRules]) -> object:
    return extract.extract(*one)


def theirs(one: tuple[Page, OutletRules]) -> object:
    return trafilatura.bare_extraction(one[0].body, url=one[0].url, with_metadata=True)


def cpu_s(read: Callable[[tuple[Page, OutletRules]], object], one: tuple[Page, OutletRules]) -> float:
    start = time.process_time()
    read(one)
    return time.process_time() - start


def print_parts(pages: list[tuple[Page, OutletRules]]) -> None:
    """The share of each part in one more round; a part inside another counts in both."""
    with timed(PARTS) as seconds:
        total = sum(cpu_s(ours, one) for one in pages)
    print("\nshare of our own CPU time")
    for name, spent in sorted(seconds.items(), key=lambda pair: -pair[1]):
        print(f"{name:22} {100 * spent / total:5.1f} %  {1000 * spent / len(pages):6.2f} ms a page")


@contextmanager
def timed(parts: tuple[tuple[Any, str], ...]) -> Iterator[dict[str, float]]:
    """Puts a clock around functions for as long as the block lasts."""
    seconds: dict[str, float] = {}
    kept = [(module, name, getattr(module, name)) for module, name in parts]
    for module, name, function in kept:
        setattr(module, name, clocked(function, f"{module.__name__.rsplit('.', 1)[-1]}.{name}", seconds))
    try:
        yield seconds
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


def clocked(function: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    def measured(*args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] = seconds.get(name, 0.0) + time.process_time() - start

    return measured


if __name__ == "__main__":
    main()
