"""The masthead of an article: what stands between its headline and the text (standfirst, byline, day, desk, dateline)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from flows.steps.bylines import Byline, Dateline, dateline, is_person, looks_like_a_name, newsroom_line, read_byline, split_names, with_gaps
from flows.steps.dates import PrintedDate
from flows.steps.layout import Line, in_furniture
from flows.steps.lines import folded, one_line, word_count
from flows.steps.writers import LABEL, marks_a_writer

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
# Shorter lines under a headline are labels, credits and names.
_STANDFIRST_WORDS_MIN = 4
_WORDS_OF_PROSE = 12


@dataclass(slots=True)
class Masthead:
    """What stands between headline and text. `taken` are its lines on the page, headline aside."""

    headline: str | None = None
    element: HtmlElement | None = None
    standfirst: str | None = None
    byline: Byline | None = None
    printed_day: Byline | None = None
    updated: PrintedDate | None = None
    newsroom: str | None = None
    dateline: Dateline | None = None
    source_outlet: str | None = None
    taken: list[Line] = field(default_factory=list)


def read_masthead(
    headline: str | None, element: HtmlElement, after: Sequence[Line], *, country: str, outlet_names: Iterable[str], descriptions: Iterable[str]
) -> Masthead:
    """Everything between a headline's element and the first paragraph of the text. `after` are the lines that follow the headline."""
    head = Masthead(headline=headline, element=element)
    outlet_names, descriptions = tuple(outlet_names), [folded(text.rstrip(". …")) for text in descriptions if len(text) > 20]
    lines = list(after[:_LINES_MAX])
    for position, line in enumerate(lines):
        if LABEL.match(line.text) and position + 1 < len(lines) and _take_labelled(head, line, lines[position + 1], outlet_names, country):
            continue
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
        or _take_byline(head, lines[position], outlet_names, country)
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


def _take_byline(head: Masthead, line: Line, outlet_names: tuple[str, ...], country: str, *, label: str = "") -> bool:
    """Whether a line is a byline, with the label before it ('By' on a line of its own), or a day."""
    text = f"{label} {with_gaps(line)}".strip()
    found = read_byline(text, country)
    if found is None:
        return False
    if found.printed and not found.has_by and found.names and not _is_meta(line) and _is_dateline_of_place(found, text, country, outlet_names):
        return False
    desk = newsroom_line(found.names[0], outlet_names) if found.names else None
    head.newsroom = head.newsroom or desk
    names = split_names(found.names[0])[:1] if found.names and not desk else []
    named = any((looks_like_a_name(name) and _is_one_piece(line, name)) or (_is_marked(line) and is_person(name)) for name in names)
    if found.has_by or named:
        head.byline = head.byline or found
    if found.printed:
        head.printed_day = head.printed_day or found
    head.updated = head.updated or found.updated
    return True


def _take_labelled(head: Masthead, label: Line, line: Line, outlet_names: tuple[str, ...], country: str) -> bool:
    """Whether two lines are a byline together: 'By' and a name, or the desk's."""
    names = split_names(line.text)[:1]
    if not (names and (looks_like_a_name(names[0]) or _is_marked(line) or newsroom_line(line.text, outlet_names))):
        return False
    taken = _take_byline(head, line, outlet_names, country, label=label.text)
    head.taken += [label, line] if taken else []
    return taken


def _is_meta(line: Line) -> bool:
    """Whether a line holds a time element or the mark of a writer: no dateline does."""
    return _is_marked(line) or any(element.tag == "time" for element, _ in line.nodes)


def _is_one_piece(line: Line, name: str) -> bool:
    """Whether one element of a line holds a whole name: three links side by side are three sections and no person."""
    return any(folded(name) in folded(element.tail if is_tail else element.text) for element, is_tail in line.nodes)


def _is_marked(line: Line) -> bool:
    """Whether an element in a line, or right around one, says that it names a writer."""
    return any(marks_a_writer(each) for element, _ in line.nodes for each in (element, element.getparent()) if each is not None)


_LEVEL = re.compile(r"\b(?:state|region|division|district|township|province|county|prefecture|governorate)$", re.I)


def _is_dateline_of_place(found: Byline, text: str, country: str, outlet_names: tuple[str, ...]) -> bool:
    """'17 November 2025, Mrauk-U' begins with the day; 'Zaw Moe, Narinjara News, 12 April 2022' ends with it and has two names.

    Two names are a place where the second one says of what level it is: '5 June 2022, Paletwa, Chin State'.
    """
    if dateline(text, country) is None or found.printed is None or newsroom_line(found.names[0], outlet_names):
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
    if head.standfirst is not None or LABEL.match(line.text) or len(line.text) > _STANDFIRST_CHARS_MAX or line.is_link:
        return False
    if word_count(line.text) < _STANDFIRST_WORDS_MIN:
        return False
    classed = _is_classed_standfirst(line) or _is_bracketed(line.text)
    stated = any(text and folded(line.text).startswith(text) for text in descriptions)
    if not (classed or (_meta_follows(head, lines, position, country, outlet_names) and _text_follows(lines[position + 1 :]))):
        return False
    if classed and not stated and len(line.text) < 30:
        return False
    head.standfirst = line.text[1:-1].strip() if _is_bracketed(line.text) else line.text
    head.taken.append(line)
    return True


def _is_bracketed(text: str) -> bool:
    """Whether a whole line stands in brackets, as subtitles do: '(Owners say that the fees leave them no choice)'."""
    return text.startswith("(") and text.endswith(")") and text.count("(") == 1


def _is_classed_standfirst(line: Line) -> bool:
    """Whether the class of an element that holds this line and nothing else says standfirst."""
    around = line.element.getparent()
    holders = [holder for holder in (line.element, around) if holder is not None and one_line(holder.text_content()) == line.text]
    return any(_STANDFIRST_CLASS.search(holder.get("class") or "") for holder in holders)


def _text_follows(lines: Sequence[Line]) -> bool:
    """Whether prose stands behind a line: a paragraph with nothing but a byline after it is the text itself."""
    return any(line.words >= _WORDS_OF_PROSE and not line.is_link and not in_furniture(line.element) for line in lines)


def _meta_follows(head: Masthead, lines: list[Line], position: int, country: str, outlet_names: tuple[str, ...]) -> bool:
    if head.printed_day or head.byline or head.newsroom or head.dateline:
        return False
    for line in lines[position + 1 : position + 4]:
        if in_furniture(line.element) or _NOISE_LINE.match(line.text):
            continue
        if read_byline(with_gaps(line), country) or newsroom_line(line.text, outlet_names):
            return True
    return False
