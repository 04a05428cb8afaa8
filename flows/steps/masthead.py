"""The masthead of an article: headline, and what stands between it and the text (standfirst, byline, day, desk, dateline)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from lxml.etree import _Element
from lxml.html import HtmlElement

from flows.steps.bylines import Byline, Dateline, dateline, is_person, looks_like_a_name, newsroom_line, read_byline, split_names
from flows.steps.dates import DATE_CHARS_MAX, printed_dates, read_moment
from flows.steps.layout import Line, headings, in_furniture
from flows.steps.lines import folded, one_line, words
from warehouse.records import FieldCandidate

_SITE_MARK = re.compile(r"\s+(?:[|–—•·»:]|::|-|\|\||<)\s+")
_STANDFIRST_CLASS = re.compile(
    r"(?:^|[\s_-])(?:standfirst|introtext|subtitle|sub-?title|sub-?head\w*|dek|deck|lead|lede|lead-?text|intro|excerpt|summary|kicker-text|teaser-text)(?:$|[\s_-])",
    re.I,
)
_NOISE_LINE = re.compile(
    r"^(?:share\b.*|tweet|viber|print|email|e-mail|facebook|twitter|whatsapp|telegram|copy link|linkedin|pinterest|reddit|"
    r"save|listen.*|\d+ comments?|comments?|"
    r"\d+ views?|view counts?.*|views?:? ?[\d,]+|hits:? ?\d+|\d+ shares?|advertisement|home|news|"
    r"text size|a|font size.*|\d+ min(?:ute)?s? read|teilen|drucken|[\W\d_]*)$",
    re.I,
)
_LINES_MAX = 30
_STANDFIRST_CHARS_MAX = 700


@dataclass(slots=True)
class Masthead:
    """What stands between headline and text. `taken` are its lines on the page, headline aside."""

    headline: str | None = None
    element: HtmlElement | None = None
    standfirst: str | None = None
    byline: Byline | None = None
    printed_day: Byline | None = None
    newsroom: str | None = None
    dateline: Dateline | None = None
    source_outlet: str | None = None
    taken: list[Line] = field(default_factory=list)


def without_site_name(title: str, site_names: Iterable[str], known: Iterable[str] = ()) -> str:
    """A title without the outlet's name that its head element appends: 'Rice mills close - Example Daily' → 'Rice mills close'.

    A part is cut where it has the letters of a site name, or where the rest is a title that the page states elsewhere.
    """
    names = {folded(name) for name in site_names} - {""}
    others = {folded(text) for text in known} - {""}
    marks = list(_SITE_MARK.finditer(title))
    for mark in marks:
        if folded(title[: mark.start()]) in others:
            return title[: mark.start()].strip()
    for mark in reversed(marks):
        end = folded(title[mark.end() :])
        if end in names or any(len(name) > 3 and (end.startswith(name) or (name.startswith(end) and len(end) > 4)) for name in names):
            title = title[: mark.start()].strip()
    first = _SITE_MARK.search(title)
    return title[first.end() :] if first and folded(title[: first.start()]) in names else title


def find_headline(tree: HtmlElement, candidates: Iterable[FieldCandidate], site_names: Iterable[str]) -> tuple[str | None, HtmlElement | None]:
    """(headline, its element on the page). A heading that the head elements agree with wins; it is the one people saw."""
    stated = [candidate for candidate in candidates if candidate.field == "headline"]
    names = tuple(site_names)
    ruled = next((candidate.value for candidate in stated if candidate.source == "outlet_rule"), None)
    heads = [(text, element) for text, element in headings(tree) if 3 < len(text) < 300]
    shown = [text for text, _ in heads]
    if ruled:
        return ruled, next((element for text, element in heads if folded(text) == folded(ruled)), None)
    titles = [(without_site_name(candidate.value, names, shown), candidate.source) for candidate in stated]
    best = max(((_agreement(text, titles), -position) for position, (text, _) in enumerate(heads)), default=None)
    if best and best[0] >= 0.6:
        text, element = heads[-best[1]]
        return text, element
    for source in ("feed", "json_ld", "meta"):
        for text, by in titles:
            if by == source and text:
                return text, None
    first = next(((text, element) for text, element in heads if element.tag == "h1" and not in_furniture(element)), None)
    return first or (None, None)


def _agreement(heading: str, titles: list[tuple[str, str]]) -> float:
    """How well a heading fits the titles stated in the head: 1 equal, else the overlap of their words."""
    return max((_overlap(heading, title) for title, _ in titles), default=0.0)


def _overlap(first: str, second: str) -> float:
    if folded(first) == folded(second):
        return 1.0
    left, right = set(words(first)), set(words(second))
    return 2 * len(left & right) / (len(left) + len(right)) * 0.99 if left and right else 0.0


def read_masthead(
    headline: str | None, element: HtmlElement, after: Sequence[Line], *, country: str, outlet_names: Iterable[str], descriptions: Iterable[str]
) -> Masthead:
    """Everything between a headline's element and the first paragraph of the text. `after` are the lines that follow the headline."""
    head = Masthead(headline=headline, element=element)
    outlet_names, descriptions = tuple(outlet_names), [folded(text.rstrip(". …")) for text in descriptions if len(text) > 20]
    lines = list(after[:_LINES_MAX])
    for position, line in enumerate(lines):
        if (
            line in head.taken
            or folded(line.text) == folded(headline)
            or _NOISE_LINE.match(line.text)
            or (in_furniture(line.element) and line.element.tag != "header")
        ):
            continue
        if _take_meta(head, lines, position, country, outlet_names):
            head.taken.append(line)
        elif not _take_standfirst(head, lines, position, country, outlet_names, descriptions):
            break
    return head


def _take_meta(head: Masthead, lines: list[Line], position: int, country: str, outlet_names: tuple[str, ...]) -> bool:
    """Whether a line was a byline, a day, a desk or a dateline that the masthead still lacked."""
    text = lines[position].text
    if lines[position] in head.taken:
        return False
    return (
        _take_source(head, text)
        or _take_desk(head, lines, position, country, outlet_names)
        or _take_byline(head, text, country)
        or _take_dateline(head, text, country, outlet_names)
    )


_SOURCE_LINE = re.compile(r"^(?:source|credit|by arrangement with|republished from)\s*[:–-]\s*(?P<name>[^.:]{2,60})$", re.I)


def _take_source(head: Masthead, text: str) -> bool:
    found = _SOURCE_LINE.match(text)
    if found and head.source_outlet is None:
        head.source_outlet = found["name"].strip()
    return bool(found)


def _take_desk(head: Masthead, lines: list[Line], position: int, country: str, outlet_names: tuple[str, ...]) -> bool:
    text = lines[position].text
    desk = newsroom_line(text, outlet_names)
    if desk is None:
        return False
    head.newsroom = head.newsroom or desk
    # 'DMG Newsroom 3' / 'September 2024, Sittwe': the day was stranded on the line of the desk.
    stranded = re.search(r"\s([0-3]?\d)$", text)
    following = lines[position + 1] if position + 1 < len(lines) else None
    joined = dateline(f"{stranded[1]} {following.text}", country) if stranded and following else None
    if joined and following and head.dateline is None:
        head.dateline = joined
        head.taken.append(following)
    return True


def _take_byline(head: Masthead, text: str, country: str) -> bool:
    found = read_byline(text, country)
    if found is None:
        return False
    if found.printed and not found.has_by and found.names and _is_dateline_of_place(found, text, country):
        return False
    if found.has_by or (found.names and is_person(found.names[0])):
        head.byline = head.byline or found
    if found.printed:
        head.printed_day = head.printed_day or found
    return True


_LEVEL = re.compile(r"\b(?:state|region|division|district|township|province|county|prefecture|governorate)$", re.I)


def _is_dateline_of_place(found: Byline, text: str, country: str) -> bool:
    """'17 November 2025, Mrauk-U' begins with the day; 'Zaw Moe, Narinjara News, 12 April 2022' ends with it and has two names.

    Two names are a place where the second one says of what level it is: '5 June 2022, Paletwa, Chin State'.
    """
    if dateline(text, country) is None or found.printed is None:
        return False
    if len(found.names) == 2:
        return bool(_LEVEL.search(found.names[1]))
    return len(found.names) == 1 and (found.printed.start < 3 or len(found.names[0].split()) == 1)


def _take_dateline(head: Masthead, text: str, country: str, outlet_names: tuple[str, ...]) -> bool:
    found = dateline(text, country)
    if found is None or found.place is None or head.dateline is not None:
        return False
    if newsroom_line(found.place, outlet_names):
        head.newsroom = head.newsroom or found.place
        found = Dateline(None, found.printed, found.end)
    head.dateline = found
    return True


def _take_standfirst(head: Masthead, lines: list[Line], position: int, country: str, outlet_names: tuple[str, ...], descriptions: list[str]) -> bool:
    """Whether a line is a standfirst: classed so, or followed by the byline, day or desk that the masthead still lacks."""
    line = lines[position]
    if head.standfirst is not None or len(line.text) > _STANDFIRST_CHARS_MAX or line.is_link:
        return False
    classed = _is_classed_standfirst(line)
    stated = any(text and folded(line.text).startswith(text) for text in descriptions)
    if not (classed or _meta_follows(head, lines, position, country, outlet_names)):
        return False
    if classed and not stated and len(line.text) < 30:
        return False
    head.standfirst = line.text
    head.taken.append(line)
    return True


def _is_classed_standfirst(line: Line) -> bool:
    """Whether the class of an element that holds this line and nothing else says standfirst."""
    around = line.element.getparent()
    holders = [holder for holder in (line.element, around) if holder is not None and one_line(holder.text_content()) == line.text]
    return any(_STANDFIRST_CLASS.search(holder.get("class") or "") for holder in holders)


def _meta_follows(head: Masthead, lines: list[Line], position: int, country: str, outlet_names: tuple[str, ...]) -> bool:
    if head.printed_day or head.byline or head.newsroom or head.dateline:
        return False
    for line in lines[position + 1 : position + 4]:
        if in_furniture(line.element) or _NOISE_LINE.match(line.text):
            continue
        if read_byline(line.text, country) or newsroom_line(line.text, outlet_names):
            return True
    return False


_BEFORE_LINES, _AFTER_LINES = 10, 25
# So near to the headline a day is the article's, whatever elements lie between.
_BESIDE_LINES = 4
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.I)
_LABELLED = re.compile(r"^(?:first )?(?:published|posted|date|publication date|date published|veröffentlicht|publié|erstellt)\b", re.I)
_DAY_CLASS = re.compile(r"date|time|publish|posted|meta|byline", re.I)
_TITLE_CHARS_MIN = 25
_WORDS_OF_PROSE = 12
_DAY_LINE_CHARS_MAX = 90


def printed_day(
    shown: Sequence[Line], at: int, *, among: Sequence[Line], read_already: Sequence[Line], country: str, fetched_on: date, zone: str
) -> FieldCandidate | None:
    """The publication day printed near the headline (line `at` of the page), or None.

    Days of other stories stand in cards that hold another title; a clock stands outside the part of the page that holds
    the headline, or shows the day of the capture. What stands after the headline goes before what stands above it.
    Only lines `among` those given count, and of the lines `read_already`, those of the masthead, only what a time element adds is new.
    """
    headline = shown[at].element
    after = _above_the_text(list(enumerate(shown[at + 1 : at + 1 + _AFTER_LINES], at + 1)))
    first = max(0, at - _BEFORE_LINES)
    before = [
        (number, line)
        for number, line in enumerate(shown[first:at], first)
        if _near(line, headline) or (at - number <= _BESIDE_LINES and not _in_list(line))
    ]
    before.reverse()
    labelled = [(number, line) for number, line in enumerate(shown) if number > at + _AFTER_LINES and _LABELLED.match(line.text)]
    for number, line in (*after, *before, *labelled):
        value, source = _day_of(line, country, zone)
        if line not in among:
            continue
        if value is None or line.text == shown[at].text or (line in read_already and source != "microdata") or in_furniture(line.element):
            continue
        if not 0 < number - at <= _BESIDE_LINES and _in_card(line, headline):
            continue
        if value[:10] == fetched_on.isoformat() and (number < at or _WEEKDAY.search(line.text)):
            continue
        return FieldCandidate("date_published", value, source)
    return None


def only_day(shown: Sequence[Line], *, country: str, captured_on: date) -> FieldCandidate | None:
    """The one day that a page prints, where it prints no other anywhere, above its text and outside lists and cards of other stories.

    On public pages without any other sign of a day this was right for 31 of 35, where htmldate answers for all and is right for 7 of 10.
    """
    dated = [(line, found) for line in shown if len(line.text) <= _DAY_LINE_CHARS_MAX for found in printed_dates(line.text, country) if found.year]
    days = {found.on() for _, found in dated} - {None}
    if len(days) != 1 or captured_on in days:
        return None
    line, _ = dated[0]
    prose = [number for number, each in enumerate(shown) if not each.is_link and each.words >= _WORDS_OF_PROSE]
    above = bool(prose) and shown.index(line) < prose[-1]
    if not above or in_furniture(line.element) or _in_list(line) or _holds_a_title(line) or _WEEKDAY.search(line.text):
        return None
    return FieldCandidate("date_published", next(day.isoformat() for day in days if day), "outlet_rule")


def _holds_a_title(line: Line) -> bool:
    """Whether the nearest elements around a line hold a linked title, as the card of another story does."""
    return any(len(one_line(link.text_content())) >= _TITLE_CHARS_MIN for element in _up(line.element, levels=2) for link in element.iter("a"))


_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|writer|post-author|contributor|autor)(?:$|[\s_-]|name)|author-?name",
    re.I,
)
_AUTHOR_PATH = re.compile(r"/(?:authors?|autor(?:en)?|writers?|contributors?|profile|people|by|staff)/", re.I)


def printed_authors(shown: Sequence[Line], at: int) -> list[FieldCandidate]:
    """Names near the headline that their element or link marks as the writer's."""
    near = [*shown[at + 1 : at + 1 + _AFTER_LINES], *reversed(shown[max(0, at - _BEFORE_LINES) : at])]
    found = [line.text for line in near if len(line.text) < 60 and _marks_an_author(line) and not in_furniture(line.element)]
    names = [name for text in found for name in split_names(text) if looks_like_a_name(name)]
    return [FieldCandidate("authors", name, "byline") for name in dict.fromkeys(names)][:1]


def _marks_an_author(line: Line) -> bool:
    marks = [(element.get("class") or "", element.get("href") or "") for node, _ in line.nodes for element in _up(node, levels=3)]
    return any(_AUTHOR_CLASS.search(classes) or _AUTHOR_PATH.search(address) for classes, address in marks)


def _above_the_text(numbered: list[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """The lines up to the second one of prose: the first may be the standfirst."""
    prose = 0
    for position, (_, line) in enumerate(numbered):
        prose += not line.is_link and line.words >= _WORDS_OF_PROSE
        if prose == 2:
            return numbered[:position]
    return numbered


def _day_of(line: Line, country: str, zone: str) -> tuple[str | None, str]:
    """(ISO day or moment, source) of a line that is hardly more than a date."""
    if len(line.text) > _DAY_LINE_CHARS_MAX:
        return None, ""
    found = read_byline(line.text, country)
    if found is None or found.printed is None or re.match(r"^(?:last )?(?:updated|modified)|^aktualisiert|^stand", line.text, re.I):
        return None, ""
    stamp = next(
        (
            holder.get("datetime")
            for element, _ in line.nodes
            for holder in (element, element.getparent())
            if holder is not None and holder.get("datetime")
        ),
        None,
    )
    moment = read_moment(stamp, zone, country) if stamp else None
    day = found.printed.on()
    if stamp and moment:
        return stamp[:DATE_CHARS_MAX], "microdata"
    return (day.isoformat() if day else None), "outlet_rule"


def _near(line: Line, headline: HtmlElement) -> bool:
    """Whether a line stands in the part of the page that holds the headline: an element at most three levels around it, below the body.

    A line whose element is classed as a day, or is a time element, may stand twice as far.
    """
    classed = any(element.tag == "time" or _DAY_CLASS.search(element.get("class") or "") for element, _ in line.nodes) or _DAY_CLASS.search(
        line.element.get("class") or ""
    )
    around = list(headline.iterancestors())[: 6 if classed else 3]
    holders = [element for element in around if element.tag not in ("body", "html")]
    return any(holder in holders for holder in (line.element, *line.element.iterancestors()))


def _in_list(line: Line) -> bool:
    return any(element.tag in ("li", "tr", "nav") for element in _up(line.element, levels=3))


def _in_card(line: Line, headline: HtmlElement) -> bool:
    """Whether a line belongs to a card of another story: an element around it, without the headline, holds a linked title."""
    keep = {headline, *headline.iterancestors()}
    for element in _up(line.element, levels=3):
        if element in keep:
            return False
        if any(len(one_line(link.text_content())) >= _TITLE_CHARS_MIN for link in element.iter("a")):
            return True
    return False


def _up(element: _Element, levels: int) -> Iterator[HtmlElement]:
    current: _Element | None = element
    for _ in range(levels):
        if current is None:
            return
        yield current
        current = current.getparent()
