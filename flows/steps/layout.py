"""The visible lines of a page with the elements they stand in, and which parts of a page are never the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement

from flows.steps.lines import one_line, word_count

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(["script", "style", "noscript", "template", "select", "option", "textarea", "button", "svg", "iframe", "object", "head", "title"])
_BOLD = frozenset(["b", "strong"])
_OUTSIDE = frozenset(["nav", "aside", "footer", "figcaption", "form"])
# Class or id words of page furniture around and inside articles. Whole words or parts between - and _, so that `shared-content` is none.
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|shares|social|related|breadcrumbs?|crumbs|comments?|respond|subscribe|advert\w*|ads?|promo|"
    r"recommend\w*|trending|latestnews|tags|pagination|cookie|toolbar|most-read|view-related|moduletable|menu|navbar|topbar)(?:$|[\s_-])",
    re.I,
)
# Nearly all names have none of these, which is told in a tenth of the time that the patterns take.
_FURNITURE_WORDS = frozenset([
    "share", "sharing", "shares", "social", "related", "breadcrumb", "breadcrumbs", "crumbs", "comment", "comments", "respond", "subscribe",
    "ad", "ads", "promo", "trending", "latestnews", "tags", "pagination", "cookie", "toolbar", "most", "view", "moduletable", "menu", "navbar",
    "topbar",
])  # fmt: skip
_FURNITURE_STEMS = ("advert", "recommend")
_CONSENT_STEMS = (
    "onetrust", "ot-sdk", "cybotcookie", "didomi", "usercentrics", "cmplz", "cky", "qc-cmp2", "sp_message", "truste", "cookie", "gdpr", "consent",
)  # fmt: skip

# Ids and classes of the consent managers in use, and of home-made notices.
_CONSENT = re.compile(
    r"onetrust|\bot-sdk|cybotcookie|\bdidomi-|\busercentrics|\bcmplz-|\bcky-|\bqc-cmp2|\bsp_message_container|\btruste[-_]|"
    r"\b(?:cookie|gdpr|consent)s?[-_]?(?:banner|bar|box|consent|dialog|law|manager|message|modal|notice|popup|preferences|settings|wall|wrapper)",
    re.I,
)

# Walking the children by tag takes a third of the time that a path with these names takes.
_MAY_BE_FURNITURE = ("div", "section", "ul", "ol", "p", "aside", "nav", "footer")
_MAY_BE_HEADLINE = ("div", "p", "span", "font")
_HEADLINES_BY_CLASS_MAX = 10
_TEXTS = XPath("descendant::text()[normalize-space()] | descendant::br")
# The same; slower by a third on most pages, but libxml sorts what a union has found, which takes seconds for tens of thousands of <br>.
_TEXTS_OF_MANY = XPath("descendant::node()[self::br or self::text()[normalize-space()]]")
_MANY = 2_000
_TEASER_CHARS_MAX = 200
_META_CHARS_MAX = 200
_CLASS_CHARS_MAX = 1_000  # a class attribute may hold anything


class Line(NamedTuple):  # a page has hundreds: a tuple is made in a third of the time of a frozen dataclass
    """One visible line, and the nearest block element it stands in."""

    text: str
    element: HtmlElement
    is_link: bool
    words: int = 0
    nodes: tuple[tuple[_Element, bool], ...] = ()  # where its text hangs: (element, True for the text after it)
    linked_share: float = 0.0  # of its letters, 0 to 1
    bold_share: float = 0.0


def lines_within(element: HtmlElement) -> list[Line]:
    """The visible lines inside an element."""
    are_many = next(islice(element.iter("br"), _MANY, None), None) is not None
    found = (_TEXTS_OF_MANY if are_many else _TEXTS)(element)
    return _lines(found if isinstance(found, list) else [])


class _Open:
    """The line that is being put together."""

    __slots__ = ("bold", "is_link", "letters", "linked", "nodes", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.nodes: list[tuple[_Element, bool]] = []
        self.letters = self.linked = self.bold = 0
        self.is_link = True

    def add(self, text: str, inline: _Element, tail: bool, spot: _Spot) -> None:
        if not tail and self.nodes and self._stands_beside(text, inline):
            self.pieces.append(" ")
        self.pieces.append(text)
        self.nodes.append((inline, tail))
        letters = len(text.strip())
        self.letters += letters
        if spot.linked:
            self.linked += letters
        else:
            self.is_link = False
        if spot.bold:
            self.bold += letters

    def _stands_beside(self, text: str, inline: _Element) -> bool:
        """Two elements side by side are two words: <span>Ko Ko</span><span>May 2</span>."""
        return bool(
            not self.nodes[-1][1]
            and self.pieces[-1][-1:].isalnum()
            and text[:1].isalnum()
            and self.nodes[-1][0].getparent() is inline.getparent()
        )

    def line(self, block: _Element) -> Line | None:
        text = one_line("".join(self.pieces))
        if not text:
            return None
        letters = max(1, self.letters)
        return Line(text, block, self.is_link, word_count(text), tuple(self.nodes), self.linked / letters, self.bold / letters)


def _lines(texts: Sequence[object]) -> list[Line]:
    lines: list[Line | None] = []
    spots: dict[_Element, _Spot] = {}
    opened, at = _Open(), None
    for text in texts:
        if not isinstance(text, str):
            lines.append(opened.line(at) if at is not None else None)
            opened = _Open()
            continue
        inline = text.getparent()  # type: ignore[attr-defined]
        tail = bool(text.is_tail)  # type: ignore[attr-defined]
        holder = inline.getparent() if tail else inline
        if holder is None:
            continue
        spot = spots.get(holder)
        if spot is None:
            spot = _spot_of(holder, spots)
        if spot.silent:
            continue
        if opened.pieces and ((tail and inline.tag in BLOCKS) or spot.block is not at):
            lines.append(opened.line(at) if at is not None else None)
            opened = _Open()
        at = spot.block
        opened.add(str(text), inline, tail, spot)
    lines.append(opened.line(at) if at is not None else None)
    return [line for line in lines if line is not None]


class _Spot(NamedTuple):
    """What an element gives the text in it: its block, and whether a link or bold type is around it inside that block."""

    block: _Element
    linked: bool
    bold: bool
    silent: bool  # the element itself is never shown


def _spot_of(element: _Element, spots: dict[_Element, _Spot]) -> _Spot:
    """The spot of an element, kept in `spots`: a page may nest 100,000 elements, and each is climbed once."""
    path: list[tuple[_Element, _Element]] = []  # an element with its parent
    current = element
    while current not in spots:
        parent = current.getparent()
        if current.tag in BLOCKS or parent is None:
            spots[current] = _Spot(current, current.tag == "a", False, current.tag in _SILENT)
            break
        path.append((current, parent))
        current = parent
    for each, parent in reversed(path):
        around = spots[parent]
        spots[each] = _Spot(around.block, around.linked or each.tag == "a", around.bold or each.tag in _BOLD, each.tag in _SILENT)
    return spots[element]


def blank(line: Line) -> None:
    """Takes the text of a line out of the tree; its elements stay, empty."""
    for element, is_tail in line.nodes:
        if is_tail:
            element.tail = None
        else:
            element.text = None


def is_furniture(element: _Element) -> bool:
    """Whether an element itself is navigation, sharing, advertising or a list of other stories, by its tag or class words."""
    if element.tag == "aside" and _says_little(element):  # themes set byline and day in an aside
        return False
    return element.tag in _OUTSIDE or _named(element)[0]


def _says_little(element: _Element) -> bool:
    letters = 0
    for text in element.itertext():
        letters += len(text)
        if letters >= _META_CHARS_MAX:  # the rest is not read: the aside is asked for each line in it
            return False
    return True


def asks_consent(element: _Element) -> bool:
    """Whether an element is what a consent manager puts into pages: paragraphs of prose that are never the article."""
    return _named(element)[1]


def _named(element: _Element) -> tuple[bool, bool]:
    return _names(element.get("class", "")[:_CLASS_CHARS_MAX], element.get("id", "")[:_CLASS_CHARS_MAX])


@lru_cache(maxsize=8192)  # a page repeats its classes, an outlet those of its pages
def _names(classes: str, name: str) -> tuple[bool, bool]:
    """Whether class and id name (furniture, a consent manager)."""
    both = f"{classes} {name}"
    plain = both.casefold()
    parts = plain.replace("_", " ").replace("-", " ").split()
    may_be_furniture = not _FURNITURE_WORDS.isdisjoint(parts) or any(stem in plain for stem in _FURNITURE_STEMS)
    may_ask_consent = any(stem in plain for stem in _CONSENT_STEMS)
    return may_be_furniture and _FURNITURE.search(both) is not None, may_ask_consent and _CONSENT.search(both) is not None


def in_furniture(element: _Element, levels_max: int = 5) -> bool:
    """Whether an element or one of the few elements around it is furniture."""
    current: _Element | None = element
    for _ in range(levels_max):
        if current is None or current.tag in ("body", "main", "article", "html"):
            return False
        if is_furniture(current):
            return True
        current = current.getparent()
    return False


def drop_silent(tree: HtmlElement) -> None:
    """Takes scripts and styles out of the page; what they hold is never shown.

    A noscript or template that holds most of the page was never closed: there the parser and every browser disagree, and the page is kept.
    """
    silent = list(tree.iter("script", "style", "noscript", "template"))
    letters = len(tree.text_content()) if any(element.tag in ("noscript", "template") for element in silent) else 0
    gone = list[_Element]()
    for element in silent:
        if element.tag in ("noscript", "template") and 2 * len(element.text_content()) > letters:
            element.drop_tag()
        else:
            gone.append(element)
    remove_all(gone)


def drop_furniture(tree: HtmlElement, keep: HtmlElement | None) -> None:
    """Takes furniture out of the page where it holds little of the visible text, no paragraph of prose, and not the element to keep.

    A class word alone proves little: whole pages are wrapped in `with-related`, and themes call their columns `widget`. What asks for consent
    goes with its paragraphs, up to three quarters of the text.
    """
    body = tree.find("body")
    if body is None:
        return
    kept = {keep, *keep.iterancestors()} if keep is not None else set()
    letters_max = len(body.text_content()) / 4
    for element in [each for each in body.iter(*_MAY_BE_FURNITURE) if _may_be_furniture(each)]:
        consent = asks_consent(element)
        if element in kept or not (consent or is_furniture(element)):
            continue
        if len(element.text_content()) >= letters_max * (3 if consent else 1):
            continue
        if consent or not _has_prose(element):
            remove(element)


def _may_be_furniture(element: _Element) -> bool:
    """False for nearly all elements, told as fast as can be; an element without any name is none but an aside."""
    classes, name = element.get("class"), element.get("id")
    if classes is None and name is None:
        return element.tag == "aside"
    return True in _names((classes or "")[:_CLASS_CHARS_MAX], (name or "")[:_CLASS_CHARS_MAX]) or element.tag in _OUTSIDE


def _has_prose(element: HtmlElement) -> bool:
    """Whether an element holds a paragraph longer than a teaser, or a heading of the first level."""
    return any(len(paragraph.text_content()) > _TEASER_CHARS_MAX for paragraph in element.iter("p")) or element.find(".//h1") is not None


def headings(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """The headings of a page as (text, element): all h1, then h2 and h3, then what is classed as a headline."""
    for level in ("h1", "h2", "h3"):
        for element in tree.iter(level):
            yield one_line(element.text_content()), element
    classed = (each for each in tree.iter(*_MAY_BE_HEADLINE) if (name := each.get("class")) and ("title" in name or "headline" in name))
    for element in list(islice(classed, _HEADLINES_BY_CLASS_MAX)):
        yield one_line(element.text_content()), element


def remove(element: _Element) -> None:
    """Takes an element out of the tree and leaves the text after it."""
    remove_all([element])


def remove_all(elements: Iterable[_Element]) -> None:
    """Takes elements, in the order of the page, out of the tree and leaves the texts after them.

    The texts after neighbours become one, which is put together once: a page may hold tens of thousands of scripts.
    """
    pieces = list[str]()
    before: tuple[_Element, bool] | None = None  # where the pieces go: (element, True for the text after it)
    for element in elements:
        parent, previous = element.getparent(), element.getprevious()
        if parent is None:
            continue
        place = (parent, False) if previous is None else (previous, True)
        if before != place:
            _append(before, pieces)
            before, pieces = place, []
        if element.tail:
            pieces.append(element.tail)
        parent.remove(element)
    _append(before, pieces)


def _append(place: tuple[_Element, bool] | None, pieces: list[str]) -> None:
    if place is None or not pieces:
        return
    element, is_after = place
    if is_after:
        element.tail = (element.tail or "") + "".join(pieces)
    else:
        element.text = (element.text or "") + "".join(pieces)
