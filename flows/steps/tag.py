"""Who, where, when, how many: the tags of one article, each with the exact words as evidence. Pure; rules and vocabularies only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar, cast

from flows.steps.entities import known_entities
from flows.steps.taggers.dates import find_dates
from flows.steps.taggers.events import find_events
from flows.steps.taggers.evidence import read
from flows.steps.taggers.figures import find_figures
from flows.steps.taggers.groups import find_groups
from flows.steps.taggers.persons import find_persons
from flows.steps.taggers.places import find_places
from flows.steps.taggers.quotations import find_quotations
from flows.steps.taggers.reading import Reading, TextToTag
from flows.steps.taggers.subjects import find_subjects
from flows.steps.taggers.vocabulary import terms_sha256
from warehouse.records import DateExpression, Event, EventEvidence, Figure, Mention, Quotation, Subject, Tags

__all__ = ["RULES_VERSION", "TAGGERS", "TextToTag", "known_entities", "tag", "tag_all"]

AnyTag = Mention | DateExpression | Figure | Quotation | Subject
AnyEvent = Event | EventEvidence

# Every tagger takes the article as read and yields its tags. A new one is a module in taggers/ and a line here.
TAGGERS: tuple[Callable[[Reading], Iterable[AnyTag]], ...] = (
    find_places,
    find_groups,
    find_persons,
    find_figures,
    find_quotations,
    find_dates,
    find_subjects,
)
# These join what the others found: they take the article and all its tags so far.
JOINERS: tuple[Callable[[Reading, Tags], Iterable[AnyEvent]], ...] = (find_events,)
# Raise when a rule changes; changed terms change the version by themselves.
RULES_NUMBER = 3
RULES_VERSION: str  # made at the first use, as it reads the terms files


def __getattr__(name: str) -> str:
    if name == "RULES_VERSION":
        return rules_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=1)
def rules_version() -> str:
    """'1-9f86d081884c': number of the rules, then the first 12 digits of SHA-256 over the terms files."""
    return f"{RULES_NUMBER}-{terms_sha256()[:12]}"


def tag(text: TextToTag) -> Tags:
    """All tags of the article, each kind in text order. The same text gives the same tags."""
    return tag_all([text])[0]


def tag_all(texts: Sequence[TextToTag]) -> list[Tags]:
    """The tags of each article, as `tag` gives them.

    Tagger by tagger over all of them: what one tagger needs stays in the processor's cache, where all taggers together do not fit.
    `tests/bench_tags.py` prints what it gains.
    """
    readings = [read(text) for text in texts]
    found = [defaultdict[type, list[AnyTag]](list) for _ in texts]
    for tagger in TAGGERS:
        for reading, of_reading in zip(readings, found, strict=True):
            for one in tagger(reading):
                of_reading[type(one)].append(one)
    return [joined(reading, gathered(reading, of_reading)) for reading, of_reading in zip(readings, found, strict=True)]


def gathered(reading: Reading, found: dict[type, list[AnyTag]]) -> Tags:
    """What the taggers found, without what the joiners make of it."""
    order = {field.name: number for number, field in enumerate(reading.fields)}
    return Tags(
        mentions=tuple(sorted(of(Mention, found), key=lambda m: (order[m.field], m.start_char, m.end_char))),
        dates=tuple(of(DateExpression, found)),
        figures=tuple(of(Figure, found)),
        quotations=tuple(of(Quotation, found)),
        subjects=tuple(of(Subject, found)),
    )


TagT = TypeVar("TagT")


def of(kind: type[TagT], found: dict[type, list[AnyTag]]) -> list[TagT]:
    """What was found of one kind."""
    return cast("list[TagT]", found.get(kind, []))


def joined(reading: Reading, tags: Tags) -> Tags:
    """The tags with what the joiners make of them."""
    found = [one for joiner in JOINERS for one in joiner(reading, tags)]
    return replace(
        tags,
        events=tuple(one for one in found if isinstance(one, Event)),
        event_evidence=tuple(one for one in found if isinstance(one, EventEvidence)),
    )
