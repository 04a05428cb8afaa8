"""The cheap looks before dear patterns let through all that the patterns would find."""

import random
import re

import pytest

from flows.steps.taggers.dates import AHEAD, FUTURE
from flows.steps.taggers.event_facts import NO_FACT, TOTALS
from flows.steps.taggers.event_settings import ELSEWHERE, SAME_TIME
from flows.steps.taggers.events import ALLEGED
from flows.steps.taggers.figures import (
    AMOUNT_AND_NOUN,
    NUMBER,
    ONE_OR_ANOTHER,
    ONE_PERSON,
    PATTERNS,
    QUALIFIER,
    amount_matches,
    amounts_in,
    words_by_sentence,
)
from flows.steps.taggers.scopes import A_DAY, BACKGROUND, CUMULATIVE, TALLY
from flows.steps.taggers.vocabulary import at_word, by_first_letter, fold, held_by, literal_in
from flows.steps.taggers.word_lists import Sought, Spotted, WordList, plain_text

PIECES = """at least 12|two|some 300|dozens|between five and nine|a dozen|3,500|another|a 25-year-old woman|people|civilians|women and children|
soldiers|houses|families|captives|prisoners of war|killed|were killed|was injured|have been displaced|arrested|were detained|surrendered|captured|
burned down|destroyed|fled|died|shot dead|were taken prisoner|holding|death toll rose to|in Minbya|aged 5, 7 and 9|, including two monks,|, who|
of the ward|in custody|set on fire|staying with relatives|more than|between|and|or|reportedly|were|,|.|(|)|;|-|’s|bodies of|claimed the lives of|left|dead|homeless|deaths|still|were forced to flee|a total of""".replace("\n", "")

# Every number of a text with the words that qualify it, by one dear pattern.
AMOUNT_START = re.compile(rf"\b(?=[a-z\d])(?:(?:{QUALIFIER})\s+)?(?:between\s+)?(?<![\w.,$€£-])(?:{NUMBER})(?![\w%])")
NO_WORDS = ({}, [])


def sentences(count):
    rng = random.Random(11)
    pieces = PIECES.split("|")
    return [" ".join(rng.choices(pieces, k=rng.randint(4, 24))) for _ in range(count)]


def everywhere(text, needs):
    """What the patterns find where each is tried at each number, in their order."""
    starts = [match.start() for match in AMOUNT_START.finditer(text)]
    of_people = [start for start in starts if AMOUNT_AND_NOUN.match(text, start)]
    houses = any(word in text for word in ("house", "home", "hut", "dwelling", "building"))
    for pattern in PATTERNS if starts else ():
        if pattern.needs.isdisjoint(needs) or (pattern.role == "houses_destroyed" and not houses):
            continue
        begins = starts if pattern.form == "headline" else of_people
        found = pattern.regex.finditer(text) if pattern.form == "verb_first" else (pattern.regex.match(text, start) for start in begins)
        yield from ((pattern.role, match.span()) for match in found if match)


def test_patterns_of_figures_are_skipped_only_where_they_find_nothing():
    found = 0
    for text in sentences(3000):
        needs, numbers = words_by_sentence(text, Spotted(text), ((0, len(text)),)).get(0, NO_WORDS)
        amounts = [match.span() for match in AMOUNT_START.finditer(text)]
        assert not needs or amounts_in(text, numbers) == amounts, text
        quick = [(role, match.span()) for role, match in (amount_matches(text, needs, amounts) if needs and amounts else ()) if not match.re.pattern.startswith(r"\bdeath")]
        slow = list(everywhere(text, needs))
        quick = [one for one in quick if one in slow] if "death" in needs else quick
        assert quick == slow, text
        found += len(slow)
        if not ONE_OR_ANOTHER.search(text):
            assert not any(pattern.regex.search(text) for pattern in ONE_PERSON), text
    assert found > 1000


@pytest.mark.parametrize("words", ["since|so far|in total|over (?:the|a) week|to date", "cat|car|dog|do", "no|not(?:hing|e)?|never"])
def test_the_word_heads_stand_for_the_boundary(words):
    rng = random.Random(5)
    plain, quick, grouped = re.compile(rf"\b(?:{words})"), re.compile(at_word(words)), re.compile(rf"\b{by_first_letter(words)}")
    for _ in range(500):
        text = "".join(rng.choices([*re.findall(r"\w+", words), " ", " ", ".", "-", "x", "\n"], k=12))
        assert [m.span() for m in plain.finditer(text)] == [m.span() for m in quick.finditer(text)] == [m.span() for m in grouped.finditer(text)]


def test_alternatives_that_begin_with_no_letter_are_refused():
    with pytest.raises(ValueError, match="does not begin with a letter"):
        at_word(r"a|(?:b|c) d")


PHRASE_PIECES = """since|so far|in|in the past|over the last|recent|two|three|the|first|weeks|months|years|half|of|year|this|each|every|month|death toll|total|
from may to june 2024|figures|data|lists|that|show|compiled|by|has|have|recorded|counted|already|tallies|according to|un|statistics|second|attack|airstrike|
often|would|threatened|no|not|plan|fled|escaped|displaced by|those|who|charged with|taken|to|sheltering|told|the town|road to|-|,|, but|people|killed|
planned for|set to|will|next|to be held|ahead of|totaling|in all|overall|during|within|amid|months after|some of them who|monday|yesterday|last night|
march 3|may|in 2019|years ago|previously|last year|that day|the same night|hours later|at 9 p.m|at around 3 am|the attack|the clashes|alleged|
accused of|claims|not be independently verified|purportedly""".replace("\n", "").split("|")


@pytest.mark.parametrize("phrases", [CUMULATIVE, TALLY, TOTALS, NO_FACT, ELSEWHERE, FUTURE, AHEAD, A_DAY, BACKGROUND, SAME_TIME, ALLEGED])
def test_phrases_are_found_as_their_pattern_finds_them(phrases):
    rng, found = random.Random(3), 0
    for _ in range(2000):
        text = " ".join(rng.choices(PHRASE_PIECES, k=rng.randint(1, 7))) + rng.choice(["", " ", "-"])
        text = text.replace("monday", "Monday").replace("march", "March") if phrases is A_DAY else text
        slow = phrases.pattern.search(text)
        quick, window = phrases.search(text, held_by(Spotted(fold(text)), [0])[0]), phrases.search_window(text)
        assert (quick and quick.span()) == (slow and slow.span()), text
        # Names of days have capitals, and are asked for by sentence only.
        assert phrases is A_DAY or (window and window.span()) == (slow and slow.span()), text
        found += slow is not None
    assert found > 15


def test_what_is_held_belongs_to_its_sentence():
    text = "It was quiet. Since then, many fled. It rained."
    assert [bool(held & CUMULATIVE.bit) for held in held_by(Spotted(fold(text)), [0, 14, 37])] == [False, True, False]


ODD = WordList(lambda: (Sought(word, word) for word in ("man", "so-far", "u.s.", "ရွာ", "co op")))
OPEN = WordList(lambda: (Sought(word, word, whole=False) for word in ("arm", "die")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a man and a woman", ["man"]),
        ("man", ["man"]),
        ("(man)", ["man"]),
        ("man’s “man”", ["man", "man"]),
        ("manéman éman", []),  # a letter outside of ASCII goes on a word
        ("manя яman", []),
        ("manက", ["man"]),  # Burmese sticks to Latin letters
        ("so far", []),
        ("so-far", ["so-far"]),
        ("the u.s. army", ["u.s."]),
        ("the u s army", []),
        ("co op and co-op", ["co op"]),
        ("ကျေးရွာသား", ["ရွာ"]),  # syllables are looked at by who asks
        ("", []),
    ],
)
def test_words_are_found_between_signs(text, expected):
    spotted = Spotted(text)
    found = sorted((start, spotted.payloads[word]) for word, start, _ in spotted.of(ODD))
    assert [word for _, word in found] == expected
    assert all(text.startswith(word, start) for start, word in found)


def test_words_with_an_open_end_begin_a_word():
    text = "the army died; alarm, soldier, arm—dies"
    spotted = Spotted(text)
    assert [text[start:start + 3] for start in sorted(start for _, start, _ in spotted.of(OPEN))] == ["arm", "die", "arm", "die"]


def test_the_plain_text_keeps_each_place():
    for text in ("a—b", "“so”", "a\tb?", "ကa", "x\U0001f600y", "\ud800z"):
        plain = plain_text(text)
        assert len(plain) == len(text) + 2
        assert all(plain[at + 1] == char for at, char in enumerate(text) if char.isascii() and char.isalnum())


@pytest.mark.parametrize(
    ("alternative", "literal"),
    [
        ("so far", "so far"),
        (r"totall?ing", "total"),
        (r"years? (?:of|after)", "year"),
        (r"from \w+ to \w+ \d{4}", "from "),
        (r"call\w* (?:for|on)", "call"),
        (r"taken\b[^.;,]{0,40}", "taken"),
        (r"has (?:so far |already )?recorded", "recorded"),
    ],
)
def test_what_each_match_of_an_alternative_holds(alternative, literal):
    assert literal_in(alternative) == literal


def test_a_phrase_without_a_sure_string_is_refused():
    with pytest.raises(ValueError, match="holds no string for sure"):
        literal_in(r"[ab](?:b|c)\d")
