"""A text made ready for the taggers: its fields, the dictionary hits with sound boundaries, and what the text is about."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from flows.steps.taggers.vocabulary import SYLLABLE_START, TERMS, Term, fold
from flows.steps.taggers.word_lists import Spotted
from warehouse.record import record


@record
class TextToTag:
    """What the taggers see of an article. `captions`: in page order, one a line; `country`: of the outlet, ISO 3166-1, where known."""

    headline: str | None
    description: str | None
    body: str
    captions: str
    language: str
    outlet_id: str
    dateline_place: str | None
    published_on: date | None
    country: str | None = None
    kind: str = "news"  # of the article, as in `articles.kind`


class Hit(NamedTuple):
    """A vocabulary term that stands in a field as whole words or whole syllables."""

    start: int
    end: int
    term: Term


class Level(NamedTuple):
    """The level word of a place name and where the name with it begins and ends."""

    level: str | None  # state | district | township | town | village
    start: int
    end: int


@record
class FieldText:
    """One field of the article with its hits in text order; of overlapping ones the longest."""

    name: str  # headline | description | body | caption | dateline_place
    text: str
    folded: str  # see `vocabulary.fold`
    spotted: Spotted
    hits: tuple[Hit, ...]
    starts: tuple[int, ...]  # of the hits
    ends: tuple[int, ...]
    # By where the hit begins: two taggers ask for it.
    levels: dict[int, Level] = field(default_factory=dict, compare=False, repr=False)

    def surface(self, hit: Hit) -> str:
        return self.text[hit.start : hit.end]

    def hits_in(self, start: int, end: int) -> tuple[Hit, ...]:
        """The hits that share a code point with the span; hits lie in text order and never overlap."""
        first = bisect_right(self.ends, start)
        return self.hits[first : bisect_left(self.starts, end, first)]


@record
class Evidence:
    """Signs that a text is about Myanmar, and the states that it names beyond doubt (admin1 codes, see `whole_state`)."""

    signs: frozenset[str]
    states: frozenset[str]
    districts: frozenset[str]
    full_names: frozenset[str]  # actors named in full
    foreign: frozenset[str]  # abbreviations that the text defines as something else

    def about_myanmar(self, signs: int = 1) -> bool:
        return len(self.signs) >= signs


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """An article ready to be tagged."""

    source: TextToTag
    fields: tuple[FieldText, ...]
    sentences: tuple[tuple[int, int], ...]  # of the body, as offsets
    evidence: Evidence
    body: FieldText  # the one of the fields
    held: tuple[int, ...]  # for each sentence the bits of the `Phrases` that it may hold
    remembered: dict[str, object] = field(default_factory=dict, repr=False)  # what one tagger found and another asks for, by what it is


WORD_END = re.compile(r"[^\W_]")


def read_fields(source: TextToTag) -> tuple[FieldText, ...]:
    """The fields that hold text, with their dictionary hits; the body always."""
    texts = (
        ("headline", source.headline), ("description", source.description), ("body", source.body),
        ("caption", source.captions), ("dateline_place", source.dateline_place),
    )  # fmt: skip
    return tuple(read_field(name, text or "") for name, text in texts if text or name == "body")


def read_field(name: str, text: str) -> FieldText:
    folded = fold(text)
    spotted = Spotted(folded)
    hits = find_hits(text, spotted)
    return FieldText(name, text, folded, spotted, hits, tuple(hit.start for hit in hits), tuple(hit.end for hit in hits))


def find_hits(text: str, spotted: Spotted) -> tuple[Hit, ...]:
    """Hits at word or syllable boundaries whose capitals fit, leftmost and longest."""
    terms, ascii_only = spotted.payloads, text.isascii()
    found = []
    for index, start, _ in spotted.of(TERMS):
        end = start + len(terms[index].pattern)
        if (ascii_only or bounded(text, start, end)) and capitals_fit(text[start:end], terms[index]):
            found.append((start, -end, index))
    found.sort()
    out: list[Hit] = []
    past = 0
    for start, negative, index in found:
        if start >= past:
            past = -negative
            out.append(Hit(start, past, terms[index]))
    return tuple(out)


def bounded(text: str, start: int, end: int) -> bool:
    """Whether a match begins and ends with whole words (Latin) or whole syllables (Burmese)."""
    if "\u1000" <= text[start] <= "\u109f":
        return syllable_boundary(text, start) and syllable_boundary(text, end)
    # Burmese sticks its particles to Latin letters without a space: "AAက".
    return not (
        (text[start - 1 : start].isalnum() and not "\u1000" <= text[start - 1] <= "\u109f")
        or (text[end : end + 1].isalnum() and not "\u1000" <= text[end] <= "\u109f")
    )


def syllable_boundary(text: str, position: int) -> bool:
    """Whether no Burmese syllable is cut at the position."""
    if position >= len(text) or not "\u1000" <= text[position] <= "\u109f":
        return True
    return SYLLABLE_START.match(text, position) is not None or not "\u1000" <= text[position] <= "\u103f"


def capitals_fit(surface: str, term: Term) -> bool:
    """Place names want capital initials, abbreviations their exact capitals; names of groups of several words want none."""
    if term.burmese:
        return True
    if term.places and not term.actors:
        return all(word[:1].isupper() or not word[:1].isalpha() for word in surface.split())
    return not term.actors or any(surface_fits(surface, alias.alias, alias.kind) for alias in term.actors)


def surface_fits(surface: str, alias: str, kind: str) -> bool:
    return surface == alias if kind == "abbreviation" else True


def word_before(text: str, position: int) -> str:
    """The word that ends right before the position on the same line, parted by blanks only; empty where there is none."""
    if text[position - 1 : position] not in (" ", "\u00a0"):
        return ""
    first = max(0, position - LONGEST_WORD_CHARS)
    # Nearly all stand between two blanks and have letters only.
    blank = text.rfind(" ", first, position - 1)
    if blank >= 0 and (word := text[blank + 1 : position - 1]).isalpha():
        return word
    # Only the last stretch without a blank may be the word: what is before it need not be tried.
    words = text[first:position].rstrip(" \u00a0")
    start = first + max(words.rfind(" "), words.rfind("\u00a0")) + 1
    match = WORD_BEFORE.search(text, start, position)
    return match.group(1) if match else ""


LONGEST_WORD_CHARS = 40
WORD_BEFORE = re.compile(r"(?<![^\s(\"'“‘\[,;:—])([^\W\d_][\w'’.-]*)[ \u00a0]+$")
WORD_AFTER = re.compile(r"[ \u00a0]+([^\W\d_][\w'’-]*)")


def word_after(text: str, position: int) -> str:
    if text[position : position + 1] not in (" ", "\u00a0"):
        return ""
    match = WORD_AFTER.match(text, position)
    return match.group(1) if match else ""
