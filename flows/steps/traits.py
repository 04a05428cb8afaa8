"""What can be told of each visible line of a page before anyone decides whether it is text of the article: its traits.

A trait has a name and a value, mostly 1 for yes; a trait that is not there is 0. `line_weights.csv` says what each is worth. No trait rests
on the words of a language: where a line stands, how it looks and what stands around it tell as much (measured with and without).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from lxml.etree import _Element

from flows.steps.layout import Line, is_furniture
from flows.steps.lines import folded

ENDS_SENTENCE = re.compile(r"[.!?…။。！？؟।][\"”’»)\]」』]*$")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_AROUND = frozenset(
    [
        "a", "article", "aside", "blockquote", "center", "dl", "figcaption", "figure", "footer", "form", "header", "label", "li", "main", "nav",
        "ol", "section", "table", "ul",
    ]
)  # fmt: skip
_CLASS_WORD = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+(?![a-z])")
_CLASS_CHARS_MAX = 400  # a class attribute may hold anything
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS_CHARS_MAX = 600  # of a line
# Comparing every line with the text in JSON-LD costs lines times letters; past this it is left out.
_STATED_WORK_MAX = 50_000_000
_FURNITURE_LEVELS = 5
_PROSE_FULL = 40.0  # from so many words on a line is prose enough
_COMMAS = (",", "，", "、", "،", "၊")
_DIGIT = re.compile(r"\d")
_ASCII_DIGITS = b"0123456789"
_WINDOWS = (1, 3, 8)


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of a page's lines: what its place gives each line, and for every other trait one value a line."""

    places: tuple[frozenset[str], ...]  # one a line; lines of one element share it
    columns: dict[str, Sequence[float]]


def line_traits(lines: Sequence[Line], headline_at: int, stated: str, known: frozenset[str] | None = None) -> Traits:
    """The traits of each line. `headline_at` is the number of the headline's line, -1 without; `stated` the article's text as its JSON-LD has it,
    empty without; `known` the traits of a place that are worth telling, all where it is None."""
    page, places = _Seen(lines), _Places(known)
    around = [places.around(line.element) for line in lines]
    columns = _of_texts(lines, page.ends) | page.looks() | page.shapes() | page.positions(headline_at) | page.neighbours()
    columns["furniture"] = page.furniture
    columns["depth"] = [min(1.0, depth / 20) for _, depth in around]
    return Traits(tuple(names for names, _ in around), columns | _repeated(lines) | {"stated": _in_stated(lines, stated)})


def _repeated(lines: Sequence[Line]) -> dict[str, Sequence[float]]:
    times, met = Counter(line.text for line in lines), set[str]()
    again = [line.text in met or bool(met.add(line.text)) for line in lines]  # type: ignore[func-returns-value]
    return {"twice": [times[line.text] > 1 for line in lines], "again": again}


def _in_stated(lines: Sequence[Line], stated: str) -> Sequence[float]:
    """1 for a line that stands in the text the page states, -1 for one that does not, 0 where the page states none."""
    if not stated or len(stated) * len(lines) > _STATED_WORK_MAX:
        return [0.0] * len(lines)
    stated = folded(stated)
    return [1.0 if (key := folded(line.text)) and key in stated else -1.0 for line in lines]


def _of_texts(lines: Sequence[Line], ends: Sequence[bool]) -> dict[str, Sequence[float]]:
    """What the words of each line tell by themselves."""
    texts, counts, links = [line.text for line in lines], [line.words for line in lines], [line.linked_share for line in lines]
    both = list(zip(ends, counts, strict=True))
    return {
        "words_log": [math.log1p(count) / 4 for count in counts],
        "under_3_words": [count < 3 for count in counts], "under_6_words": [count < 6 for count in counts],
        "under_12_words": [count < 12 for count in counts], "from_25_words": [count >= 25 for count in counts],
        "from_50_words": [count >= 50 for count in counts], "links": links, "mostly_links": [share > 0.5 for share in links],
        "all_links": [share > 0.95 for share in links], "bold": [line.bold_share for line in lines],
        "ends_sentence": ends, "ends_colon": [text.endswith((":", "：")) for text in texts],
        "ends_question": [text.endswith(("?", "？", "؟")) for text in texts],
        "ends_dots": [text.endswith(("...", "…")) for text in texts], "short_sentence": [end and count < 12 for end, count in both],
        "short_no_sentence": [not end and count < 12 for end, count in both],
        "long_no_sentence": [not end and count >= 20 for end, count in both],
        "commas": [min(1.0, _comma_count(text) / 5) for text in texts], "capitals": [text.isupper() for text in texts],
        "begins_small": [text[:1].islower() for text in texts],
        "digits": [_digit_count(text[:_DIGITS_CHARS_MAX]) / min(len(text), _DIGITS_CHARS_MAX) for text in texts],
        "short_with_year": [count < 12 and _YEAR.search(text) is not None for text, count in zip(texts, counts, strict=True)],
        "bars": [text.count("|") >= 2 for text in texts],
    }  # fmt: skip


def _comma_count(text: str) -> int:
    return text.count(",") if text.isascii() else sum(map(text.count, _COMMAS))


def _digit_count(text: str) -> int:
    return len(text) - len(text.encode().translate(None, _ASCII_DIGITS)) if text.isascii() else len(_DIGIT.findall(text))


class _Places:
    """The traits that an element gives to all its lines: its tag, the tags around it, and the words of the classes and ids around it."""

    def __init__(self, known: frozenset[str] | None) -> None:
        self.known = known
        self.met: dict[_Element, tuple[frozenset[str], int]] = {}

    def around(self, element: _Element) -> tuple[frozenset[str], int]:
        """(the names of the traits, how deep the element stands below the body)."""
        path: list[_Element] = []
        current: _Element | None = element
        while current is not None and current not in self.met and current.tag not in ("body", "html"):
            path.append(current)
            current = current.getparent()
        names, depth = self.met.get(current, (frozenset[str](), 0)) if current is not None else (frozenset[str](), 0)
        for each in reversed(path):
            classes, name = each.get("class", "")[:_CLASS_CHARS_MAX], each.get("id", "")[:_CLASS_CHARS_MAX]
            fresh = _told_by(str(each.tag), classes, name, each.get("itemprop") == "articleBody", self.known)
            names, depth = (names if fresh <= names else names | fresh), depth + 1
            self.met[each] = names, depth
        return names, depth


@lru_cache(maxsize=8192)  # a page repeats its classes, an outlet those of its pages
def _told_by(tag: str, classes: str, name: str, is_body: bool, known: frozenset[str] | None) -> frozenset[str]:
    told = {f"class:{word.lower()}" for word in _CLASS_WORD.findall(f"{classes} {name}") if len(word) > 2}
    told |= ({f"inside:{tag}"} if tag in _AROUND else set()) | ({"inside:articleBody"} if is_body else set())
    return frozenset(told if known is None else told & known)


@dataclass(slots=True)
class _Look:
    """All lines that look alike: same tag and class, in a parent of the same tag and class."""

    lines: int = 0
    prose: float = 0.0
    words: int = 0
    linked_words: float = 0.0


class _Seen:
    """The lines of one page as a whole: how much prose each is, which element holds most of it, which lines look alike."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.ends = [ENDS_SENTENCE.search(line.text[-8:]) is not None for line in lines]
        self.furniture = _in_furniture(lines)
        self.prose = [_prose(line, ends, outside) for line, ends, outside in zip(lines, self.ends, self.furniture, strict=True)]
        self.total = sum(self.prose) or 1.0
        self.held = self._held()
        way = _Way(max(self.held, key=lambda element: self.held[element], default=None))
        self.ways = [way.to(line.element) for line in lines]

    def _held(self) -> dict[_Element, float]:
        """How much prose each element holds: all of its own, half of its children's, a quarter of theirs."""
        lines_in = Counter(line.element for line in self.lines)
        held: dict[_Element, float] = defaultdict(float)
        for line, prose in zip(self.lines, self.prose, strict=True):
            holder: _Element | None = line.element if lines_in[line.element] > 1 else line.element.getparent()
            for share in (1.0, 0.5, 0.25):
                if not prose or holder is None:
                    break
                held[holder] += share * prose
                holder = holder.getparent()
        return held

    def looks(self) -> dict[str, Sequence[float]]:
        """How much prose, how many links and words the lines have that look alike."""
        looks: dict[tuple[str, ...], _Look] = defaultdict(_Look)
        of_line = []
        for line, prose in zip(self.lines, self.prose, strict=True):
            look = looks[_look_of(line.element)]
            look.lines, look.prose, look.words = look.lines + 1, look.prose + prose, look.words + line.words
            look.linked_words += line.linked_share * line.words
            of_line.append(look)
        links = [look.linked_words / max(1, look.words) for look in of_line]
        lists = [line.element.tag == "li" for line in self.lines]
        return {
            "look_prose": [look.prose / self.total for look in of_line], "look_links": links,
            "look_words": [math.log1p(look.words / look.lines) / 4 for look in of_line],
            "look_once": [look.lines == 1 for look in of_line], "look_lines": [math.log1p(look.lines) / 4 for look in of_line],
            "list_prose": [is_item and line.words >= 12 for is_item, line in zip(lists, self.lines, strict=True)],
            "list_links": [is_item and share > 0.5 for is_item, share in zip(lists, links, strict=True)],
        }  # fmt: skip

    def shapes(self) -> dict[str, Sequence[float]]:
        """The tag of each line, and how near it stands to the element that holds most prose."""
        tags = [str(line.element.tag) for line in self.lines]
        told: dict[str, Sequence[float]] = {f"tag:{tag}": [each == tag for each in tags] for tag in set(tags)}
        ups = [up for up, _ in self.ways]
        told |= {f"container_{far}": [up == far for up in ups] for far in range(3)}
        return told | {
            "container_3": [up >= 3 for up in ups], "container_down": [(down - 1) / 4 if 1 < down < 5 else float(down > 1) for _, down in self.ways],
            "container_deep": [up == 0 and down >= 3 for up, down in self.ways],
            "parent_holds": [self._share_of(line.element.getparent()) for line in self.lines],
            "element_holds": [self._share_of(line.element) for line in self.lines],
        }

    def _share_of(self, element: _Element | None) -> float:
        held = self.held.get(element) if element is not None else None
        return 0.0 if held is None else min(1.0, held / self.total)

    def positions(self, headline_at: int) -> dict[str, Sequence[float]]:
        """Where on the page each line stands: from its beginning, from the headline, from the prose of the fullest element."""
        numbers, before = range(len(self.lines)), _sums(float(line.words) for line in self.lines)
        below = [number - headline_at if headline_at >= 0 else 0 for number in numbers]
        inner = [number for number in numbers if self.prose[number] and self.ways[number][0] == 0]
        first, last = (inner[0], inner[-1]) if inner else (-1, -1)
        return {
            "no_headline": [headline_at < 0] * len(self.lines), "is_headline": [number == headline_at for number in numbers],
            "before_headline": [number < headline_at for number in numbers], "after_headline": [far > 0 for far in below],
            "close_to_headline": [0 < far <= 3 for far in below], "headline_distance": [min(1.0, max(0, far) / 50) for far in below],
            "position": [number / len(self.lines) for number in numbers], "words_before": [count / (before[-1] or 1.0) for count in before[:-1]],
            "before_prose": [number < first for number in numbers], "in_prose": [first <= number <= last for number in numbers],
            "after_prose": [number > last for number in numbers],
            "before_prose_distance": [min(1.0, max(0, first - number) / 10) for number in numbers],
            "after_prose_distance": [min(1.0, max(0, number - last) / 20) for number in numbers],
        }  # fmt: skip

    def neighbours(self) -> dict[str, Sequence[float]]:
        """What stands before and after each line: prose, links, short lines, as means over one, three and eight lines; nothing past the ends."""
        told: dict[str, Sequence[float]] = {}
        prose = [each / _PROSE_FULL if each < _PROSE_FULL else 1.0 for each in self.prose]
        links = [line.linked_share for line in self.lines]
        for name, values in (("prose", prose), ("links", links), ("short", [float(line.words < 6) for line in self.lines])):
            for size in _WINDOWS:
                told[f"{name}_before_{size}"], told[f"{name}_after_{size}"] = means_beside(values, size)
        tags = [line.element.tag for line in self.lines]
        same = [here == there for here, there in pairwise(tags)]
        heads = [tag in _HEADINGS for tag in tags]
        told["first_line"], told["last_line"] = _one_at(0, len(tags)), _one_at(len(tags) - 1, len(tags))
        told["same_tag_before"], told["same_tag_after"] = [False, *same], [*same, False]
        told["heads_prose"] = [head and after > 0 for head, after in zip(heads, [*prose[1:], 0.0], strict=True)]
        told["heads_links"] = [head and after > 0.5 for head, after in zip(heads, [*links[1:], 0.0], strict=True)]
        return told


def means_beside(values: Sequence[float], size: int) -> tuple[list[float], list[float]]:
    """For each value (the mean of the `size` before it, of the `size` after it); what lies past the ends counts as zero."""
    sums = [*[0.0] * (size + 1), *accumulate(values)]
    sums += [sums[-1]] * size
    before = [(end - start) / size for start, end in zip(sums, sums[size:], strict=False)]
    return before[: len(values)], before[size + 1 : size + 1 + len(values)]


def _one_at(number: int, length: int) -> list[float]:
    return [float(each == number) for each in range(length)]


def _sums(values: Iterable[float]) -> list[float]:
    """Running sums with a zero before the first."""
    return [0.0, *accumulate(values)]


def _in_furniture(lines: Sequence[Line]) -> list[bool]:
    """Whether each line stands in furniture, as `layout.in_furniture` says, each element looked at once."""
    known: dict[_Element, bool] = {}
    found: dict[_Element, bool] = {}
    for element in {line.element for line in lines}:
        current: _Element | None = element
        for _ in range(_FURNITURE_LEVELS):
            if current is None or current.tag in ("body", "main", "article", "html"):
                break
            if current not in known:
                known[current] = is_furniture(current)
            if known[current]:
                found[element] = True
                break
            current = current.getparent()
    return [found.get(line.element, False) for line in lines]


def _prose(line: Line, ends: bool, outside: bool) -> float:
    """How much running text a line is: its words from eight on, less for links, for no end of a sentence, for furniture."""
    if line.words < 8:
        return 0.0
    return line.words * (1 - min(1.0, 2 * line.linked_share)) * (1.0 if ends else 0.5) * (0.2 if outside else 1.0)


def _look_of(element: _Element) -> tuple[str, ...]:
    parent = element.getparent()
    above = ("", "") if parent is None else (str(parent.tag), parent.get("class") or "")
    return (str(element.tag), element.get("class") or "", *above)


class _Way:
    """How far elements are from one: (levels up to the first element that holds both, levels down from there)."""

    def __init__(self, top: _Element | None) -> None:
        self.ways: dict[_Element, tuple[int, int]] = {}
        up = 0
        while top is not None:
            self.ways[top] = up, 0
            top, up = top.getparent(), up + 1

    def to(self, element: _Element) -> tuple[int, int]:
        path: list[tuple[_Element, _Element]] = []  # an element with its parent
        current = element
        while current not in self.ways:
            parent = current.getparent()
            if parent is None:
                self.ways[current] = 99, 0
                break
            path.append((current, parent))
            current = parent
        for each, parent in reversed(path):
            up, down = self.ways[parent]
            self.ways[each] = up, down + 1
        return self.ways[element]
