"""Names that the rules do not know, out of what a statistical model found in the text: the extra `[ml]`. Pure; the model is asked elsewhere.

A small model calls every capitalised Burmese word a person or an organisation, so few of its names are taken: those in which the
dictionaries and rules found nothing, and that look like the name of one person or body by their own words. The rules are never overruled.
Who is not public by the words around the name is a private person, as for the rules (see taggers/persons.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from flows.steps.taggers.evidence import read
from flows.steps.taggers.persons import AT_RISK, BODIES, NO_NAME, OFFICE, Found, described, verdict
from flows.steps.taggers.quotations import NOT_A_NAME
from flows.steps.taggers.reading import FieldText, Reading, TextToTag
from flows.steps.taggers.vocabulary import lower, vocabulary, word_list
from warehouse.records import PRIVATE_PERSON, Mention, Quotation, Tags

FIELDS = ("headline", "description", "body", "caption")
# Measured by reading, see CONTRIBUTING; nothing in the text makes one name surer than another.
CONFIDENCE = 0.6
KINDS = {"PERSON": "person", "ORG": "organization"}
PART = r"[A-Z][a-z]+(?:[A-Z][a-z]+)?(?:-[A-Z]?[a-z]+)?"
PERSON = re.compile(rf"{PART}(?: (?:{PART}|[A-Z]\.|de|van|der|von|bin|al))* {PART}")
MOST_PARTS = 4
BODY = re.compile(r"[A-Z][\w'’&.-]*(?: (?:[A-Z][\w'’&.-]*|of|for|the|and|to|on|in|&))* [A-Z][\w'’-]+")
LEADS = re.compile(r"(?:[Tt]he|[Aa]n?) ")
GENITIVE = re.compile(r"['’]s$")
# What the name of a body ends with, or has before "of" and "for". Armed units, places and buildings are none.
HEADS = (
    BODIES
    | word_list(
        """Agency Academy Associates Assembly Authority Board Bureau Bank Broadcasting Centre Club College Committee Consortium Cooperative Corp
        Corporation Council Department Directorate Federation Forum Foundation Fund Group Inc Initiative Institute Institution Ltd Ministry Museum
        Network Observatory Organization Parliament Project Relief Secretariat Senate Society Syndicate Tribunal Union University Watch"""
    )
) - word_list(
    """Army Force Forces Police Brigade Battalion Command State Township Region District City Village Street River Church House Human Rights Times
    Post Front Office Program Programme"""
)
NO_FIRST_WORD = word_list("Top Senior Former Current New Other Several Local Federal")
# Pages name themselves and their widgets: no name of the story.
FURNITURE = re.compile(r"\b(?:Facebook|Twitter|WhatsApp|Instagram|YouTube|LinkedIn|Newsletter|Getty|Shutterstock|Reuters|Photo|Image|Cookie)\b")


class Span(NamedTuple):
    """What the model found in a field: its label (of OntoNotes: PERSON, ORG and others) and where."""

    field: str
    label: str
    start: int
    end: int


def texts_of(text: TextToTag) -> dict[str, str]:
    """The texts that the model is asked about, by field."""
    given = {"headline": text.headline, "description": text.description, "body": text.body, "caption": text.captions}
    return {name: value for name, value in given.items() if value}


def with_proposals(text: TextToTag, tags: Tags, spans: Iterable[Span], method: str) -> Tags:
    """The tags with a mention for each proposed name, without id; those of the rules stay as they are. `method` names the model."""
    reading = read(text)
    found = list(proposals(reading, tags, spans, method))
    if not found:
        return tags
    order = {field.name: number for number, field in enumerate(reading.fields)}
    return replace(tags, mentions=tuple(sorted((*tags.mentions, *found), key=lambda m: (order[m.field], m.start_char, m.end_char))))


def proposals(reading: Reading, tags: Tags, spans: Iterable[Span], method: str) -> Iterator[Mention]:
    fields = {field.name: field for field in reading.fields}
    taken = {name: [(one.start_char, one.end_char) for one in tags.mentions if one.field == name] for name in fields}
    quotes = {one.speaker: one for one in tags.quotations if one.speaker}
    private = private_words(tags)
    found = [
        mention
        for span in spans if span.label in KINDS and span.field in fields
        for mention in proposed(fields[span.field], span, taken[span.field], quotes, private, method)
    ]  # fmt: skip
    # Who is private once is private everywhere.
    at_risk = {one.text for one in found if one.rule == PRIVATE_PERSON}
    yield from (replace(one, rule=PRIVATE_PERSON) if one.kind == "person" and one.text in at_risk else one for one in found)


def private_words(tags: Tags) -> frozenset[str]:
    """The words of the names of private persons that the rules found: whoever shares one may be the same person or of the family."""
    addresses = vocabulary().addresses
    names = [one.text for one in tags.mentions if one.rule == PRIVATE_PERSON]
    return frozenset(word for name in names for word in name.split() if word.rstrip(".") not in addresses)


def proposed(
    field: FieldText, span: Span, taken: list[tuple[int, int]], quotes: dict[str, Quotation], private: frozenset[str], method: str
) -> Iterator[Mention]:
    """The mention for one span of the model, where its words are a name and no rule found anything there."""
    start, end = trimmed(field.text, span.start, span.end)
    name = field.text[start:end]
    if any(a < end and start < b for a, b in taken) or FURNITURE.search(name) or in_title_case(field.text, start, end):
        return
    if span.label == "ORG" and is_body(name) and not any(hit.term.actors for hit in field.hits_in(start, end)):
        yield Mention(span.field, start, end, name, "organization", None, "mention", method, "proposed_name", CONFIDENCE)
    elif span.label == "PERSON" and is_person(field, start, end, name):
        one = Found(start, end, name, rank=False)
        if not shown_as_person(field, one, quotes):
            return
        rule = verdict(field, one, quotes, set())[0]
        rule = PRIVATE_PERSON if rule == PRIVATE_PERSON or not private.isdisjoint(name.split()) else f"proposed_{rule}"
        yield Mention(span.field, start, end, name, "person", None, "mention", method, rule, CONFIDENCE)


def shown_as_person(field: FieldText, one: Found, quotes: dict[str, Quotation]) -> bool:
    """Whether the words around the name say that it is a person: an office, a role ('a resident'), an age, or that it speaks.

    Without such a word half of the names in news of fighting are places, ships and groups.
    """
    said = lower(described(field, one))
    shown = OFFICE.search(said) or AT_RISK.search(said) or AGED_OR_SPEAKS.match(field.text, one.end)
    return shown is not None or one.name in quotes


AGED_OR_SPEAKS = re.compile(r",[ \u00a0](?:aged[ \u00a0])?\d{1,3}\b|[ \u00a0](?:said|says|told|added|explained|recalled|recounted)\b")


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without an article before and a genitive behind it."""
    if match := LEADS.match(text, start, end):
        start = match.end()
    if match := GENITIVE.search(text, start, end):
        end = match.start()
    return start, end


def is_body(name: str) -> bool:
    """Whether the words are those of an organisation: several with capitals, one of which says what it is."""
    if not BODY.fullmatch(name):
        return False
    words = name.split()
    heads = [words[-1], *(before for before, word in pairwise(words) if word in ("of", "for"))]
    # A list of two bodies is no name.
    if words[0] in NOT_A_NAME | NO_FIRST_WORD or any(word.isupper() and len(word) > 2 for word in words[1:]):
        return False
    return not HEADS.isdisjoint(heads)


def is_person(field: FieldText, start: int, end: int, name: str) -> bool:
    """Whether the words may be the full name of one person: none known as anything else, and no sign that the name goes on."""
    words = name.split()
    if not PERSON.fullmatch(name) or len(words) > MOST_PARTS or field.hits_in(start, end) or any(map(is_no_name, words)):
        return False
    if is_common(field.text, words):
        return False
    before, after = field.text[max(0, start - 2) : start], field.text[end : end + 2]
    # "S P Singh": initials before it are part of the name.
    if PLACE_FOLLOWS.search(field.text, max(0, start - 30), start):
        return False
    return not before[-1:].isalnum() and not before.endswith(("-", "’", "'")) and INITIAL.search(field.text[max(0, start - 4) : start]) is None \
        and not GOES_ON.match(after)


# A place: "in the village of Kafr Jenah", "near Tel Aas", "the governor of Khoda Afrin".
PLACE_FOLLOWS = re.compile(r"\b(?:in|near|at|around|outside|towards?|of)\s$")
INITIAL = re.compile(r"\b[A-Z]\.? $")
GOES_ON = re.compile(r"[\w-]| [A-Z]")


def is_no_name(word: str) -> bool:
    """Whether a word of it is an office, an address or the word for a body: names with one are the rules' to find."""
    if word in BODIES or word in NO_NAME or word in NOT_A_NAME or word in vocabulary().addresses:
        return True
    return OFFICE.fullmatch(word.lower()) is not None or AT_RISK.fullmatch(word.lower()) is not None


def is_common(text: str, words: list[str]) -> bool:
    """Whether the text has one of the words in lower case too: 'earbuds' beside 'Wireless Earbuds' is no surname."""
    return any(re.search(rf"\b{re.escape(word.lower())}\b", text) for word in words if word[0].isupper())


# In a line such as a headline everything has a capital, and the model takes it for names.
TITLE_CASE_SHARE = 0.7
FEWEST_WORDS = 4


def in_title_case(text: str, start: int, end: int) -> bool:
    """Whether nearly all other longer words of the line have a capital, so that those of the name say nothing."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    others = re.findall(r"[^\W\d_]{4,}", f"{text[first:start]} {text[end : last if last >= 0 else len(text)]}")
    return len(others) >= FEWEST_WORDS and sum(word[0].isupper() for word in others) > TITLE_CASE_SHARE * len(others)

