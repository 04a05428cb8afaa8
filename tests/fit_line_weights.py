"""Learns what each trait of a line is worth, from pages whose article people have marked, and says how well that reads pages of other sites.

    python tests/fit_line_weights.py SET_DIR --folds 5              only the figures, by cross-validation: no page is read with weights of its own site
    python tests/fit_line_weights.py SET_DIR --write                the weights from all pages, to flows/steps/line_weights.csv

SET_DIR holds manifest.json.gz and pages/<id>.html.gz; pages with a gold body are learnt from, nothing of them is kept but the weights. Two
logistic regressions with nothing but the standard library: about 2 minutes to read 850 pages, 6 to fit them.
The second looks at what the first gives the lines of sites that it was not fitted on, inside every fold too: fitted on what the first gives
its own sites, the figures come out .004 too high.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import mul
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.steps import body, extract
from flows.steps.clean import clean_body
from flows.steps.layout import Line
from flows.steps.traits import Traits, line_traits
from warehouse.records import OutletRules, Page

WEIGHTS = Path(__file__).parents[1] / "flows" / "steps" / "line_weights.csv"
CAPTURED = datetime(2026, 10, 1, 6, tzinfo=UTC)
# A word of a class or id that fewer sites use says more about those sites than about articles.
SITES_OF_A_CLASS = 12
INNER_FOLDS = 5
# What the squares of the weights count against the lines' losses, for the first look and the second: half or double changes F by less than .001.
SHRINK = (2000.0, 1000.0)
STEPS_MAX, REMEMBERED, CLOSE_ENOUGH = 80, 8, 1e-5
WORDS_OF_A_PAGE = 300.0  # what all lines of a page together weigh, about
TOKEN = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])\w)+"
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One page: its lines with their traits, which of them are the article, and what is needed to clean a body."""

    site: str
    gold: str
    headline: str | None
    captions: frozenset[str]
    texts: tuple[str, ...]
    counts: tuple[int, ...]
    traits: Traits
    is_text: tuple[bool, ...]
    weights: tuple[float, ...]


# ---------------------------------------------------------------- reading the pages


def lesson_of(given: tuple[Path, dict[str, Any]]) -> Lesson | None:
    """A page as a lesson; None where it is refused before its lines are weighed."""
    set_dir, listed = given
    html = gzip.decompress((set_dir / listed["file"]).read_bytes())
    host = urlsplit(listed["url"]).hostname or "localhost"
    rules = OutletRules("fit", host, listed.get("language") or "en", "UTC", listed.get("country") or "", (host,))
    met: dict[str, Any] = {}

    def weighed(tree: Any, shown: Sequence[Line], headline_at: int, url: str, stated: str = "") -> list[str]:
        met.update(shown=shown, told=line_traits(shown, headline_at, stated))
        return []

    def cleaned(lines: Iterable[str], *, headline: str | None, captions: frozenset[str]) -> Any:
        met.update(headline=headline, captions=captions)
        return clean_body([], headline=headline, captions=captions)

    # The two places where the step decides on the body are listened to; everything before them is the step as it runs every night.
    extract.body_lines, extract.clean_body = weighed, cleaned
    extract.extract(Page(listed["url"], listed["url"], html, "text/html", CAPTURED), rules)
    return lesson(listed["site"], listed["gold"]["body"], met) if met.get("shown") else None


def lesson(site: str, gold: str, met: dict[str, Any]) -> Lesson:
    shown, wanted = met["shown"], shingles(gold)
    plain = " " + " ".join(tokens(gold)) + " "
    shares = [share_of(line.text, wanted, plain) for line in shown]
    sizes = [len(tokens(line.text)) for line in shown]
    total = 50 + sum(size for size, share in zip(sizes, shares, strict=True) if share >= 0.5)
    return Lesson(
        site, gold, met["headline"], met["captions"], tuple(line.text for line in shown), tuple(body.word_counts(shown)),
        met["told"],  tuple(share >= 0.5 for share in shares), tuple(WORDS_OF_A_PAGE * max(1, size) / total for size in sizes),
    )  # fmt: skip


def tokens(text: str) -> list[str]:
    return TOKEN.findall(unicodedata.normalize("NFC", text).lower())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """All runs of four words with their counts; a shorter text is one run."""
    found = tokens(text)
    return Counter(zip(*(found[start:] for start in range(4)), strict=False)) if len(found) >= 4 else Counter([tuple(found)] if found else [])


def share_of(text: str, wanted: Counter[tuple[str, ...]], plain: str) -> float:
    """Which part of a line stands in the gold text, 0 to 1."""
    runs, found = shingles(text), tokens(text)
    if len(found) < 4:
        return 1.0 if found and f" {' '.join(found)} " in plain else 0.0
    return sum(count for run, count in runs.items() if run in wanted) / runs.total()


# ---------------------------------------------------------------- fitting


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines as sparse rows: the numbers of their traits and the values, in flat arrays; whether each is text, and what it weighs."""

    numbers: list[array[int]]
    values: list[array[float]]
    wanted: list[bool]
    importance: list[float]


def rows_of(lessons: Sequence[Lesson], names: dict[str, int], extra: Sequence[dict[str, Sequence[float]]] | None) -> Rows:
    rows = Rows([], [], [], [])
    for number, one in enumerate(lessons):
        for traits in by_line(one.traits, extra[number] if extra else {}):
            known = [(names[name], value) for name, value in traits.items() if name in names]
            rows.numbers.append(array("I", [name for name, _ in known]))
            rows.values.append(array("f", [value for _, value in known]))
        rows.wanted.extend(one.is_text)
        rows.importance.extend(one.weights)
    return rows


def fit(
    lessons: Sequence[Lesson], names: dict[str, int], shrink: float, extra: Sequence[dict[str, Sequence[float]]] | None = None
) -> dict[str, float]:
    """The weights of a logistic regression: the sum of the lines' losses and `shrink`/2 of the squares of the weights, made least by L-BFGS."""
    rows = rows_of(lessons, names, extra)
    at, met = [0.0] * len(names), list[tuple[list[float], list[float]]]()
    loss, slope = loss_and_slope(rows, at, shrink)
    for _ in range(STEPS_MAX):
        way = downhill(slope, met)
        then, next_loss, next_slope = line_search(rows, at, loss, slope, way, shrink)
        met = [*met[1 - REMEMBERED :], ([b - a for a, b in zip(at, then, strict=True)], [b - a for a, b in zip(slope, next_slope, strict=True)])]
        done = loss - next_loss < CLOSE_ENOUGH * loss
        at, loss, slope = then, next_loss, next_slope
        if done:
            break
    return {name: round(at[number], 3) for name, number in names.items() if abs(at[number]) >= 0.0005}


def loss_and_slope(rows: Rows, at: Sequence[float], shrink: float) -> tuple[float, list[float]]:
    loss, slope = shrink / 2 * dot(at, at), [shrink * each for each in at]
    weight_of = at.__getitem__
    for numbers, values, wanted, importance in zip(rows.numbers, rows.values, rows.wanted, rows.importance, strict=True):
        score = max(-30.0, min(30.0, sum(map(mul, map(weight_of, numbers), values))))
        chance = 1 / (1 + math.exp(-score))
        loss -= importance * math.log(chance if wanted else 1 - chance)
        wrong = importance * (chance - wanted)
        for number, value in zip(numbers, values, strict=True):
            slope[number] += wrong * value
    return loss, slope


def downhill(slope: Sequence[float], met: Sequence[tuple[list[float], list[float]]]) -> list[float]:
    """The direction in which L-BFGS goes on (Nocedal and Wright, algorithm 7.4); `met` are the last steps with the changes of the slope."""
    way, parts = [-each for each in slope], []
    for moved, turned in reversed(met):
        part = dot(moved, way) / dot(moved, turned)
        parts.append(part)
        way = [each - part * other for each, other in zip(way, turned, strict=True)]
    scale = dot(*met[-1]) / dot(met[-1][1], met[-1][1]) if met else 1 / math.sqrt(dot(slope, slope))
    way = [scale * each for each in way]
    for (moved, turned), part in zip(met, reversed(parts), strict=True):
        back = part - dot(turned, way) / dot(moved, turned)
        way = [each + back * other for each, other in zip(way, moved, strict=True)]
    return way


def line_search(
    rows: Rows, at: Sequence[float], loss: float, slope: Sequence[float], way: Sequence[float], shrink: float
) -> tuple[list[float], float, list[float]]:
    """The first of ever shorter steps that lessens the loss as much as the slope promises, with the loss and the slope there."""
    size, promised = 1.0, dot(slope, way)
    while True:
        then = [each + size * step for each, step in zip(at, way, strict=True)]
        next_loss, next_slope = loss_and_slope(rows, then, shrink)
        if next_loss <= loss + 1e-4 * size * promised or size < 1e-3:
            return then, next_loss, next_slope
        size /= 2


def dot(some: Iterable[float], others: Iterable[float]) -> float:
    return sum(map(mul, some, others))


def by_line(told: Traits, extra: dict[str, Sequence[float]]) -> Iterator[dict[str, float]]:
    """The traits of each line by name, without those that are zero."""
    columns = told.columns | extra
    for number, place in enumerate(told.places):
        yield {"always": 1.0} | dict.fromkeys(place, 1.0) | {name: float(values[number]) for name, values in columns.items() if values[number]}


def first_names(lessons: Iterable[Lesson]) -> dict[str, int]:
    """The traits worth a weight, numbered: class words and tags that enough sites use, all others."""
    sites: dict[str, set[str]] = defaultdict(set)
    for one in lessons:
        for name in set[str]().union(*one.traits.places, one.traits.columns):
            sites[name].add(one.site)
    kept = sorted(name for name, users in sites.items() if not name.startswith(("class:", "tag:")) or len(users) >= SITES_OF_A_CLASS)
    return {name: number for number, name in enumerate(["always", *kept])}


def looked_at(lessons: Iterable[Lesson], weights: dict[str, float]) -> list[list[float]]:
    return [body.probabilities(one.traits, weights) for one in lessons]


def seconds(lessons: Sequence[Lesson], alone: Sequence[Sequence[float]]) -> list[dict[str, Sequence[float]]]:
    return [body.second_traits(chances, one.counts) for one, chances in zip(lessons, alone, strict=True)]


def fit_both(lessons: Sequence[Lesson]) -> tuple[dict[str, float], dict[str, float]]:
    names = first_names(lessons)
    first = fit(lessons, names, SHRINK[0])
    alone: dict[int, list[float]] = {}
    for inside, outside in split(lessons, INNER_FOLDS, seed=5):
        chances = looked_at([lessons[number] for number in outside], fit([lessons[number] for number in inside], names, SHRINK[0]))
        alone |= dict(zip(outside, chances, strict=True))
    extra = seconds(lessons, [alone[number] for number in range(len(lessons))])
    more = sorted({name for one in extra for name in one})
    return first, fit(lessons, names | {name: len(names) + number for number, name in enumerate(more)}, SHRINK[1], extra)


def split(lessons: Sequence[Lesson], folds: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """(numbers of the pages to fit on, numbers of the pages left out), all pages of a site on one side."""
    sites = sorted({one.site for one in lessons})
    random.Random(seed).shuffle(sites)
    fold = {site: number % folds for number, site in enumerate(sites)}
    return [
        ([n for n, one in enumerate(lessons) if fold[one.site] != k], [n for n, one in enumerate(lessons) if fold[one.site] == k])
        for k in range(folds)
    ]  # fmt: skip


# ---------------------------------------------------------------- figures


def chosen_text(one: Lesson, first: dict[str, float], second: dict[str, float]) -> str:
    alone = looked_at([one], first)
    chances = body.probabilities(one.traits, second, seconds([one], alone)[0])
    lines = body.each_once(text for text, kept in zip(one.texts, body.worth_keeping(chances, one.counts), strict=True) if kept)
    return "\n".join(clean_body(lines, headline=one.headline, captions=one.captions).paragraphs)


def counts_of(gold: str, found: str) -> tuple[int, int, int]:
    """(runs of words in both, only found, only in gold)."""
    wanted, got = shingles(gold), shingles(found)
    both = (wanted & got).total()
    return both, got.total() - both, wanted.total() - both


def figures(counts: Sequence[tuple[int, int, int]]) -> str:
    precision = mean(both / (both + more) for both, more, _ in counts if both + more)
    recall = mean(both / (both + less) for both, _, less in counts if both + less)
    page = mean(2 * both / (2 * both + more + less) for both, more, less in counts if both + more + less)
    return f"precision {precision:.4f}  recall {recall:.4f}  body F {2 * precision * recall / (precision + recall):.4f}  page F {page:.4f}"


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def fold_counts(given: tuple[list[Lesson], list[Lesson]]) -> list[tuple[int, int, int]]:
    inside, outside = given
    first, second = fit_both(inside)
    return [counts_of(one.gold, chosen_text(one, first, second)) for one in outside]


# ---------------------------------------------------------------- writing


def write(first: dict[str, float], second: dict[str, float], pages: int) -> None:
    names = sorted(first.keys() | second.keys(), key=lambda name: (name.startswith("class:"), name))
    lines = [
        "# What a trait of a line (flows/steps/traits.py) speaks for text (more than 0) or against it, in logits: for the line alone, and in the second look.",
        f"# Learnt by tests/fit_line_weights.py from {pages} public pages; not edited by hand.",
        "trait,first,second",
        *(f"{name},{first.get(name, '')},{second.get(name, '')}" for name in names),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set_dir", type=Path)
    parser.add_argument("--folds", type=int, default=0, help="figures by cross-validation over so many parts of the sites")
    parser.add_argument("--write", action="store_true", help="fits all pages and writes the weights")
    asked = parser.parse_args()
    with gzip.open(asked.set_dir / "manifest.json.gz", "rt", encoding="utf-8") as file:
        listed = [each for each in json.load(file)["pages"] if each["gold"].get("body")]
    with ProcessPoolExecutor(2) as pool:
        lessons = [one for one in pool.map(lesson_of, [(asked.set_dir, each) for each in listed], chunksize=8) if one]
        print(f"{len(lessons)} of {len(listed)} pages, {sum(len(one.texts) for one in lessons)} lines")
        if asked.folds:
            parts = [([lessons[n] for n in inside], [lessons[n] for n in outside]) for inside, outside in split(lessons, asked.folds, seed=3)]
            print(figures([each for found in pool.map(fold_counts, parts) for each in found]))
        if asked.write:
            first, second = fit_both(lessons)
            write(first, second, len(lessons))
            print(figures([counts_of(one.gold, chosen_text(one, first, second)) for one in lessons]), "on the pages themselves: not a measure")


if __name__ == "__main__":
    main()
