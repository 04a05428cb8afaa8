"""What may stand on the morning page: texts without what steers or disguises, addresses that a browser may follow, no private persons. Pure.

Escaping is the template's (Jinja2 with autoescape, or `escaped` of the mail); this is what escaping does not do.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flows.steps.taggers.evidence import read
from flows.steps.taggers.persons import find_persons
from flows.steps.taggers.reading import TextToTag

WITHHELD = "[name withheld]"
# Whom an office or a rank makes public. Everybody else stays out of a page that is passed on, those that an outlet quotes by name too.
PUBLIC = frozenset({"rank_and_name", "name_with_office"})
# Signs that order the direction of text (Unicode bidi controls), invisible ones that hide other text, and what is no character at all.
# Burmese needs U+200B to U+200D; they stay.
HIDDEN = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"
    "\ufe00-\ufe0f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
BLANKS = re.compile("[\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# More than two combining signs on a letter climb over the lines above; the Myanmar ones are none of these.
COMBINING = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
PILED = re.compile(f"({COMBINING}{{2}}){COMBINING}+")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
URL_CHARS_MAX = 2000
SENTENCE_END = re.compile(r"(?<=[.!?…။])[\"'”’)\]]*\s+|\n+")


def clean(text: str | None) -> str:
    """The text on one line, without control characters, signs that order its direction, and invisible ones."""
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return PILED.sub(r"\1", BLANKS.sub(" ", HIDDEN.sub("", text))).strip()


def shortened(text: str, chars: int) -> str:
    """At most so many code points, cut at a blank where there is one near, with an ellipsis."""
    if len(text) <= chars:
        return text
    cut = text[:chars]
    # A sign that belongs to the letter before it is not torn off.
    while cut and unicodedata.combining(text[len(cut)]) and len(cut) > chars // 2:
        cut = cut[:-1]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank > chars // 2 else cut).rstrip() + "…"


def web_address(url: str | None) -> str | None:
    """The address where a browser may follow it: http or https, with a host, nothing that breaks a line; None for anything else."""
    if not url or len(url) > URL_CHARS_MAX or HIDDEN.search(url) or BLANKS.search(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if is_web else None


def language_tag(language: str | None) -> str | None:
    """The BCP 47 tag where it is one that a browser can use; None for und and for what is no tag."""
    return language if language and LANGUAGE_TAG.fullmatch(language) and not language.startswith("und") else None


@dataclass(slots=True)
class Withholder:
    """Takes the names of private persons out of texts, and counts them. What the rules do not know for a name stays: see README, People."""

    count: int = 0

    def sentence(self, text: str | None, language: str | None) -> str:
        """A clean sentence in which only holders of a rank or office are named."""
        return self.without(clean(text), language, only_private=False)

    def headline(self, text: str | None, language: str | None) -> str:
        """A clean headline without persons to whom something was done; it names others as its outlet does."""
        return self.without(clean(text), language, only_private=True)

    def without(self, text: str, language: str | None, *, only_private: bool) -> str:
        if not text:
            return ""
        source = TextToTag(None, None, text, "", language or "und", "", None, None, "MM")
        found = [one for one in find_persons(read(source)) if one.field == "body" and one.rule not in PUBLIC]
        taken = sorted({(one.start_char, one.end_char) for one in found if not only_private or one.rule == "private_person"}, reverse=True)
        self.count += len(taken)
        for start, end in taken:
            text = f"{text[:start]}{WITHHELD}{text[end:]}"
        return text


def sentence_around(passage: str, at: int, end: int) -> str:
    """The sentence of the passage that holds the code points from `at` to `end`; both are offsets into it. A cut beginning or end shows as dots."""
    starts = [0, *(match.end() for match in SENTENCE_END.finditer(passage))]
    start = max((each for each in starts if each <= at), default=0)
    stop = min((match.start() for match in SENTENCE_END.finditer(passage) if match.start() >= end), default=len(passage))
    return passage[start:stop].strip()


def sort_key(text: Any) -> str:
    return str(text or chr(sys.maxunicode)).casefold()
