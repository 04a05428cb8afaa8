"""The publication day that a page prints for people: every dated line is weighed by its words, its elements and its place on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml.etree import _Element
from lxml.html import HtmlElement

from flows.steps.dates import DATE_CHARS_MAX, PrintedDate, day_meant, has_digit, is_review, is_update, printed_dates, read_moment
from flows.steps.layout import BLOCKS, Line, in_furniture, is_furniture
from flows.steps.lines import folded, one_line
from warehouse.records import FieldCandidate

_LINE_CHARS_MAX = 300
# Of a longer line only this much is looked at: the day that opens a text, or a sentence such as 'This entry was posted on …'.
_OPENING_CHARS = 80
# What is left of a line that says only when and who: names, a section, a reading time.
_REST_CHARS_MAX = 60
_LABEL_CHARS_MAX = 40
# 'Pier opens again wurde am 3. Mai 2021 gepostet': before the day stands the headline at most.
_SENTENCE_CHARS_MAX = 60
_HEADLINE_CHARS_MIN = 12
_HEADING_LINES = 8
_SHORT_REST_CHARS = 30
# A linked text of this length is the title of another story.
_TITLE_CHARS_MIN = 25
_WORDS_OF_PROSE = 12
_ALIKE_MIN = 3
_LINES_OF_A_SIGNATURE = 3
_BESIDE_LINES, _NEAR_LINES, _ABOVE_LINES, _BEFORE_LINES, _FAR_LINES, _ABOVE_TEXT_LINES = 4, 12, 4, 10, 30, 3

# What speaks for a dated line being that of publication, and against it. The weights are set by hand and were checked on 981 public pages with a
# known day, with what machines state left aside: the best line gives a day on 780 of them and is right on 741 (.95). Without a sign that speaks for a
# line the right days fall: by 40 without `next to the headline`, 7 without `labelled`, 5 to 6 without `class says day`, `alone`, `time element` and
# `just above the headline`, 0 to 3 the others. Signs that speak against one keep other days out: of the lines in a card 21 in 100 are right, in lists
# 15, comments 13, furniture 17, among many alike 15, in the text 18, in a caption 22. Of 4 lines that sign the text 4 are right. With the right
# day taken off each page (and those that its machines state), a wrong one was read on 52 of the 981; on 72 before lines among many alike and
# captions counted for less.
_WEIGHTS = {
    "labelled": 4.0,  # 'Published: 3 May 2021'
    "time element": 2.0,
    "class says day": 2.0,
    "class around says day": 1.0,
    "class says byline": 0.5,
    "alone": 1.0,  # the line is the day and a clock at most
    "short": 0.5,
    "next to the headline": 3.5,
    "just above the headline": 2.0,
    "near the headline": 2.0,
    "opens the text": 3.0,
    "just above the text": 1.5,
    "before the headline": 1.0,
    "far from the headline": 0.5,
    "signs the text": 0.5,  # 'Sittwe, 3 May 2021' as the last line of a statement or letter
    "before the text ends": 0.5,
    "behind the text": -0.5,
    "card of another story": -4.0,
    "card of this story": 2.5,
    "in a list": -1.5,
    "in the comments": -5.0,
    "in furniture": -2.0,
    "first of many alike": -1.0,
    "one of many alike": -6.0,
    "one of many alike, as stated": -3.0,  # by machines of the outlet
    "second of two alike": -1.0,
    "in the text": -3.0,
    "is a link": -1.0,
    "among other words": -2.0,  # 'Jane Roe, chief correspondent | 3 May 2021'
    "in a caption": -3.5,  # 'Boats in the harbour of Sittwe, 3 May 2021'
}
# Best lines of less were right on 18 of 53 pages; from here to 3 on 22 of 27, above on 719 of 753.
_WEIGHT_MIN = 1.5

_PUBLISHED = (
    r"publi(?:shed|cation|sh)(?: date| time)?|posted|post date|date posted|date published|first published|originally published|created|submitted|"
    r"released|issued|veröffentlicht|publiziert|erschienen|erstellt|geschrieben|gepostet|eingestellt|gespeichert|datum|stand|pressemitteilung|"
    r"publié\w*|paru|mis en ligne|publicado|publicada|fecha|pubblicato|data|gepubliceerd|geplaatst|publicerad|publisert|udgivet|opublikowano|dodano|"
    r"postado|julkaistu|publicerat|vydáno|zveřejněno|publicat|опубліковано|опубликовано|дата|dátum|date|ထုတ်ပြန်|နေ့စွဲ"
)
_LABEL = re.compile(
    rf"(?:^|[\W_])(?:{_PUBLISHED})"
    r"(?:[^\w\n]{0,4}(?:on|am|em|le|el|il|op|den|vom|von|by [\w .'-]{2,40}|at|the|of|date|\w+ \w+ am|rasos am))?[^\w\n]{0,6}$",
    re.I,
)
# A whole line, or the title of the icon, before a day: 'Published', 'Publish date:'.
_LABEL_ALONE = re.compile(rf"\W*(?:{_PUBLISHED}|publish date)(?: (?:on|am|at|le))?\W*", re.I)
# Who wrote it stands before the day: 'Author: Jane Roe am 3.5.2021', in forums 'by Jane Roe » 3 May 2021'.
_SIGNED = re.compile(
    r"(?:^\W*(?:author|autor(?:in)?|auteur|verfasst von|geschrieben von|written by|posted by|geschreven door)\s*:?\s*[^:|]{2,40}"
    r"(?:\s(?:am|on|le)|[|,–—-])|(?:^|\b|\bbeitrag)(?:by|von|por|par|da|door)\s[^»]{2,40}»|^\W*re: .{2,60}»)\W*$",
    re.I,
)
# The same behind the day, at the end of a line: '3 May 2021 | Originally published'; in a sentence: '… am 3. Mai 2021 um 23:03 Uhr gepostet'.
_LABEL_AFTER = re.compile(
    r"^\W{0,4}(?:(?:originally|first) )?(?:published|posted)\W*$|"
    r"^,? ?(?:um [\d.:]{4,5} ?(?:Uhr )?)?(?:gepostet|veröffentlicht|geschrieben|publiziert|erstellt)\b",
    re.I,
)
_NOT_PUBLISHED = re.compile(
    r"©|copyright|\(c\)|all rights reserved|born|died|\bexpires?\b|deadline|\bsince\b|\bfrom\b.*\bto\b|\bbis\b|"
    r"\b(?:registered|joined|member since|last visit|registriert|mitglied seit|angemeldet seit|dabei seit|current time|aktuelle zeit|it is currently|"
    r"inscrit le|valid until|gültig)\b|\(@\w+\)",
    re.I,
)
# Labels of days that are not those of a text: 'Print date: …', 'Event date: …'.
_OTHER_LABEL = re.compile(r"\b(?:print(?:ed|ing)?|druck|event|start|end|due|closing|veranstaltungs|abgabe)[ -]?(?:date|datum)?[^\w\n]{0,4}$", re.I)
_MARKS = tuple("|·•–—/»")
# What stands between a day that opens a text and the text.
_SET_OFF = re.compile(r"\s*[|–—:)„“«»]|\s+[-\"]|-\s|\.\s")
_WEEKDAY_BEFORE = re.compile(
    r"(?<!\w)(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mo|di|mi|do|fr|sa|so)[.,]*\s*(?:d(?:en|em)\s+)?$",
    re.I,
)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.I)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?(?:\s*(?:Uhr|GMT|UTC|[A-Z]{2,4}T|hrs?))?\b", re.I)
_READING_TIME = re.compile(r"\b\d+\s*(?:-?\s*)(?:min(?:ute)?s?|Min\.?|Minuten)\b[\w ]{0,10}", re.I)
_DAY_MARK = re.compile(r"date|time|publi[sc]|posted|created|submitted|datum|fecha", re.I)
_CHANGE_MARK = re.compile(r"(?:^|[\s_-])(?:updated|modified)(?:$|[\s_-])")
_BYLINE_MARK = re.compile(r"meta|byline|info|author|entry-|credit|header|head\b", re.I)
_COMMENT_MARK = re.compile(r"comment|reply|respond|discussion|kommentar", re.I)


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line that prints a day, and how much speaks for its being that of publication. `number` counts the lines of the page."""

    weight: float
    number: int
    day: date
    value: str
    source: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Dated:
    """A line with its first day that has a year, and the words around it."""

    number: int
    line: Line
    printed: PrintedDate
    label: str  # the line above where it is one: 'Date last reviewed:'

    @property
    def before(self) -> str:
        return self.line.text[: self.printed.start]

    @property
    def said_before(self) -> str:
        """The words before the day and its weekday, or the label."""
        before = _WEEKDAY_BEFORE.sub("", self.before)
        return before if before.strip() else self.label

    @property
    def near(self) -> str:
        """The line, or the beginning of a long one."""
        return self.line.text if len(self.line.text) <= _LINE_CHARS_MAX else self.line.text[:_OPENING_CHARS]

    @property
    def after(self) -> str:
        return self.line.text[self.printed.end :]

    @property
    def is_of_update(self) -> bool:
        """Whether the words beside the day say that it is that of a change."""
        return is_update(self.said_before, self.after)

    @property
    def is_labelled(self) -> bool:
        """Whether the words beside the day say that it is that of publication."""
        return bool(_LABEL.search(self.said_before) or _LABEL_AFTER.search(self.after) or _SIGNED.search(self.before))

    @property
    def opens(self) -> bool:
        """Whether the line begins with its day, set off from what follows: '3 May 2021 – The pier …', 'Press release of 3 May 2021 | Sittwe – …'."""
        return len(self.line.text) > _SHORT_REST_CHARS and bool(_SET_OFF.match(self.after)) and (not self.said_before.strip() or self.is_labelled)

    @property
    def is_set_off(self) -> bool:
        """Whether a mark stands between the day and the words beside it."""
        return self.before.rstrip()[-1:] in _MARKS or self.after.lstrip()[:1] in _MARKS

    @property
    def rest(self) -> str:
        """What the line says beside the day, a clock and a reading time."""
        words = f"{self.before} {self.after}"
        return _READING_TIME.sub("", _CLOCK.sub("", words)).strip(" ,.|-–—•·:/()»«●\u00a0")

    @property
    def look(self) -> tuple[str | None, ...]:
        """Tag and class of the element and of the one around it: equal for the cards of a list."""
        above = self.line.element.getparent()
        around = (above.tag, above.get("class")) if above is not None else ()
        return (self.line.element.tag, self.line.element.get("class"), *around)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What of a page decides over its dated lines. `text_from` and `text_to` are the second and the last line of prose after the headline."""

    headline_at: int
    opening_at: int  # the one line of prose that opens with a day, where it is the first or follows the standfirst; several are a chronicle: -1
    around_headline: frozenset[_Element]
    around_cards: frozenset[_Element]  # the elements that are no card: they hold the headline, or for updates, which say what they are, the text
    text_holder: _Element | None  # the innermost element that holds the first two lines of prose of the text
    text_from: int
    text_to: int
    captured_on: date
    looks: Counter[tuple[str | None, ...]]
    days: int  # how many different days the page prints
    before_text: range  # the lines between the headline and the text, where both are known
    prose_at: int  # the first line of prose after the headline
    headline: str  # folded, empty without one
    signature_at: int  # the line that ends the element with the text, where it stands little behind the last prose, else -1


def printed_day(
    shown: Sequence[Line],
    at: int,
    *,
    among: Collection[Line],
    read_already: Collection[Line],
    country: str,
    captured_on: date,
    zone: str,
    stated: Collection[date] = (),
    opening: str | None = None,
) -> FieldCandidate | None:
    """The publication day that a page prints, or None where no line says it well enough.

    `at` is the line of the headline, -1 without one. Only lines `among` those given count, and of the lines `read_already`, those of the
    masthead, only what a time element adds is new. `stated` are the days that machines of the outlet give, `opening` is the first paragraph of the
    text where that is known.
    """
    allowed, taken = {id(line) for line in among}, {id(line) for line in read_already}
    if allowed <= taken and not any(_has_stamp(line) for line in among):
        return None
    for found in day_lines(shown, at, country=country, captured_on=captured_on, zone=zone, stated=stated, opening=opening):
        line = id(shown[found.number])
        if found.weight < _WEIGHT_MIN or _is_against(found, stated):
            return None
        if line in allowed and (line not in taken or found.source == "microdata"):
            return FieldCandidate("date_published", found.value, found.source)
    return None


def printed_update(
    shown: Sequence[Line], at: int, *, country: str, captured_on: date, zone: str, opening: str | None = None
) -> FieldCandidate | None:
    """The day of the last change that a page prints, as a candidate for its publication, source `update`; None where no line says it well enough.

    For pages that give no other day: the text was out by then. APA Style (7th edition, 9.15) cites such a page by that day, and not by one on
    which it was only reviewed. Of 16 public pages that give no other day people took it for the page's on 10, and on 6 a day that stands nowhere
    beside the text; where news pages print both, the update is within a day of publication on 16 of 16.
    """
    found = next(iter(day_lines(shown, at, country=country, captured_on=captured_on, zone=zone, opening=opening, of_update=True)), None)
    return FieldCandidate("date_published", found.value, "update") if found and found.weight >= _WEIGHT_MIN else None


def _is_against(found: DayLine, stated: Collection[date]) -> bool:
    """Whether one of several lines that look alike gives another day than the machines: a list of other stories that was not known for one."""
    alike = {"first of many alike", "one of many alike", "second of two alike"}.intersection(found.signs)
    return bool(stated and alike) and not _is_near(found.day, stated)


def _is_near(day: date, stated: Collection[date]) -> bool:
    return any(abs((day - other).days) <= 1 for other in stated)


def headline_line(shown: Sequence[Line], headline: str | None, opening: str | None) -> int:
    """The line of a headline that no heading of the page gives, -1 where there is none.

    It is the line with the words of the headline, else the last heading in the few lines above the first paragraph of the text
    that was read (`opening`): many pages word their headline for the head elements and for their readers differently.
    """
    wanted, first = folded(headline), folded(opening)
    if len(wanted) >= _HEADLINE_CHARS_MIN:
        for number, line in enumerate(shown):
            if len(line.text) <= _LINE_CHARS_MAX and folded(line.text) == wanted and not (line.is_link and in_furniture(line.element)):
                return number
    start = next((number for number, line in enumerate(shown) if first and folded(line.text).startswith(first)), 0)
    above = range(start - 1, max(-1, start - 1 - _HEADING_LINES), -1)
    return next((number for number in above if any(element.tag in ("h1", "h2", "h3") for element in _up(shown[number].element, levels=2))), -1)


def day_lines(
    shown: Sequence[Line],
    at: int,
    *,
    country: str,
    captured_on: date,
    zone: str,
    stated: Collection[date] = (),
    opening: str | None = None,
    of_update: bool = False,
) -> list[DayLine]:
    """Every line that may print the publication day, or with `of_update` that of the last change, the likeliest first; of equals the first after the
    headline."""
    # A third of the pages have any; asking each line for the element around it took a sixth of the search for days.
    has_stamps = bool(shown) and any(element.get("datetime") for element in shown[0].element.getroottree().iter("time"))
    dated = [each for number in range(len(shown)) if number != at and (each := _dated(number, shown, country, has_stamps=has_stamps))]
    dated = [each for each in dated if each.is_of_update] if of_update else dated
    if not dated:
        return []
    setting = _setting(shown, at, dated, captured_on, _opening_line(shown, at, opening), of_update=of_update)
    found, seen = [], set()
    for each in dated:
        day = day_meant(each.printed, captured_on, stated)
        if day and not _says_another_day(each, day, setting, of_update=of_update):
            signs = tuple(_signs(each, setting))
            if "card of this story" not in signs:
                signs += tuple(_signs_of_kin(each, setting, is_first=each.look not in seen, is_stated=_is_near(day, stated)))
            value, source = _value(each.line, day, zone, country)
            found.append(DayLine(sum(_WEIGHTS[sign] for sign in signs), each.number, day, value, source, signs))
        seen.add(each.look)
    return sorted(found, key=lambda one: (-one.weight, one.number < at, one.number))


def _dated(number: int, shown: Sequence[Line], country: str, *, has_stamps: bool) -> _Dated | None:
    """The first day with a year in a line that is not too long to be a day line, if any; `has_stamps` says whether the page has any time element
    with one."""
    line = shown[number]
    is_short = len(line.text) <= _LINE_CHARS_MAX
    text = line.text if is_short else line.text[:_OPENING_CHARS]
    first = _first_day(text, line, country) if has_digit(text) else None  # half of the lines have none
    if first is None and has_stamps and is_short:
        first = _stamped(line, country)
    return _Dated(number, line, first, _label_above(shown[number - 1 : number]) or _title_of_icon(line)) if first else None


def _first_day(text: str, line: Line, country: str) -> PrintedDate | None:
    days = [printed for printed in printed_dates(text, country) if printed.year]
    if len(days) < 2:
        return days[0] if days else None
    days.sort(key=lambda printed: printed.start)
    return next((printed for printed in days if not _is_change(printed, line)), days[0])


def _is_change(printed: PrintedDate, line: Line) -> bool:
    """Whether one of several days of a line is that of a change, by the words around it or by the class of its element, as hAtom has it."""
    text = line.text[printed.start : printed.end]
    holder = next((element for element, is_tail in line.nodes if not is_tail and text in one_line(element.text)), None)
    mark = (holder.get("class") or "").lower() if holder is not None else ""
    marked = bool(_CHANGE_MARK.search(mark)) and "published" not in mark
    return marked or is_update(line.text[: printed.start], line.text[printed.end :])


def _label_above(above: Sequence[Line]) -> str:
    """The line above where it is nothing but a label: 'Date last reviewed:', 'Published'."""
    text = above[0].text if above and len(above[0].text) <= _LABEL_CHARS_MAX else ""
    return text if text.endswith(":") or _LABEL_ALONE.fullmatch(text) else ""


def _title_of_icon(line: Line) -> str:
    """What an empty element before the line says to those who point at it: <i title="Published"></i>."""
    for element in (line.nodes[0][0], line.element):
        icon = element.getprevious()
        if icon is not None and isinstance(icon.tag, str) and not len(icon) and not (icon.text or icon.tail or "").strip():
            return icon.get("title") or icon.get("aria-label") or ""
    return ""


def _stamped(line: Line, country: str) -> PrintedDate | None:
    """The day that a time element gives to machines where its text is no day for us: 'three hours ago', '12/19 — 2025'."""
    for element, _ in line.nodes:
        for holder in _up(element, levels=2):
            text = one_line(holder.text_content()) if holder.tag == "time" and holder.get("datetime") else ""
            moment = read_moment(holder.get("datetime") or "", "UTC", country) if text and text in line.text else None
            if moment:
                start = line.text.index(text)
                return PrintedDate(start, start + len(text), moment.at.day, moment.at.month, moment.at.year)
    return None


def _opening_line(shown: Sequence[Line], at: int, opening: str | None) -> int:
    """The first line behind the headline that opens the text, -1 where that is not known."""
    first = folded(opening)
    return next((number for number in range(at + 1, len(shown)) if first and folded(shown[number].text).startswith(first)), -1)


def _setting(shown: Sequence[Line], at: int, dated: Sequence[_Dated], captured_on: date, text_at: int, *, of_update: bool) -> _Setting:
    prose = [number for number, line in enumerate(shown) if not line.is_link and line.words >= _WORDS_OF_PROSE]
    after = [number for number in prose if number > at]
    around = _around(shown[at : at + 1] if at >= 0 else ())
    text = [number for number in after if number >= text_at]
    around_text = _around([shown[number] for number in text[:2]]) if len(text) > 1 else frozenset[_Element]()
    holder = next((element for element in shown[text[1]].element.iterancestors() if element in around_text), None) if around_text else None
    opening = [each.number for each in dated if each.opens and each.line.words >= _WORDS_OF_PROSE]
    return _Setting(
        headline_at=at,
        headline=folded(shown[at].text) if at >= 0 else "",
        around_headline=around,
        around_cards=around | (around_text if of_update else frozenset()),
        text_holder=holder,
        opening_at=opening[0] if len(opening) == 1 and opening[0] in after[:2] else -1,
        prose_at=after[0] if after else len(shown),
        signature_at=_signature(shown, text, holder),
        before_text=range(at + 1, text_at) if at >= 0 else range(0),
        text_from=after[1] if len(after) > 1 else len(shown),
        text_to=prose[-1] if prose else len(shown),
        captured_on=captured_on,
        looks=Counter(each.look for each in dated),
        days=len({(each.printed.year, each.printed.month, each.printed.day) for each in dated}),
    )


def _signature(shown: Sequence[Line], prose: Sequence[int], holder: _Element | None) -> int:
    """The number of the last line of the element that holds the text, -1 where prose ends it or ended long before.

    A day with another line behind it is that of a teaser: 'September 20, 2024' / 'Ward officials are told to collect...'.
    """
    inside = frozenset(holder.iter()) if holder is not None else frozenset[_Element]()
    last = max((number for number in prose if shown[number].element in inside), default=-1)
    end = last + 1
    while end < len(shown) and shown[end].element in inside:
        end += 1
    return end - 1 if 0 < end - 1 - last <= _LINES_OF_A_SIGNATURE else -1


def _around(lines: Sequence[Line]) -> frozenset[_Element]:
    """The elements that hold all of some lines; none for no line."""
    return frozenset.intersection(*(frozenset((line.element, *line.element.iterancestors())) for line in lines)) if lines else frozenset()


def _says_another_day(each: _Dated, day: date, setting: _Setting, *, of_update: bool) -> bool:
    """Whether a line certainly dates something else: an update (with `of_update`: what is none), a copyright, an event in prose, the visit itself,
    or what lies ahead."""
    labelled = each.is_labelled
    if (
        _OTHER_LABEL.search(each.said_before)
        or (_NOT_PUBLISHED.search(each.near) and not labelled)
        or each.is_of_update != of_update
        or (of_update and not _is_of_this_text(each, setting))
        or day > setting.captured_on
    ):
        return True
    before_max = _SENTENCE_CHARS_MAX if _LABEL_AFTER.search(each.after) else _LABEL_CHARS_MAX
    if len(each.rest) > _REST_CHARS_MAX and not (labelled and len(each.before) < before_max) and each.number != setting.opening_at:
        return True
    weekday = bool(_WEEKDAY.search(each.line.text))
    # A clock of the visit: the day of the capture above the headline or with its weekday, or a weekday in the head of the page.
    clock = day == setting.captured_on and (each.number < setting.headline_at or weekday)
    return clock or (weekday and not labelled and each.number < setting.headline_at - _BEFORE_LINES)


def _is_of_this_text(each: _Dated, setting: _Setting) -> bool:
    """Whether a line of an update tells of the text and neither of a review nor of the whole site: that stands in the foot of every page."""
    is_above = each.number < setting.text_from or each.number in setting.before_text
    is_within = is_above or (setting.text_holder is not None and setting.text_holder in each.line.element.iterancestors())
    return is_within and not in_furniture(each.line.element) and not is_review(each.said_before, each.after)


def _signs(each: _Dated, setting: _Setting) -> Iterator[str]:
    """What the words, the elements and the place of one line say."""
    marks = _marks(_elements(each.line))
    is_time = any(_is_time(element) for element in _elements(each.line))
    labelled = each.is_labelled
    yield from _signs_of_words(each, labelled)
    yield from _signs_of_marks(each, marks, is_time)
    opens = each.number == setting.opening_at
    if opens:
        yield "opens the text"
    says_what = labelled or each.is_of_update
    if len(each.rest) >= _SHORT_REST_CHARS and not (opens or says_what or is_time or _DAY_MARK.search(marks) or _BYLINE_MARK.search(marks)):
        yield "among other words" if each.is_set_off else "in a caption"
    yield from _signs_of_place(each.number, setting)
    signs = each.number == setting.signature_at and len(each.rest) < _SHORT_REST_CHARS and setting.looks[each.look] == 1
    if signs:
        yield "signs the text"
    if each.number > setting.text_from and not (opens or signs or says_what or is_time or _DAY_MARK.search(marks)):
        yield "in the text"
    yield from _signs_of_surroundings(each, setting)


def _signs_of_words(each: _Dated, labelled: bool) -> Iterator[str]:
    if labelled:
        yield "labelled"
    if len(each.rest) < _SHORT_REST_CHARS:
        yield "short" if each.rest else "alone"
    if each.line.is_link:
        yield "is a link"


def _signs_of_marks(each: _Dated, marks: str, is_time: bool) -> Iterator[str]:
    around = _marks(_up(each.line.element, levels=3))
    if is_time:
        yield "time element"
    if _DAY_MARK.search(marks):
        yield "class says day"
    elif _DAY_MARK.search(around):
        yield "class around says day"
    if _BYLINE_MARK.search(marks + around):
        yield "class says byline"


def _signs_of_place(number: int, setting: _Setting) -> Iterator[str]:
    distance = number - setting.headline_at
    if setting.headline_at >= 0:
        if number in setting.before_text[-_ABOVE_TEXT_LINES:] and distance > _BESIDE_LINES:
            yield "just above the text"
        for sign, nearest, farthest in (
            ("next to the headline", 1, _BESIDE_LINES),
            ("just above the headline", -_ABOVE_LINES, -1),
            ("near the headline", _BESIDE_LINES + 1, _NEAR_LINES),
            ("before the headline", -_BEFORE_LINES, -_ABOVE_LINES - 1),
            ("far from the headline", _NEAR_LINES + 1, _FAR_LINES),
        ):
            if nearest <= distance <= farthest:
                yield sign
    yield "before the text ends" if number < setting.text_to else "behind the text"


def _signs_of_surroundings(each: _Dated, setting: _Setting) -> Iterator[str]:
    """Cards, lists, comments and furniture around a line. Right beside the headline only comments count against it."""
    distance = each.number - setting.headline_at
    beside = setting.headline_at >= 0 and (0 < distance <= _BESIDE_LINES or each.number in setting.before_text[-_ABOVE_TEXT_LINES:])
    # The only day of a page, or one that says what it is, has its cards farther off.
    is_own = setting.days == 1 or (each.is_labelled and setting.looks[each.look] < _ALIKE_MIN)
    card = _card(each.line, setting, levels=2 if is_own else 3)
    is_this = card == "card of this story"
    if card and (is_this or not beside):
        yield card
    beside = beside or is_this
    if not beside and any(element.tag in ("li", "tr") for element in _up(each.line.element, levels=3)):
        yield "in a list"
    # What is around the headline too holds the article with its comments; a link to them may stand beside the day.
    # Nor do comments stand before the text.
    around = (element for element in (*_holders(each), *_up(each.line.element, levels=6)) if element not in setting.around_headline)
    if not 0 < distance < setting.prose_at - setting.headline_at and _COMMENT_MARK.search(_marks(around)):
        yield "in the comments"
    elif not beside and any(is_furniture(element) for element in _up(each.line.element, levels=5) if element not in setting.around_headline):
        yield "in furniture"


def _holders(each: _Dated) -> Iterator[_Element]:
    """The elements in a line in which its day stands, or where that is spread over several, all of them."""
    day = each.line.text[each.printed.start : each.printed.end]
    found = [element for element, is_tail in each.line.nodes if not is_tail and day in one_line(element.text)]
    yield from found or _elements(each.line)


def _signs_of_kin(each: _Dated, setting: _Setting, *, is_first: bool, is_stated: bool) -> Iterator[str]:
    """Dated lines that look alike are a list of stories; the first of them may still be the article's own."""
    alike = setting.looks[each.look]
    distance = each.number - setting.headline_at
    if alike >= _ALIKE_MIN:
        # The first may be the article's own where it is its masthead's; behind the text all of them are other stories'.
        is_near = setting.headline_at >= 0 and -_BEFORE_LINES <= distance <= _FAR_LINES and each.number < setting.text_to
        many = "one of many alike, as stated" if is_stated else "one of many alike"
        yield "first of many alike" if is_first and is_near else many
    elif alike == 2 and not is_first:
        yield "second of two alike"


def _card(line: Line, setting: _Setting, *, levels: int) -> str | None:
    """Whose card a line stands in, if any: the next of the elements around it, without the headline in it, that holds the linked title of a story.

    Lists of the newest stories hold the one that is read, too, and often with its day.
    """
    own = frozenset.intersection(*(frozenset(_up(element, levels=6)) for element, _ in line.nodes))  # the links that the whole line stands in
    for holder in _up(line.element, levels):
        if holder in setting.around_cards:
            return None
        links = list(holder.iter("a"))
        if any(_is_title(link, line if link in own else None) and not _is_headline(link, setting) for link in links):
            return "card of another story"
        if any(_is_headline(link, setting) for link in links):
            return "card of this story"
    return None


def _is_headline(link: HtmlElement, setting: _Setting) -> bool:
    """Whether a link holds the headline of the page, with its own day at most."""
    said = folded(link.text_content()) if len(setting.headline) >= _HEADLINE_CHARS_MIN else ""
    return bool(said) and said.startswith(setting.headline) and len(said) - len(setting.headline) < _SHORT_REST_CHARS


def _is_title(link: HtmlElement, within: Line | None) -> bool:
    """Whether a link holds a title, beside a line of its own `within`. A link in the midst of a paragraph holds none."""
    text = one_line(link.text_content())
    if len(text) - (len(within.text) if within else 0) < _TITLE_CHARS_MIN:
        return False
    block = next((holder for holder in link.iterancestors() if holder.tag in BLOCKS), None)
    return block is None or len(one_line(block.text_content()).partition(text)[0]) < _SHORT_REST_CHARS


def _value(line: Line, day: date, zone: str, country: str) -> tuple[str, str]:
    """(day or moment, source): what a time element says to machines, where that is the printed day or the one beside it, else the day as printed."""
    for element, _ in line.nodes:
        for holder in _up(element, levels=2):
            stamp = _stamp_of(holder)
            moment = read_moment(stamp, zone, country) if stamp else None
            if stamp and moment and abs((moment.at.date() - day).days) <= 1:
                return stamp[:DATE_CHARS_MAX], "microdata"
    return day.isoformat(), "outlet_rule"


def _stamp_of(element: _Element) -> str | None:
    """What an element says of a day to machines."""
    return element.get("datetime") or (element.get("title") if element.tag == "abbr" else None)


def _has_stamp(line: Line) -> bool:
    return any(_stamp_of(holder) for element, _ in line.nodes for holder in _up(element, levels=2))


def _elements(line: Line) -> Iterator[_Element]:
    yield line.element
    yield from (element for element, _ in line.nodes)


def _is_time(element: _Element) -> bool:
    above = element.getparent()
    # hAtom has the day in the title of an abbreviation.
    is_stamp = element.tag == "abbr" and read_moment(element.get("title") or "", "UTC") is not None
    return element.tag == "time" or is_stamp or (above is not None and above.tag == "time")


def _marks(elements: Iterator[_Element]) -> str:
    """What classes, ids and properties of some elements say, in one text."""
    return " ".join(element.get(name) or "" for element in elements for name in ("class", "id", "itemprop", "property"))


def _up(element: _Element, levels: int) -> Iterator[HtmlElement]:
    """An element and those around it, below the body."""
    current: _Element | None = element
    for _ in range(levels):
        if current is None or current.tag in ("body", "html"):
            return
        yield current
        current = current.getparent()
