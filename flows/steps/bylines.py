"""The lines between headline and text: who wrote it, when, from where, for which desk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.steps.dates import PrintedDate, printed_dates
from flows.steps.lines import folded, one_line

_BY = re.compile(
    r"^(?:written by|reported by|story by|text by|posted by|published by|words by|by|von|par|por|autor|author)\s*[:\-–]?\s+(?=\S)",
    re.I,
)
_STAFF = re.compile(
    r"(?:\b(?:newsroom|news ?desk|news room|news ?team|news agency|agency|agencies|desk|staff|staff reporters?|"
    r"staff writers?|editors?|editorial board|editorial team|"
    r"correspondents?|reporters?|web ?master|administrator|"
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
}  # fmt: skip
_NOT_A_NAME = re.compile(
    r"[@#<>{}|=+:：»…]|https?|\d|\b(?:read|follow|subscribe|share|comments?|view|posts?|updated|published|minutes?|min|more|"
    r"about|photos?|foto|article|by|the|last|"
    r"lesezeit|uhr|um|von|your|our|guide|news|today|team)\b",
    re.I,
)
_SEPARATOR = re.compile(r"\s*(?:;|\s\|\s|\s•\s|\s/\s|\band\b|&|\bund\b|\bog\b|\bet\b|\bwith\b)\s*", re.I)


@dataclass(frozen=True, slots=True)
class Byline:
    """A line that names a writer, a day or both. `names` is what is left of it after 'By' and the day."""

    text: str
    names: tuple[str, ...]
    printed: PrintedDate | None
    has_by: bool


def read_byline(line: str, country: str = "") -> Byline | None:
    """The byline or date line that a line of at most 160 characters is, or None.

    'By Admin 17 Nov 2025', '17 Nov 2025', 'Zaw Moe, Narinjara News, 12 April 2022', 'By NAME | FRONTIER', 'Published: May 2, 2021 10:30'.
    """
    if len(line) > 160:
        return None
    printed = next(iter(printed_dates(line, country)), None)
    rest = _without_date(line, printed)
    has_by = bool(_BY.match(rest))
    rest = one_line(_BY.sub("", rest)).strip(" ,|-–—•·:/()")
    if not (has_by or printed):
        return None
    names = tuple(part for part in (part.strip(" ,") for part in re.split(r"\s*[|,•·]\s*|\s+[-–—]\s+", rest)) if part)
    if has_by and (len(rest.split()) > 12 or (rest.endswith((".", "?", "!")) and len(rest.split()) > 4)):
        return None
    if (not has_by and len(rest.split()) > 6) or re.search(r"\bof the article\b", rest):
        return None
    return Byline(line, names, printed, has_by)


_DATE_WORDS = re.compile(
    r"\b(?:published|posted|updated|last modified|modified|date|on|at|created|online since|veröffentlicht|aktualisiert|"
    r"stand|publié|le|am|pm|a\.m\.|p\.m\.|"
    r"uhr|gmt|utc|est|edt|et|ist|mmt|bst|cet|pst|pdt|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonntag|view counts?|views?|hits|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b[:.]?",
    re.I,
)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?|\b\d{1,2} ?[ap]\.?m\.?|\(?\b[+-]\d\d:?\d\d\b\)?", re.I)


def _without_date(line: str, printed: PrintedDate | None) -> str:
    if printed is None:
        return line
    rest = line[: printed.start] + " " + line[printed.end :]
    return one_line(re.sub(r"(?<![\w.])\d+(?![\w.])", " ", _DATE_WORDS.sub(" ", _CLOCK.sub(" ", rest))))


def newsroom_line(line: str, outlet_names: Iterable[str] = ()) -> str | None:
    """The desk that a line names, or None: 'DMG Newsroom', 'FROM THE DVB NEWSROOM', 'Border News Agency', or the outlet's own name alone."""
    found = _NEWSROOM.match(line)
    if found and len(line.split()) <= 7:
        return found["name"].strip() if not line.lower().startswith("from the") else line.strip()
    short = line.strip(" -–—|၊:")
    return short if len(short) <= 40 and folded(short) in {folded(name) for name in outlet_names} - {""} else None


def split_names(text: str) -> list[str]:
    """The single names in an author value: 'By Jane Roe and Ko Ko' → ['Jane Roe', 'Ko Ko']."""
    text = re.sub(r"\([^()]*\)", " ", _BY.sub("", one_line(text))).strip(" ,|-–—•·:")
    parts = [part for part in _SEPARATOR.split(text) if part]
    # 'Jane Roe, Ko Ko' are two people, 'Jane Roe, Chief Correspondent' is one with an office.
    return [
        name.strip(" ,.|-–—") if not name.endswith(("Jr.", "Sr.")) else name for part in parts for name in part.split(",") if name.strip(" ,.|-–—")
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
    if not 2 <= len(name) <= 60 or len(name.split()) > 6 or _NOT_A_NAME.search(name) or _STAFF.search(name):
        return False
    return folded(name) not in _AGENCIES and any(character.isalpha() for character in name)


def looks_like_a_name(text: str) -> bool:
    """Whether a line that nothing marks as a byline reads like the name of one person: two to four words with capitals."""
    parts = text.split()
    return (
        2 <= len(parts) <= 4
        and len(text) <= 40
        and all(part[0].isupper() or part in ("de", "van", "von", "der", "bin", "al", "la") for part in parts)
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


def opening_dateline(paragraph: str, country: str = "") -> Dateline | None:
    """The dateline that opens a paragraph, or None: 'BANGKOK (AP) — …', 'YANGON— …', 'Sittwe, Rakhine State — …', 'SHAN - …' (a desk)."""
    head = paragraph[:90]
    found = _OPENING.match(head)
    if not found or not _names_a_place(found["place"]):
        return None
    printed = next(iter(printed_dates(found["date"], country, without_year=True)), None) if found["date"] else None
    return Dateline(found["place"].strip(" ,"), printed, found.end(), found["agency"])


def _names_a_place(text: str) -> bool:
    """Capitals at every word of some length, and no more than five words: 'The village head - ...' is no place."""
    parts = text.replace(",", " ").split()
    return (
        0 < len(parts) <= 5
        and all(part[0].isupper() or len(part) <= 3 for part in parts)
        and parts[0].lower() not in ("the", "a", "an", "in", "on", "it")
    )
