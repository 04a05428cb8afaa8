"""What a person types to search, read: words and phrases that all must stand in an article, alternatives, and what must not. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.steps.search_words import BREAK, words_of
from flows.steps.zawgyi import is_zawgyi, to_unicode

WORDS_MAX = 100  # more is a pasted page, whose every word would have to stand in the article
QUOTED = re.compile('["“”„]')
BURMESE = re.compile("[\u1000-\u109f]")
# A word that others write in two: airstrike, landmine, ceasefire. Both parts have at least so many letters.
PART_LETTERS_MIN = 3
RUN_SYLLABLES_MIN = 3

Sequence = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that stand one after the other, in any of these spellings. `said` is what was typed."""

    said: str
    sequences: tuple[Sequence, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: each of `required` is a list of alternatives of which one must stand in the article; none of `excluded` may."""

    required: tuple[tuple[Clause, ...], ...]
    excluded: tuple[Clause, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a query cannot be read, as a sentence."""

    sentence: str


def read_query(arguments: Iterable[str]) -> Asked | Fault:
    """The query that the words of a command line make up. An argument of several words is a phrase, as the shell takes its quotation marks away.

    >>> query = read_query(["air strike", "rathedaung", "OR", "Mrauk-U", "NOT", "navy"])
    >>> [[clause.said for clause in each] for each in query.required], [clause.said for clause in query.excluded]
    ([['air strike'], ['rathedaung', 'Mrauk-U']], ['navy'])
    """
    parts: list[str] = []
    for argument in arguments:
        argument = unicodedata.normalize("NFC", argument)
        if len(QUOTED.findall(argument)) % 2:
            return Fault(f"A quotation mark in {argument!r} is not closed.")
        parts += parts_of(argument)
    return assembled(parts)


def parts_of(argument: str) -> Iterator[str]:
    """Phrases and words of an argument that holds quotation marks; else the argument as a whole."""
    if not QUOTED.search(argument):
        yield argument.strip()
        return
    for number, part in enumerate(QUOTED.split(argument)):
        yield from [part] if number % 2 else part.split()


def assembled(parts: list[str]) -> Asked | Fault:
    required: list[list[Clause]] = []
    excluded: list[Clause] = []
    operator = "AND"
    for part in parts:
        if part in ("AND", "OR", "NOT"):
            if operator == "NOT" or (part == "OR" and not required):
                return Fault(f"{part} stands where a word should be. Write it in small letters to search for the word itself.")
            operator = part
            continue
        found = clause_of(part)
        if isinstance(found, Fault):
            return found
        if operator == "NOT":
            excluded.append(found)
        elif operator == "OR":
            required[-1].append(found)
        else:
            required.append([found])
        operator = "AND"
    return checked(required, excluded, operator)


def checked(required: list[list[Clause]], excluded: list[Clause], operator: str) -> Asked | Fault:
    if operator in ("OR", "NOT"):
        return Fault(f"After {operator} a word is missing. Write it in small letters to search for the word itself.")
    if not required:
        return Fault("Give at least one word that is to be found." if not excluded else "Beside what must not stand in an article, say what must.")
    clauses = [*(clause for each in required for clause in each), *excluded]
    if (number := sum(len(clause.sequences[0]) for clause in clauses)) > WORDS_MAX:
        return Fault(f"These are {number} words; a query has at most {WORDS_MAX}.")
    notes = [f"{clause.said} is written in Zawgyi and was read as {to_unicode(clause.said)}."
             for clause in clauses if BURMESE.search(clause.said) and is_zawgyi(clause.said)]
    return Asked(tuple(tuple(each) for each in required), tuple(excluded), tuple(notes))


def clause_of(part: str) -> Clause | Fault:
    if "*" in part:
        return Fault(f"{part}: parts of words cannot be searched for. Give the whole word; its endings make no difference.")
    spelled = [part]
    if BURMESE.search(part):
        # A short word does not say which of both it is; read the wrong way round it is a word that stands nowhere.
        spelled = list(dict.fromkeys([part, unicodedata.normalize("NFC", to_unicode(part))]))
    sequences = [sequence for each in spelled if (sequence := sequence_of(each))]
    if not sequences:
        return Fault(f"There is no word in {part!r}." if part else "An empty word was given.")
    return Clause(part, tuple(dict.fromkeys([*sequences, *in_one_or_two(sequences[0])])))


def without_phrases(query: Asked) -> Asked | None:
    """The same query with each word of its phrases by itself; None where it has no phrase."""
    said = [clause.said for each in query.required for clause in each]
    has_phrase = any(len(words.split()) > 1 for words in said)
    found = assembled([word for words in said for word in words.split()]) if has_phrase and all(len(each) == 1 for each in query.required) else None
    return found if isinstance(found, Asked) else None


def is_burmese_run(clause: Clause) -> bool:
    """Whether it is Burmese typed without a space, and long enough to be several words."""
    return bool(BURMESE.search(clause.said)) and len(clause.said.split()) == 1 and len(clause.sequences[-1]) >= RUN_SYLLABLES_MIN


def sequence_of(text: str) -> Sequence:
    """The words of the text, without breaks at its ends."""
    words = [word.text for word in words_of(text)]
    while words and words[0] == BREAK:
        words.pop(0)
    while words and words[-1] == BREAK:
        words.pop()
    return tuple(words)


def in_one_or_two(sequence: Sequence) -> list[Sequence]:
    """Other spellings of an English word: two words joined (air strike, airstrike), or one cut in two at each place."""
    if not all(word.isalpha() and word.isascii() for word in sequence):
        return []
    if len(sequence) == 2:
        return [("".join(sequence),)]
    word = sequence[0]
    cuts = range(PART_LETTERS_MIN, len(word) - PART_LETTERS_MIN + 1) if len(sequence) == 1 else ()
    return [(word[:cut], word[cut:]) for cut in cuts]
