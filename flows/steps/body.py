"""Which lines of a page are the text of its article.

Each visible line is weighed by its traits twice: alone, and again in the light of what its neighbours came to. What each trait is worth stands
in `line_weights.csv`, learnt by `tests/fit_line_weights.py` from public pages whose text was marked; `CONTRIBUTING.md` has the figures.
trafilatura is asked where next to nothing is chosen; asking it wherever there is doubt gave .001 of F and cost a third more CPU time.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from itertools import compress, repeat
from operator import mul

import trafilatura
from lxml.etree import _Element
from lxml.html import HtmlElement

from flows.steps.clean import invites
from flows.steps.dates import printed_dates
from flows.steps.layout import Line, in_furniture
from flows.steps.lines import one_line, word_count
from flows.steps.pictures import split_credit
from flows.steps.traits import ENDS_SENTENCE, Traits, line_traits, means_beside

# A line is kept from this share of half the expected F on, within bounds: a little more than what is best by the expectation alone, because
# the figures count a lost page as a whole.
_KEPT_SHARE = 0.9
_KEPT_FROM_LEAST, _KEPT_FROM_MOST = 0.2, 0.6
# A page of more lines is none that the weights were learnt on (the longest had 3,100): its fullest element is taken.
_LINES_MAX = 6_000
# trafilatura copies and prunes the whole tree several times; past this many elements it takes seconds.
_ELEMENTS_MAX = 30_000
_WORDS_FEW = 25
_WORDS_OF_A_LABEL = 4
_WORDS_OF_A_SENTENCE = 8
_WORDS_OF_A_PARAGRAPH = 6
_WORDS_SEEN = 60  # longer lines weigh no more in a mean
_SIDES = (1, 2, 5, 12)
_HEADING = re.compile(r"h[1-6]$")
# More lines than these are no labels but a text that does without sentences.
_LABELS_MAX = 5
_WORDS_OF_A_STAMP = 20
_INVITATION_WITHIN = 3
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


def body_lines(tree: HtmlElement, shown: Sequence[Line], headline_at: int, url: str, stated: str = "") -> list[str]:
    """The lines of the article's text in page order, none twice, not yet cleaned.

    `shown` are the visible lines of the page, the masthead's left out; `headline_at` is the line of the headline, -1 without one; `stated` is the
    text that the page's JSON-LD gives, empty without one. Where next to nothing is chosen, trafilatura's choice stands in.
    """
    if len(shown) > _LINES_MAX:
        return each_once(line.text for line in _own_lines(shown[headline_at + 1 :]))
    kept = _weighed_lines(shown, headline_at, stated) if shown else []
    chosen = each_once(shown[number].text for number in (*_from_the_text_on(kept, shown), *_invitation(kept, shown)))
    if _words(chosen) >= _WORDS_FEW:
        return chosen
    other = _trafilatura_lines(tree, url)
    return other if _words(other) > _words(chosen) else chosen


def _weighed_lines(shown: Sequence[Line], headline_at: int, stated: str) -> list[int]:
    """The numbers of the lines that are kept."""
    first, second = line_weights()
    told = line_traits(shown, headline_at, stated, known_traits())
    alone = probabilities(told, first)
    counts = word_counts(shown)
    chances = probabilities(told, second, second_traits(alone, counts))
    return [number for number, keep in enumerate(worth_keeping(chances, counts)) if keep]


def _from_the_text_on(kept: Sequence[int], shown: Sequence[Line]) -> Sequence[int]:
    """The kept lines without the labels that a theme sets before the text."""
    start = next((at for at, number in enumerate(kept) if not _is_label(shown[number])), 0)
    return kept[start:] if start <= _LABELS_MAX else kept


def _is_label(line: Line) -> bool:
    """Whether a line is a caption with its credit, a day, or a word or two that are no sentence; a heading or a bold line is none."""
    if _HEADING.match(str(line.element.tag)) or line.bold_share > 0.5:
        return False
    if split_credit(line.text)[1] is not None:
        return True
    if ENDS_SENTENCE.search(line.text[-8:]):
        return False
    return line.words < _WORDS_OF_A_LABEL or (line.words <= _WORDS_OF_A_STAMP and next(iter(printed_dates(line.text)), None) is not None)


def _invitation(kept: Sequence[int], shown: Sequence[Line]) -> list[int]:
    """The line that invites to subscribe where the text ends, if one does: it says that the text is cut, and is no text itself."""
    after = range(kept[-1] + 1, min(len(shown), kept[-1] + 1 + _INVITATION_WITHIN)) if kept else range(0)
    return [number for number in after if not shown[number].is_link and invites(shown[number].text) and not _is_hidden(shown[number])][:1]


def _is_hidden(line: Line) -> bool:
    return any(_HIDDEN.search(element.get("style", "")) for element in (line.element, *line.element.iterancestors()))


def word_counts(lines: Iterable[Line]) -> list[int]:
    """The words of each line as they weigh in a mean."""
    return [min(max(1, line.words), _WORDS_SEEN) for line in lines]


@cache
def line_weights() -> tuple[dict[str, float], dict[str, float]]:
    """(weights of the traits for the first look, for the second), by name."""
    text = resources.files("flows.steps").joinpath("line_weights.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    first, second = ({row["trait"]: float(row[look]) for row in rows if row[look]} for look in ("first", "second"))
    return first, second


@cache
def known_traits() -> frozenset[str]:
    """The names of the traits that have a weight in either look."""
    return frozenset().union(*line_weights())


def probabilities(told: Traits, weights: dict[str, float], extra: dict[str, Sequence[float]] | None = None) -> list[float]:
    """For each line how likely it is text, 0 to 1."""
    columns = told.columns | (extra or {})
    known = [name for name in columns if name in weights]
    always = weights.get("always", 0.0)
    places = {place: always + sum(map(weights.get, place, repeat(0.0))) for place in set(told.places)}
    # Most traits are yes or no: choosing the weights of those that are yes takes a third of the time of multiplying all.
    flags = [name for name in known if isinstance(next(iter(columns[name]), None), bool)]
    measures = [name for name in known if name not in set(flags)]
    (told_flags, flag_weights), (told_measures, measure_weights) = (_rows(names, columns, weights, len(told.places)) for names in (flags, measures))
    scores = [
        sum(map(mul, measured, measure_weights), sum(compress(flag_weights, yes), places[place]))
        for place, yes, measured in zip(told.places, told_flags, told_measures, strict=True)
    ]
    return [1 / (1 + math.exp(30.0 if score < -30.0 else -30.0 if score > 30.0 else -score)) for score in scores]


def _rows(
    names: list[str], columns: dict[str, Sequence[float]], weights: dict[str, float], count: int
) -> tuple[Iterable[tuple[float, ...]], list[float]]:
    """(one row a line of the named columns, their weights)."""
    rows = zip(*(columns[name] for name in names), strict=True) if names else repeat((), count)
    return rows, [weights[name] for name in names]


def _log_odds(chance: float) -> float:
    return math.log((chance if chance > 0.001 else 0.001) / (1 - chance if chance < 0.999 else 0.001))


def second_traits(alone: Sequence[float], counts: Sequence[int]) -> dict[str, Sequence[float]]:
    """The traits of the second look: what the first gave a line and its neighbours."""
    sure = [number for number, chance in enumerate(alone) if chance > 0.5 and counts[number] >= _WORDS_OF_A_SENTENCE]
    first, last = (sure[0], sure[-1]) if sure else (-1, -1)
    numbers = range(len(alone))
    told: dict[str, Sequence[float]] = {
        "first": alone, "first_odds": [_log_odds(chance) / 5 for chance in alone],
        "before_sure": [number < first for number in numbers], "between_sure": [first <= number <= last for number in numbers],
        "after_sure": [number > last for number in numbers], "none_sure": [not sure] * len(alone),
    }  # fmt: skip
    likely = list(map(mul, alone, counts))
    for size in _SIDES:
        before, after = (
            [part / whole if whole else 0.0 for part, whole in zip(parts, wholes, strict=True)]
            for parts, wholes in zip(means_beside(likely, size), means_beside(counts, size), strict=True)
        )
        told[f"likely_before_{size}"], told[f"likely_after_{size}"] = before, after
        told[f"likely_around_{size}"] = list(map(min, before, after))
    return told


def worth_keeping(chances: Sequence[float], counts: Sequence[int]) -> list[bool]:
    """For each line whether it is kept: the choice that promises the best balance of too much and too little text.

    Of all choices the one with the highest expected F keeps the lines whose probability is at least half that F: where a page is clear, what is
    more likely text than not; where it is not, more than that.
    """
    whole, kept, size, best = sum(map(mul, chances, counts)), 0.0, 0, 0.0
    for chance, count in sorted(zip(chances, counts, strict=True), reverse=True):
        kept, size = kept + chance * count, size + count
        best = max(best, 2 * kept / (size + whole))
    least = min(_KEPT_FROM_MOST, max(_KEPT_FROM_LEAST, _KEPT_SHARE * best / 2))
    return [chance >= least for chance in chances]


def each_once(texts: Iterable[str]) -> list[str]:
    """The texts in order; of equal ones longer than a label the first alone: tables and interviews repeat short ones."""
    met: set[str] = set()
    kept = []
    for text in texts:
        if text not in met or word_count(text) < _WORDS_OF_A_LABEL:
            kept.append(text)
        met.add(text)
    return kept


def _trafilatura_lines(tree: HtmlElement, url: str) -> list[str]:
    """What trafilatura takes for the text; nothing of a tree too large for it."""
    if sum(1 for _ in zip(tree.iter(), range(_ELEMENTS_MAX + 1), strict=False)) > _ELEMENTS_MAX:
        return []
    found = trafilatura.bare_extraction(tree, url=url, include_comments=False, with_metadata=False)
    text = getattr(found, "text", None) or ""  # None where trafilatura finds nothing
    return [line for line in map(one_line, text.split("\n")) if line]


def _words(lines: Sequence[str]) -> int:
    return sum(map(word_count, lines))


def _own_lines(after: Sequence[Line]) -> list[Line]:
    """The lines of the element that holds most paragraph text after the headline."""
    texts = [line for line in after if not line.is_link and line.words >= _WORDS_OF_A_PARAGRAPH and not in_furniture(line.element)]
    holder = _fullest(texts)
    if holder is None:
        return []
    inside = set(holder.iter())
    return [line for line in after if not line.is_link and line.element in inside and not in_furniture(line.element)]


def _fullest(texts: list[Line]) -> _Element | None:
    in_element = Counter(line.element for line in texts)
    score: dict[_Element, float] = defaultdict(float)
    for line in texts:
        holder = line.element if in_element[line.element] > 1 else line.element.getparent()
        if holder is not None:
            score[holder] += len(line.text)
            above = holder.getparent()
            if above is not None:
                score[above] += len(line.text) / 2
    return max(score, key=lambda element: score[element], default=None)
