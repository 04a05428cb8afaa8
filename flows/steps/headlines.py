"""The headline of an article: which heading of its page it is, without the kicker, subtitle or site name that stand in the same line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, cast

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement

from flows.steps.layout import headings, in_furniture
from flows.steps.lines import folded, one_line, words
from warehouse.records import FieldCandidate

_SITE_MARK = re.compile(r"\s+(?:[|–—•·»:]|::|-|\|\||<)\s+|\s*│\s*")
# Elements inside a heading that stand beside the headline: what is printed above, below or after it, and what only a screen reader says.
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:kicker|roofline|dachzeile|overline|topline|eyebrow|spitzmarke|(?:over|pre|super)-?title|title-?header|sub-?title|sub-?head(?:ing|line)?|"
    r"label|title-date|hidden-?dash|visually-?hidden|sr-only|screen-reader-text|element-invisible)(?:$|[\s_-])",
    re.I,
)
# A link to the first page of a host: '/', 'https://www.example.org/'.
_HOME = re.compile(r"^(?:/|.*://[^/?#]+/?)(?:index\.\w+)?$")
_AGREES_MIN, _SHARES_MIN = 0.6, 0.2
# After a host's own name a title may still hold a word or two of the site's: 'westelm.com' and '… – West Elm Features'.
_MORE_OF_A_NAME_CHARS = 12
_PART_CHARS_MIN = 12
# What a head states is any text at all, and each title is compared with each heading, and each of its parts with each other title.
_HEADINGS_MAX, _STATED_CHARS_MAX, _MARKS_MAX, _PIECES_MAX = 1_000, 1_000, 20, 50
_TEXTS = XPath("descendant::text()[normalize-space()]")
_AROUND = " -–—|/:"  # what separates a headline from what stands beside it


def find_headline(tree: HtmlElement, candidates: Iterable[FieldCandidate], site_names: Iterable[str]) -> tuple[str | None, HtmlElement | None]:
    """(headline, its element on the page). A heading that the head elements agree with wins; it is the one people saw."""
    named = [candidate for candidate in candidates if candidate.field == "headline"]
    # What an overview page shows may be cut or a section's name: it says nothing of which heading is the right one, and comes last.
    stated = [candidate for candidate in named if candidate.source != "listing" and len(candidate.value) <= _STATED_CHARS_MAX]
    ruled = next((candidate.value for candidate in stated if candidate.source == "outlet_rule"), None)
    values = list(dict.fromkeys(candidate.value for candidate in stated))
    shown = [(text, element) for text, element in islice(_shown(tree, values), _HEADINGS_MAX) if 3 < len(text) < 300]
    if ruled:
        return ruled, next((element for text, element in shown if folded(text) == folded(ruled)), None)
    names = (*site_names, *(text for text, element in shown if _leads_home(element)))
    of_the_site = {folded(name) for name in names}
    heads = [(text, element) for text, element in shown if folded(text) not in of_the_site]
    known = [text for text, _ in heads]
    titles = [(without_site_name(candidate.value, names, known, values), candidate.source) for candidate in stated]
    best = max(((_agreement(text, titles), -position) for position, (text, _) in enumerate(heads)), default=None)
    if best and best[0] >= _AGREES_MIN:
        return heads[-best[1]]
    for source in ("feed", "json_ld", "meta"):
        for text, by in titles:
            if by == source and text:
                return text, _only_h1(heads, titles)
    first = next(((text, element) for text, element in heads if element.tag == "h1" and not in_furniture(element)), None)
    return first or (next((candidate.value for candidate in named if candidate.source == "listing"), None), None)


def _only_h1(heads: Iterable[tuple[str, HtmlElement]], titles: list[tuple[str, str]]) -> HtmlElement | None:
    """The only h1 of a page where it shares words with a title: the article's place, though the head words its title differently."""
    found = [(text, element) for text, element in heads if element.tag == "h1" and not in_furniture(element)]
    return found[0][1] if len(found) == 1 and _agreement(found[0][0], titles) >= _SHARES_MIN else None


# ---------------------------------------------------------------- titles of the head


def without_site_name(title: str, site_names: Iterable[str], known: Iterable[str] = (), stated: Iterable[str] = ()) -> str:
    """A title without the outlet's name that its head element appends: 'Rice mills close - Example Daily' → 'Rice mills close'.

    A part is cut where it has the letters of a site name or of a host's name, where the rest is a heading that the page shows (`known`), or where
    another element of the head states the rest as the title (`stated`).
    """
    marks = list(_SITE_MARK.finditer(title))
    if not 0 < len(marks) <= _MARKS_MAX:
        return title
    others = {folded(text) for text in stated} - {"", folded(title)}
    part = next((text for text in _parts(title, marks) if folded(text) in others), None)
    if part:
        return part
    others = {folded(text) for text in known} - {""}
    for mark in marks:
        if folded(title[: mark.start()]) in others:
            return title[: mark.start()].strip()
    return _without_names(title, marks, tuple(site_names))


def _parts(title: str, marks: list[re.Match[str]]) -> Iterator[str]:
    """The parts between the marks of a title, and those before and after each mark."""
    for start in (0, *(mark.end() for mark in marks)):
        for end in (*(mark.start() for mark in marks), len(title)):
            if (start, end) != (0, len(title)) and start < end and len(title[start:end].strip()) >= _PART_CHARS_MIN:
                yield title[start:end].strip()


def _without_names(title: str, marks: list[re.Match[str]], site_names: tuple[str, ...]) -> str:
    names = {folded(name) for name in site_names} - {""}
    hosts = {_host_name(name) for name in site_names} - {""}
    for mark in reversed(marks):
        end = folded(title[mark.end() :])
        if _is_a_name(end, names) or any(end.startswith(host) and len(end) <= len(host) + _MORE_OF_A_NAME_CHARS for host in hosts):
            title = title[: mark.start()].strip()
    first = _SITE_MARK.search(title)
    return title[first.end() :] if first and folded(title[: first.start()]) in names | hosts else title


def _is_a_name(end: str, names: Collection[str]) -> bool:
    return end in names or any(len(name) > 3 and (end.startswith(name) or (name.startswith(end) and len(end) > 4)) for name in names)


def _host_name(host: str) -> str:
    """The letters that name a host, or nothing: 'www.brandeins.de' → 'brandeins'."""
    labels = host.casefold().split(".") if " " not in host else []
    name = folded(max(labels[:-1], key=len, default=""))
    return name if len(name) > 3 else ""


def _agreement(heading: str, titles: list[tuple[str, str]]) -> float:
    """How well a heading fits the titles stated in the head: 1 equal, else the overlap of their words."""
    return max((_overlap(heading, title) for title, _ in titles), default=0.0)


def _overlap(first: str, second: str) -> float:
    if folded(first) == folded(second):
        return 1.0
    left, right = _word_set(first), _word_set(second)
    return 2 * len(left & right) / (len(left) + len(right)) * 0.99 if left and right else 0.0


@lru_cache(maxsize=2048)  # each heading is compared with each title
def _word_set(text: str) -> frozenset[str]:
    return frozenset(words(text))


# ---------------------------------------------------------------- headings of the page


def _shown(tree: HtmlElement, stated: Iterable[str]) -> Iterator[tuple[str, HtmlElement]]:
    """The headings with the text of their headline. What stands inside a heading is a part of it and no heading of its own."""
    wanted = {folded(text) for text in stated if len(text) >= _PART_CHARS_MIN}
    seen = set[HtmlElement]()
    for text, element in headings(tree):
        if seen.isdisjoint(element.iterancestors()):
            yield (_headline_in(element, wanted) if len(element) else text), element
            seen |= {element} if element.tag in ("h1", "h2", "h3") else set()


def _headline_in(heading: HtmlElement, wanted: Collection[str]) -> str:
    """The text of a heading without what stands beside the headline in it.

    'Interim report <b class=headline>Mills close</b>' is 'Mills close' where the head states that title, or where the other element is classed as
    a kicker, a subtitle and the like.
    """
    pieces = _pieces(heading)
    for at in range(1, min(len(pieces), _PIECES_MAX)):
        for part in (pieces[at:], pieces[:at]):
            if folded("".join(text for text, _ in part)) in wanted:
                return one_line("".join(text for text, _ in part)).strip(_AROUND)
    own = one_line("".join(text for text, is_beside in pieces if not is_beside))
    return own.strip(_AROUND) if folded(own) and any(is_beside for _, is_beside in pieces) else one_line("".join(text for text, _ in pieces))


def _pieces(heading: HtmlElement) -> list[tuple[str, bool]]:
    """(text, whether it stands beside the headline) of every text in a heading, with a space where two elements touch."""
    pieces: list[tuple[str, bool]] = []
    for text in cast("list[Any]", _TEXTS(heading)):
        holder = text.getparent().getparent() if text.is_tail else text.getparent()
        last = pieces[-1][0][-1:] if pieces else " "
        touching = last.isalnum() and text[:1].isalnum() and (last.islower() and text[:1].isupper())
        pieces.append((" " * touching + str(text), _is_beside(holder, heading)))
    return pieces


def _is_beside(element: _Element | None, heading: HtmlElement) -> bool:
    while element is not None and element is not heading:
        if _BESIDE.search(element.get("class") or ""):
            return True
        element = element.getparent()
    return False


def _leads_home(heading: HtmlElement) -> bool:
    """Whether all of a heading is a link to the first page: the name of the site, not of an article."""
    links = [link for link in (*heading.iter("a"), *heading.iterancestors("a")) if link.get("href")]
    return len(links) == 1 and bool(_HOME.match(links[0].get("href") or "")) and folded(links[0].text_content()) == folded(heading.text_content())
