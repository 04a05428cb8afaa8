"""The lines between headline and text: who wrote it, when, from where, for which desk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.steps.dates import PrintedDate, is_update, printed_dates
from flows.steps.layout import Line
from flows.steps.lines import folded, one_line

_BY_WORD = (
    r"written by|reported by|story by|text by|posted by|published by|words by|article by|contributed by|verfasst von|gespeichert von|"
    r"by|von|vom|par|por|autor(?:en|in)?|author"
)
_BY = re.compile(rf"^(?:(?:{_BY_WORD})(?:\s*[:\-–]\s*|\s+)|(?:text|authors?|contributors?)\s*:\s*)(?=\S)", re.I)
# 'Posted in Harbour by Ko Ko': a line with a day that says so before the name, or that sets the word off with a mark.
_BY_INSIDE = re.compile(
    r"^(?:(?:posted|published|filed|in|last|updated|gespeichert|erstellt|geschrieben)\b.{0,60}?\s|.{0,60}?[|•·,–—-]\s*)(?:by|von|par|por)\s+(?=\S)",
    re.I,
)
# Who did something else to a page than write it.
NOT_WRITING = re.compile(
    r"\b(?:reviewed|edited|fact[- ]checked|translated|compiled|photos?|photograph(?:y|s|ed)?|illustrations?|video|audio)(?: and \w+)? by\b|"
    r"^(?:fotos?|bild|quelle)\s*:",
    re.I,
)
_STAFF = re.compile(
    r"(?:\b(?:newsroom|news ?desk|news room|news ?team|news agency|agency|agencies|desk|staff|staff reporters?|"
    r"staff writers?|editors?|editorial board|editorial team|"
    r"correspondents?|reporters?|web ?master|administrator|cent(?:er|re) for|department|university|institute|ministry|council|committee|association|"
    r"foundation|network|organi[sz]ation|"
    r"admin|redaktion|bureau|press release|wires?|news service|media)\b)|\.(?:com|org|net|de|co\.uk)\b|news$",
    re.I,
)
_NEWSROOM = re.compile(
    r"^(?:from the )?(?P<name>[\w.&' -]{2,40}?\b(?:newsroom|news ?desk|news agency|news team))\s*(?P<day>[0-3]?\d)?$",
    re.I,
)
# Agencies whose name in a byline or dateline says where a text was taken from.
_AGENCIES = {
    "ap": "Associated Press", "associatedpress": "Associated Press", "theassociatedpress": "Associated Press", "afp": "AFP",
    "agencefrancepresse": "AFP", "reuters": "Reuters", "thomsonreuters": "Reuters", "dpa": "dpa", "xinhua": "Xinhua",
    "ani": "ANI", "pti": "PTI", "efe": "EFE", "upi": "UPI", "kyodo": "Kyodo", "bernama": "Bernama", "mna": "MNA", "rfa": "RFA",
    "radiofreeasia": "RFA", "benarnews": "BenarNews", "voa": "VOA", "bbc": "BBC", "unb": "UNB", "bss": "BSS", "ians": "IANS",
    "cnn": "CNN", "bloomberg": "Bloomberg", "anadolu": "Anadolu",
    "apa": "APA", "ansa": "ANSA", "tass": "TASS", "lusa": "Lusa", "antara": "Antara", "yonhap": "Yonhap",
}  # fmt: skip
_NOT_A_NAME = re.compile(
    r"[@#<>{}|=+:：»…]|https?|\d|\b(?:read|follow|subscribe|share|comments?|view|posts?|updated|published|minutes?|more|"
    r"about|photos?|foto|article|by|the|last|checked|login|newsletter|twitter|facebook|instagram|impressum|kontakt|weiter|"
    r"lesezeit|uhr|your|our|guide|news|today|team)\b",
    re.I,
)
_SEPARATOR = re.compile(r"\s*(?:;|\s\|\s|\s•\s|\s/\s|\band\b|&|\bund\b|\bog\b|\bet\b|\bwith\b|\bim gespräch mit\b|\s[ye]\s)\s*", re.I)
# What follows a name and says for whom, whence or of what: 'Ko Ko for The Sample', 'Ko Ko in Markets', 'Ko Ko on behalf of the desk'.
_AFTER_NAME = re.compile(r"(?<=\w)\s+(?:for|from|on behalf of|@|⋅|reviewed by|edited by|photos? by|(?:[Ii][Nn]|à|at)(?=\s+[A-Z]|\s*$))\s*.*$")
# Offices that people hold: not names, wherever they stand beside one.
_OFFICE = re.compile(
    r"\b(?:writer|director|manager|officer|founder|co-founder|ceo|expert|specialist|coordinator|columnist|president|analyst|professor|fellow|intern|"
    r"photographer|producer|head of|advisor|consultant|chief|senior|editor|contributor|reporter|correspondent|journalist|autorin|experte|expertin)\b",
    re.I,
)
# What an author's box says before the name.
_BEFORE_NAME = re.compile(
    r"^(?:über|about|(?:veröffentlicht|artikel|alles|beitrag|blog beitrag|beiträge|(?:all |view |more )*(?:posts?|articles?)|mehr|more)\s+"
    r"(?:von|by|from))\s+",
    re.I,
)
# 'Centre for Harbour Studies': what follows the word is part of the name.
_BODY = re.compile(r"^(?:the )?(?:cent(?:er|re)|department|institute|ministry|council|university|association|committee|foundation|network)\b", re.I)
_COUNTER = re.compile(r"\b[\d,.]+[kKmM]?\s*(?:comments?|kommentare?|views?|shares?|reads?|hits|(?:[-–]\s*\d+\s*)?min(?:ute)?s?(?: read)?)\b", re.I)


# Names of logins, which sign for nobody.
ACCOUNTS = frozenset(["admin", "administrator", "webmaster", "editor", "user", "author", "guest", "root", "none", "unknown", "news"])


@dataclass(frozen=True, slots=True)
class Byline:
    """A line that names a writer, a day or both. `names` is what is left of it after 'By' and the day."""

    text: str
    names: tuple[str, ...]
    printed: PrintedDate | None  # the first day that is not said to be that of a change
    has_by: bool
    updated: PrintedDate | None = None  # the first day that is


def read_byline(line: str, country: str = "") -> Byline | None:
    """The byline or date line that a line of at most 160 characters is, or None.

    'By Admin 17 Nov 2025', '17 Nov 2025', 'Zaw Moe, Narinjara News, 12 April 2022', 'By NAME | FRONTIER', 'Published: May 2, 2021 10:30'.
    """
    if len(line) > 160:
        return None
    days = [(found, is_update(line[: found.start], line[found.end :])) for found in printed_dates(line, country)]
    printed = next((found for found, is_change in days if not is_change), None)
    updated = next((found for found, is_change in days if is_change), None)
    rest = _without_dates(_COUNTER.sub(" ", line), country)
    signed = _BY.match(rest) or (_BY_INSIDE.match(rest) if days else None)
    rest = one_line(rest[signed.end() :] if signed else rest).strip(" ,|-–—•·:/()~")
    if not (signed or days) or NOT_WRITING.search(line):
        return None
    names = tuple(part for part in (part.strip(" ,") for part in re.split(r"\s*[|,•·]\s*|\s+[-–—]\s+", rest)) if part)
    if signed and (len(rest.split()) > 12 or (rest.endswith((".", "?", "!")) and len(rest.split()) > 4)):
        return None
    if not signed and (len(rest.split()) > 6 or (line.endswith((".", "?", "!", "။")) and len(rest.split()) > 3)):
        return None  # 'Dieser Text ist am 2. Mai 2021 erschienen.' is a sentence
    if re.search(r"\bof the article\b", rest):
        return None
    return Byline(one_line(_COUNTER.sub("", line)).strip(" |·•-–—"), names, printed, bool(signed), updated)


# Words of a day line that no name holds; they go wherever they stand.
_DATE_WORDS = re.compile(
    r"\b(?:(?:first |last )?(?:published|posted|updated|modified)|online since|veröffentlicht|aktualisiert|publié|publiziert|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|view counts?|views?|hits|uhr)\b[:.]?",
    re.I,
)
# Words that go only beside the day; Le is a Vietnamese name.
_DAY_WORD = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|on|at|am|pm|le|el|il|den|op|date|datum|stand|"
    r"created|the|gmt|utc)"
)
_BEFORE_DAY = re.compile(rf"(?:\b{_DAY_WORD}\b[.,:]?\s*)+$", re.I)
_AFTER_DAY = re.compile(rf"^[\s,(]*(?:\b{_DAY_WORD}\b[.,:)]?\s*)+", re.I)
# Short weekdays, Monday first, go where they are that of the day: Thu, Mon, Sun and Sat are parts of Burmese names.
_SHORT_WEEKDAYS = ("mon?", "tues?|di", "wed|mi", "thu(?:rs?)?|do", "fri?", "sat?", "sun|so")
_ZONE = r"(?: ?\(?(?:gmt|utc|et|uhr|(?-i:[A-Z]{2,3}T))\b\)?)?"
_CLOCK = re.compile(
    rf"(?:\b(?:at|um|à) )?(?:\b\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}})?(?: ?[ap]\.?m\b\.?)?|\b\d{{1,2}} ?[ap]\.?m\b\.?){_ZONE}|"
    r"\(?\b[+-]\d\d:?\d\d\b\)?",
    re.I,
)
_DAYS_MAX = 4


def _without_dates(line: str, country: str) -> str:
    """What a line says beside its days, their weekdays and clocks. A line without a day comes back as it is."""
    rest, printed = line, next(iter(printed_dates(line, country)), None)
    for _ in range(_DAYS_MAX):
        if printed is None:
            break
        rest = _before_day(rest[: printed.start], printed) + " " + _AFTER_DAY.sub(" ", rest[printed.end :])
        printed = next(iter(printed_dates(rest, country)), None)
    if rest == line:
        return line
    return one_line(re.sub(r"(?<![\w.])\d+(?![\w.])", " ", _DATE_WORDS.sub(" ", _CLOCK.sub(" ", rest))))


def _before_day(text: str, printed: PrintedDate) -> str:
    day = printed.on()
    text = _BEFORE_DAY.sub(" ", text)
    if day is None:
        return text
    return _BEFORE_DAY.sub(" ", re.sub(rf"\b(?:{_SHORT_WEEKDAYS[day.weekday()]})\b[.,]?\s*$", " ", text, flags=re.I))


_JOINS = " \u00a0([-–—/'’\"\n\t"


def with_gaps(line: Line) -> str:
    """The text of a line with a space where two elements touch: 'By ' + 'Jane Roe' + 'Updated: May 2' are three things."""
    text = ""
    for element, is_tail in line.nodes:
        piece = (element.tail if is_tail else element.text) or ""
        # A Burmese name ends in a mark, which is no letter for isalnum.
        text += (" " if text and text[-1] not in _JOINS and piece[:1].isalnum() else "") + piece
    return one_line(text)


def newsroom_line(line: str, outlet_names: Iterable[str] = ()) -> str | None:
    """The desk that a line names, or None: 'DMG Newsroom', 'FROM THE DVB NEWSROOM', 'Border News Agency', or the outlet's own name alone."""
    found = _NEWSROOM.match(line)
    if found and len(line.split()) <= 7:
        return found["name"].strip() if not line.lower().startswith("from the") else line.strip()
    short = line.strip(" -–—|·၊:")
    return short if len(short) <= 40 and folded(short) in {folded(name) for name in outlet_names} - {"", *ACCOUNTS} else None


_NAMES_CHARS_MAX = 1_000  # a list of so many names is none; a meta element may hold anything


def split_names(text: str) -> list[str]:
    """The single names in an author value: 'By Jane Roe and Ko Ko' → ['Jane Roe', 'Ko Ko']."""
    if "://" in text or len(text) > _NAMES_CHARS_MAX:
        return []
    text = re.sub(r"\([^()]*\)", " ", _BY.sub("", _BEFORE_NAME.sub("", one_line(text))))
    whole = one_line(text).strip(" ,|-–—•·:~")
    if "," in whole and (is_desk(whole.split(",")[0]) or holds_an_office(whole.split(",")[0])):
        return [whole.split(",")[0].strip()]  # 'Our Correspondent, Sittwe': what follows is where they are
    parts = [part if _BODY.match(part) else _AFTER_NAME.sub("", part) for part in _SEPARATOR.split(whole) if part]
    # 'Jane Roe, Ko Ko' are two people, 'Jane Roe, Chief Correspondent' is one with an office.
    return [
        name.strip(" ,.|-–—*") if not name.endswith(("Jr.", "Sr.")) else name for part in parts for name in part.split(",") if name.strip(" ,.|-–—*")
    ]


def persons(names: Iterable[str], generic: Iterable[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that name a person, each once and in their order."""
    refused = {folded(name) for name in (*generic, *site_names)} | {
        "admin",
        "webmaster",
        "editor",
        "editors",
        "staff",
        "author",
        "guest",
        "contributor",
        "",
    }
    found = [name for value in names for name in split_names(value) if folded(name) not in refused and is_person(name)]
    return tuple({folded(name): name for name in reversed(found)}.values())[::-1]


def is_person(name: str) -> bool:
    """Whether a byline's name can be a person's: two to six words or one with a capital, no digits, no desk or agency word."""
    if not 2 <= len(name) <= 60 or len(name.split()) > 6 or _NOT_A_NAME.search(name) or _STAFF.search(name) or _OFFICE.search(name):
        return False
    return folded(name) not in _AGENCIES and any(character.isalpha() for character in name)


def is_desk(name: str) -> bool:
    """Whether a name is that of a desk, a team or an agency by its words: 'News Desk', 'Border News Agency'."""
    return bool(_STAFF.search(name)) or folded(name) in _AGENCIES


def holds_an_office(text: str) -> bool:
    """Whether a text names an office that people hold: 'Chief Correspondent'."""
    return bool(_OFFICE.search(text))


def looks_like_a_name(text: str) -> bool:
    """Whether a line that nothing marks as a byline reads like the name of one person: two to four words with capitals."""
    parts = text.split()
    return (
        2 <= len(parts) <= 4
        and len(text) <= 40
        and not parts[-1][0].islower()
        and all(not part[0].islower() or part in ("de", "van", "von", "der", "bin", "al", "la") for part in parts)
        and is_person(text)
    )


def agency(names: Iterable[str]) -> str | None:
    """The news agency among the names, by its usual name, or None."""
    return next((_AGENCIES[folded(name)] for value in names for name in (value, *split_names(value)) if folded(name) in _AGENCIES), None)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where and on which day a text was written. `end` is where the text goes on; a whole line ends at its own end."""

    place: str | None
    printed: PrintedDate | None
    end: int
    desk: str | None = None


_PLACE = r"[^\W\d_][\w.'’-]*(?:[ -][^\W\d_][\w.'’-]*){0,3}(?:, (?!\d)[^\W\d_][\w.'’ -]{2,30})?"
_MARKS = " ,၊()|–—-/:.။"


def dateline(line: str, country: str = "") -> Dateline | None:
    """The dateline that a whole line is, or None.

    '17 November 2025, Mrauk-U', '8 June, Sittwe', 'May 16, Kyauktaw', 'Kyauktaw, May 16', 'Mone, May (21)', '5 June 2022, Paletwa, Chin State',
    'DMG ၊ နိုဝင်ဘာ ၄'. The year may be missing; a date alone is no dateline.
    """
    if len(line) > 90:
        return None
    printed = next(iter(printed_dates(line, country, without_year=True)), None)
    if printed is None:
        return None
    rest = one_line(line[: printed.start] + " " + line[printed.end :]).strip(_MARKS).replace("ရက်", "").strip(_MARKS)
    if not rest or not re.fullmatch(_PLACE if rest.isascii() else r"[^\d]{2,40}", rest) or len(rest.split()) > 5:
        return None
    return Dateline(rest, printed, len(line))


_OPENING = re.compile(
    rf"^(?P<place>{_PLACE})(?:, (?P<date>[^—–(]{{3,20}}?))? ?(?:\((?P<agency>[A-Z][\w /]{{1,30}})\))? ?(?:—|–|--| - |[ ]-(?=\s))\s*"
)


# Before a colon only a place that says of what level it is: 'Sittwe, Arakan State: …'. Anything else may be a speaker or a heading.
_OPENING_COLON = re.compile(rf"^(?P<place>{_PLACE}, [^\W\d_][\w.'’ -]{{2,30}} (?:State|Region|Division|District|Township)):\s+")


def opening_dateline(paragraph: str, country: str = "") -> Dateline | None:
    """The dateline that opens a paragraph, or None: 'BANGKOK (AP) — …', 'YANGON— …', 'Sittwe, Rakhine State — …', 'SHAN - …' (a desk)."""
    head = paragraph[:90]
    found = _OPENING.match(head) or _OPENING_COLON.match(head)
    if not found or not _names_a_place(found["place"]):
        return None
    day = found.groupdict().get("date")
    printed = next(iter(printed_dates(day, country, without_year=True)), None) if day else None
    return Dateline(found["place"].strip(" ,"), printed, found.end(), found.groupdict().get("agency"))


def _names_a_place(text: str) -> bool:
    """Capitals at every word of some length, and no more than five words: 'The village head - ...' is no place."""
    parts = text.replace(",", " ").split()
    return (
        0 < len(parts) <= 5
        and all(part[0].isupper() or len(part) <= 3 for part in parts)
        and parts[0].lower() not in ("the", "a", "an", "in", "on", "it")
    )
