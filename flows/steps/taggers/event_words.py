"""The words and rules by which events are told: terms/event_words.csv and terms/event_rules.csv, read once, and their hits in a text."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from typing import NamedTuple

from flows.steps.taggers.reading import FieldText, syllable_boundary
from flows.steps.taggers.vocabulary import BURMESE, fold, terms_rows
from flows.steps.taggers.word_lists import Sought, WordList, goes_on
from warehouse.record import record

# ACLED's event type of each sub-event type (dtacled/acledR, acled_event_categories; names only).
EVENT_TYPES = {
    sub_event: event_type
    for event_type, sub_events in {
        "Battles": ("Armed clash", "Government regains territory", "Non-state actor overtakes territory"),
        "Explosions/Remote violence": (
            "Chemical weapon", "Air/drone strike", "Suicide bomb", "Shelling/artillery/missile attack",
            "Remote explosive/landmine/IED", "Grenade",
        ),
        "Protests": ("Peaceful protest", "Protest with intervention", "Excessive force against protesters"),
        "Riots": ("Violent demonstration", "Mob violence"),
        "Strategic developments": (
            "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use", "Headquarters or base established",
            "Looting/property destruction", "Non-violent transfer of territory", "Other",
        ),
        "Violence against civilians": ("Sexual violence", "Attack", "Abduction/forced disappearance"),
    }.items()
    for sub_event in sub_events
}  # fmt: skip


@record
class Word:
    """A word of events; `open_end`: it goes on to the end of its word."""

    text: str
    classes: frozenset[str]
    open_end: bool
    burmese: bool


class WordHit(NamedTuple):
    """A word of one or more classes in the body."""

    start: int
    end: int
    classes: frozenset[str]


@record
class Need:
    """Classes of which one must stand in the passage; `near` is the greatest distance from the cue in code points, None for anywhere."""

    classes: frozenset[str]
    near: int | None


@record
class Rule:
    """How one kind of event is told; without a sub-event type it says that the passage tells none. The first rule that fits decides."""

    name: str
    sub_event_type: str | None
    cue: str
    needs: tuple[Need, ...]
    bars: tuple[Need, ...]
    agent: str | None  # state | rebel | armed
    target: str | None  # rebel | military | civilian
    confidence: float
    barred: frozenset[str]  # the classes of `bars` that may stand nowhere in the passage


@record
class EventTerms:
    """All words with their classes, and the rules in their order."""

    words: tuple[Word, ...]  # of each pattern
    rules: tuple[Rule, ...]
    cues: frozenset[str]
    by_cue: dict[str, tuple[int, ...]]  # places in `rules`

    def rules_for(self, there: Set[str]) -> list[Rule]:
        """The rules whose cue is one of the classes, in their order."""
        return [self.rules[number] for number in sorted(number for cue in there & self.cues for number in self.by_cue[cue])]


@lru_cache(maxsize=1)
def event_terms() -> EventTerms:
    """The terms, built at the first call. Raises KeyError for a rule with an unknown sub-event type or class."""
    classes: dict[tuple[str, bool], set[str]] = {}
    for row in terms_rows("event_words.csv"):
        classes.setdefault((fold(row["word"].removesuffix("*")), row["word"].endswith("*")), set()).add(row["class"])
    patterns = sorted(classes)
    rules = tuple(read_rule(row) for row in terms_rows("event_rules.csv"))
    known = frozenset[str]().union(*classes.values())
    named = {need for rule in rules for one in (*rule.needs, *rule.bars) for need in one.classes} | {rule.cue for rule in rules}
    wrong = sorted(named - known) + sorted({rule.sub_event_type for rule in rules if rule.sub_event_type} - EVENT_TYPES.keys())
    if wrong:
        raise KeyError(f"event_rules.csv names what event_words.csv or ACLED does not have: {', '.join(wrong)}")
    words = tuple(Word(key[0], frozenset(classes[key]), key[1], BURMESE.search(key[0]) is not None) for key in patterns)
    cues = frozenset(rule.cue for rule in rules)
    by_cue = {cue: tuple(number for number, rule in enumerate(rules) if rule.cue == cue) for cue in cues}
    return EventTerms(words, rules, cues, by_cue)


EVENT_WORDS = WordList(lambda: (Sought(word.text, word, whole=not word.open_end) for word in event_terms().words))


def read_rule(row: dict[str, str]) -> Rule:
    bars = read_needs(row["without"])
    return Rule(
        row["rule"], row["sub_event_type"] or None, row["cue"], read_needs(row["with"]), bars, row["agent"] or None, row["target"] or None,
        float(row["confidence"]), frozenset[str]().union(*(bar.classes for bar in bars if bar.near is None)),
    )  # fmt: skip


def read_needs(text: str) -> tuple[Need, ...]:
    """'weapon~45|explosive~45 state_force': one of the first two within 45 code points of the cue, and the third anywhere."""
    needs = []
    for part in text.split():
        names = [one.partition("~") for one in part.split("|")]
        needs.append(Need(frozenset(name for name, _, _ in names), int(names[0][2]) if names[0][2] else None))
    return tuple(needs)


def word_hits(field: FieldText) -> list[WordHit]:
    """The words of events in text order; of overlapping ones the longest: 'fighter jet' is no fighter."""
    words, folded = field.spotted.payloads, field.folded
    found: list[tuple[int, int, int]] = []
    for index, start, _ in field.spotted.of(EVENT_WORDS):
        word = words[index]
        end = start + len(word.text)
        if word.burmese and not burmese_word(folded, start, end, open_end=word.open_end):
            continue
        found.append((start, -word_end(folded, end) if word.open_end else -end, index))
    found.sort()
    out: list[WordHit] = []
    past = 0
    for start, negative, index in found:
        if start >= past:
            past = -negative
            out.append(WordHit(start, past, words[index].classes))
        elif out[-1].start == start and past == -negative:
            out[-1] = WordHit(start, past, out[-1].classes | words[index].classes)
    return out


def burmese_word(folded: str, start: int, end: int, *, open_end: bool) -> bool:
    """Whether a Burmese word begins at no Latin letter and, where its end is not open, cuts no syllable."""
    if start and goes_on(folded[start - 1]):
        return False
    return open_end or not (goes_on(folded[end : end + 1]) or not (syllable_boundary(folded, start) and syllable_boundary(folded, end)))


REST_OF_A_WORD = re.compile("[^\\W_\u1000-\u109f]*")  # as `goes_on` has it


def word_end(text: str, end: int) -> int:
    match = REST_OF_A_WORD.match(text, end)
    return match.end() if match else end
