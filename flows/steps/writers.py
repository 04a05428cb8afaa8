"""Who wrote an article: the names that its page marks as the writer's, and which of all names are believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise

from lxml.etree import _Element
from lxml.html import HtmlElement

from flows.steps.bylines import ACCOUNTS, NOT_WRITING, Byline, holds_an_office, looks_like_a_name, persons, split_names
from flows.steps.layout import BLOCKS, Line, in_furniture
from flows.steps.lines import folded, one_line
from warehouse.records import FieldCandidate

# Where a headline has its byline, and how near a byline may stand in anything but comments.
_BEFORE_LINES, _AFTER_LINES, _BESIDE_LINES = 10, 25, 8
_NAME_CHARS_MAX = 60
_LINE_CHARS_MAX = 160
_VALUE_CHARS_KEPT = 200
# A linked text of this length is the title of another story.
_TITLE_CHARS_MIN = 25
_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|writer|post-author|contributor|autor|autoren|auteurs?)(?:$|[\s_-]|name)|author-?name|(?:^|\s)fn(?:$|\s)",
    re.I,
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|autor(?:en)?|writers?|contributors?|profile|people|by|staff|blogger|producers|menschen|reporters?)/[^/]", re.I
)
_COMMENT_CLASS = re.compile(r"comment|reply|respond|discussion|kommentar", re.I)
# A line of its own before a name: 'Written by' / 'Ko Ko'.
LABEL = re.compile(r"^(?:written by|article by|story by|text by|posted by|words by|by|author|about the author|autor(?:in)?|von|par|por)\s*:?$", re.I)


def printed_writers(shown: Sequence[Line], at: int) -> list[FieldCandidate]:
    """Names that their element, link or label marks as the writer's: those near the headline (line `at`), else the one name of an author's box."""
    near = [*shown[at + 1 : at + 1 + _AFTER_LINES], *reversed(shown[max(0, at - _BEFORE_LINES) : at])] if at >= 0 else []
    around = frozenset(shown[at].element.iterancestors()) if at >= 0 else frozenset[_Element]()
    beside = frozenset(id(line) for line in shown[max(0, at - _BESIDE_LINES) : at + 1 + _BESIDE_LINES]) if at >= 0 else frozenset[int]()
    marks = _Marks()
    names = _first_group(near, around, beside, marks) or _labelled(shown, around, marks) or _of_a_box(shown, around, marks)
    return [FieldCandidate("authors", name, "byline") for name in names]


class _Marks(dict[_Element, bool]):
    """Whether each element of a page marks a writer: asked for all lines in it, and told once."""

    def __missing__(self, element: _Element) -> bool:
        self[element] = found = marks_a_writer(element)
        return found


def _first_group(near: Sequence[Line], around: frozenset[_Element], beside: frozenset[int], marks: _Marks) -> list[str]:
    """The marked names of the first line that has any, and of the lines beside it in one element."""
    found = [(line.element.getparent(), name) for line in near for name in _marked_names(line, around, marks, is_beside=id(line) in beside)]
    return list(dict.fromkeys(name for holder, name in found if holder is found[0][0]))


def _labelled(shown: Sequence[Line], around: frozenset[_Element], marks: _Marks) -> list[str]:
    """The name on the line after 'Written by'."""
    for label, line in pairwise(shown):
        if LABEL.match(label.text) and len(line.text) <= _NAME_CHARS_MAX and not (_in_comments(line, around) or _is_elsewhere(line, around, marks)):
            names = [name for name in split_names(line.text) if looks_like_a_name(name)]
            if names:
                return names
    return []


def _of_a_box(shown: Sequence[Line], around: frozenset[_Element], marks: _Marks) -> list[str]:
    """The one name that a page marks anywhere outside comments and other stories; none where it marks several."""
    names = {folded(name): name for line in shown for name in _marked_names(line, around, marks)}
    return list(names.values()) if len(names) == 1 else []


def _marked_names(line: Line, around: frozenset[_Element], marks: _Marks, *, is_beside: bool = False) -> list[str]:
    if len(line.text) > _LINE_CHARS_MAX:
        return []
    # Few lines are marked at all: what is marked is told first, and only then looked at for where it stands, which costs ten times as much.
    marked = [text for text in _marked_texts(line, marks) if len(text) < _NAME_CHARS_MAX]
    if not marked or NOT_WRITING.search(line.text) or _in_comments(line, around) or (not is_beside and _is_elsewhere(line, around, marks)):
        return []
    return [name for text in marked for name in split_names(text) if looks_like_a_name(name)]


def _marked_texts(line: Line, marks: _Marks) -> Iterator[str]:
    """The texts inside a line that an element of their own marks as a writer's; the whole line where its block does."""
    texts = [one_line(element.text_content()) for element in _inline_marked(line, marks)]
    if texts:
        yield from dict.fromkeys(texts)
    elif _is_in_marked(line.element, marks) and not holds_an_office(line.text):
        yield line.text.split("|")[0]  # 'Jane Roe | Yangon | 3 May 2021'


def _is_in_marked(element: _Element, marks: _Marks) -> bool:
    """Whether an element or the one around it is marked as a writer's. Asked of every line, so without a generator."""
    if element.tag in ("body", "html"):
        return False
    if marks[element]:
        return True
    parent = element.getparent()
    return parent is not None and parent.tag not in ("body", "html") and marks[parent]


def _inline_marked(line: Line, marks: _Marks) -> Iterator[HtmlElement]:
    for element, is_tail in line.nodes:
        around = _up(element, levels=3) if not is_tail else ()
        yield from islice((each for each in around if each.tag not in BLOCKS and marks[each] and not _holds_blocks(each)), 1)


def _holds_blocks(element: HtmlElement) -> bool:
    return next(element.iter(*BLOCKS), None) is not None


def marks_a_writer(element: _Element) -> bool:
    """Whether an element says by its class, address or relation that it names a writer."""
    return (
        _says(_AUTHOR_CLASS, element.get("class"))
        or _says(_AUTHOR_PATH, element.get("href"))
        or "author" in (element.get("rel") or "").split()
        or element.get("itemprop") == "author"
    )


def _says(pattern: re.Pattern[str], value: str | None) -> bool:
    if not value:
        return False
    # An attribute may hold anything; what is long is not kept.
    return _says_briefly(pattern, value) if len(value) <= _VALUE_CHARS_KEPT else pattern.search(value) is not None


@lru_cache(maxsize=4096)  # a page repeats its classes, an outlet those of its pages, and each element is asked for all lines in it
def _says_briefly(pattern: re.Pattern[str], value: str) -> bool:
    return pattern.search(value) is not None


def _in_comments(line: Line, around: frozenset[_Element]) -> bool:
    """Whether an element near a line that does not hold the headline is classed as one of comments."""
    near = (element for element in _up(line.element, levels=6) if element not in around)
    return any(_COMMENT_CLASS.search(f"{element.get('class') or ''} {element.get('id') or ''}") for element in near)


def _is_elsewhere(line: Line, around: frozenset[_Element], marks: _Marks) -> bool:
    """Whether a line stands in furniture or in the card of another story."""
    if in_furniture(line.element) and not _is_in_marked(line.element, marks):
        return True
    for element in _up(line.element, levels=3):
        if element in around:
            return False
        if any(len(one_line(link.text_content())) >= _TITLE_CHARS_MIN for link in element.iter("a")):
            return True
    return False


def _up(element: _Element, levels: int) -> Iterator[HtmlElement]:
    """An element and those around it, below the body."""
    current: _Element | None = element
    for _ in range(levels):
        if current is None or current.tag in ("body", "html"):
            return
        yield current
        current = current.getparent()


# ---------------------------------------------------------------- choosing

_MACHINES = ("outlet_rule", "feed", "json_ld", "meta", "microdata")


def choose_writers(
    candidates: Iterable[FieldCandidate], byline: Byline | None, organizations: Iterable[str], generic: Iterable[str], sites: Iterable[str]
) -> tuple[tuple[str, ...], list[FieldCandidate]]:
    """(persons, the candidates that name them). The first source that names a person wins: the outlet's own rule, a line that says 'By', the
    machines of the page, marked names, the feed. `organizations` signed too and are nobody's name."""
    named = [candidate for candidate in candidates if candidate.field in ("authors", "byline")]
    refused, sites = (*generic, *organizations), tuple(sites)
    for values in _by_precedence(named, byline):
        found = persons([candidate.value for candidate in values], refused, sites)
        if found:
            return found, [candidate for candidate in values if set(persons([candidate.value], refused, sites)) & set(found)]
    return (), []


def _by_precedence(named: list[FieldCandidate], byline: Byline | None) -> Iterator[list[FieldCandidate]]:
    by_source = {source: [candidate for candidate in named if candidate.source == source] for source in _MACHINES}
    marked = [candidate for candidate in named if candidate.field == "authors" and candidate.source == "byline"]
    printed = [FieldCandidate("authors", name, "byline") for name in printed_names(byline)]
    printed = [_as_stated(candidate, [*by_source["json_ld"], *by_source["meta"], *by_source["microdata"], *marked]) for candidate in printed]
    yield by_source["outlet_rule"]
    yield _fullest(printed, by_source["json_ld"]) if byline and byline.has_by else []
    yield _fullest(by_source["json_ld"], by_source["meta"][:1])
    yield [candidate for candidate in by_source["meta"][:1] if not _is_account(candidate.value)]
    yield marked
    yield by_source["microdata"][:1]
    yield printed
    yield by_source["meta"][:1]
    yield by_source["feed"]


def _fullest(first: list[FieldCandidate], second: list[FieldCandidate]) -> list[FieldCandidate]:
    """The first of two sources, or the second where it names the same people and more."""
    said, wider = ({folded(name) for candidate in source for name in split_names(candidate.value)} for source in (first, second))
    return second if said and said < wider else first


def _is_account(value: str) -> bool:
    """Whether a name is that of a login rather than of a person: 'jrobison', 'page.author'."""
    return value.islower() and " " not in value.strip()


def _as_stated(printed: FieldCandidate, stated: Iterable[FieldCandidate]) -> FieldCandidate:
    """A printed name, or the shorter one of two words and more that the page states elsewhere: 'Jane Roe Sample Weekly' is Jane Roe."""
    if len(split_names(printed.value)) != 1:
        return printed
    names = {name for candidate in stated for name in split_names(candidate.value) if len(name.split()) > 1}
    shorter = [name for name in names if one_line(printed.value).casefold().startswith(f"{name.casefold()} ")]
    return FieldCandidate(printed.field, min(shorter, key=len), printed.source) if shorter else printed


def printed_names(byline: Byline | None) -> list[str]:
    """The name that a byline gives; what follows it is an office or the outlet."""
    first = byline.names[0] if byline and byline.names else ""
    if byline and byline.has_by:
        return [first] if first and not first[0].islower() else []
    return [name for name in split_names(first) if looks_like_a_name(name)]


def desk(names: Iterable[str]) -> str | None:
    """Who signs where no person does: an agency, a team, the outlet itself; never an account name such as Admin."""
    return next(
        (name for name in names if len(name) < 60 and folded(name) not in ACCOUNTS and "//" not in name and not re.search(r"\d{3}", name)), None
    )
