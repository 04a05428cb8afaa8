"""Which lines of a page are the text of its article: trafilatura's choice, checked against the page's own structure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import trafilatura
from lxml.etree import _Element
from lxml.html import HtmlElement

from flows.steps.layout import Line, in_furniture
from flows.steps.lines import folded, one_line, word_count

# Below this trafilatura's fast mode is asked again in full: a short result is where it loses text (measured on public pages).
_SHORT_CHARS = 700
# And where it leaves out more than this share of the page's prose.
_DOUBTFUL_SHARE = 0.75
# An own container must hold this many times the words before it replaces trafilatura's choice.
_OWN_IS_LONGER = 1.8
_WORDS_OF_A_PARAGRAPH = 6


def body_lines(tree: HtmlElement, shown: Sequence[Line], headline_at: int, url: str) -> list[str]:
    """The lines of the article's text in page order, not yet cleaned.

    `shown` are the visible lines of the page, the masthead's left out; `headline_at` is the line of the headline, -1 without one.
    """
    chosen = _trafilatura_lines(tree, url, fast=True)
    own = _own_lines(shown[headline_at + 1 :])
    prose = [line for line in shown if not line.is_link and line.words >= 10 and not in_furniture(line.element)]
    if sum(map(len, chosen)) < _SHORT_CHARS or _words(chosen) < _DOUBTFUL_SHARE * _words(prose):
        full = _trafilatura_lines(tree, url, fast=False)
        chosen = full if sum(map(len, full)) > sum(map(len, chosen)) else chosen
    if _words(own) > _OWN_IS_LONGER * _words(chosen) or _ran_together(chosen, own):
        return [line.text for line in own]
    return _without_trailing_links(chosen, shown)


def _without_trailing_links(chosen: list[str], shown: Sequence[Line]) -> list[str]:
    """The lines without those at the end that the page shows as nothing but links: tags, and titles of other stories."""
    links = {folded(line.text) for line in shown if line.is_link}
    end = len(chosen)
    while end and folded(chosen[end - 1]) in links:
        end -= 1
    return chosen[:end] or chosen


def _ran_together(chosen: list[str], own: list[Line]) -> bool:
    """Whether trafilatura fell back to one line for the whole page, where the page shows paragraphs."""
    return len(chosen) == 1 and len(own) > 1 and 2 * _words(own) > _words(chosen)


def _trafilatura_lines(tree: HtmlElement, url: str, *, fast: bool) -> list[str]:
    found = trafilatura.bare_extraction(tree, url=url, fast=fast, include_comments=False, with_metadata=False)
    text = getattr(found, "text", None) or ""  # None where trafilatura finds nothing
    return [line for line in map(one_line, text.split("\n")) if line]


def _words(lines: Sequence[str | Line]) -> int:
    return sum(line.words if isinstance(line, Line) else word_count(line) for line in lines)


def _own_lines(after: Sequence[Line]) -> list[Line]:
    """The lines of the element that holds most paragraph text after the headline."""
    texts = [line for line in after if not line.is_link and line.words >= _WORDS_OF_A_PARAGRAPH and not in_furniture(line.element)]
    holder = _fullest(texts)
    if holder is None:
        return []
    return [line for line in after if not line.is_link and _is_within(line.element, holder) and not in_furniture(line.element)]


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


def _is_within(element: _Element, holder: _Element) -> bool:
    current: _Element | None = element
    while current is not None:
        if current is holder:
            return True
        current = current.getparent()
    return False
