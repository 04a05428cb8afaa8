"""Numbers that count people or houses: how many were killed, injured, captured, displaced ... and how surely the text says so."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from operator import itemgetter
from typing import NamedTuple

from flows.steps.taggers.burmese_figures import burmese_sentence_figures
from flows.steps.taggers.reading import FieldText, Reading
from flows.steps.taggers.scopes import WINDOW_CHARS, Times, read_times, scope_of
from flows.steps.taggers.vocabulary import at_word, by_first_letter, lower, word_list
from flows.steps.taggers.word_lists import Hit, Sought, Spotted, WordList, is_latin
from warehouse.record import record
from warehouse.records import Figure

UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}
# Round words that only give a lower bound: "thousands" is at least a thousand, "dozens" at least two dozen.
AT_LEAST = {
    "tens of thousands": 10_000,
    "hundreds of thousands": 100_000,
    "thousands": 1000,
    "hundreds": 100,
    "dozens": 24,
    "scores": 40,
}
QUALIFIERS = {
    "more than": "more than",
    "over": "more than",
    "above": "more than",
    "upwards of": "more than",
    "at least": "at least",
    "no fewer than": "at least",
    "not less than": "at least",
    "no less than": "at least",
    "a minimum of": "at least",
    "about": "about",
    "around": "about",
    "approximately": "about",
    "some": "about",
    "nearly": "about",
    "almost": "about",
    "roughly": "about",
    "an estimated": "about",
    "close to": "about",
    "up to": "up to",
    "as many as": "up to",
    "less than": "less than",
    "fewer than": "less than",
    "under": "less than",
}
UP_TO_NINE = by_first_letter("|".join(UNITS[1:10]))
WORD_NUMBER = (
    by_first_letter(
        "|".join(rf"{ten}(?:-{UP_TO_NINE})?" for ten in TENS)
        + rf"|{'|'.join(sorted(UNITS[1:], key=len, reverse=True))}|a(?= (?:dozen|hundred|thousand)\b)"
    )
    + r"(?:[ -](?:hundred|thousand|dozen))?"
)
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\s(?:thousand|million))?|{by_first_letter('|'.join(AT_LEAST))}|{WORD_NUMBER}"
QUALIFIER = by_first_letter("|".join(sorted(QUALIFIERS, key=len, reverse=True)))
AMOUNT = (
    rf"(?:(?P<qualifier>{QUALIFIER})\s+)?(?P<between>between\s+)?(?P<number>(?<![\w.,$€£-])(?:{NUMBER})(?![\w%]|"
    rf"[.,:]\d))(?:\s*(?:to|or|-|–|(?(between)and|(?!)))\s*(?P<upper>\d+|{WORD_NUMBER}))?"
)
# All patterns with an amount run over the text in lower case: without case to fold they are several times as fast.
PLAIN_AMOUNT = re.compile(rf"(?<![\w.,$€£-])(?:{NUMBER})(?![\w%])")
LED_AMOUNT = re.compile(rf"\b(?:{QUALIFIER}\s+(?:between\s+)?|between\s+)$")
# Every match of LED_AMOUNT ends with one of these and a blank.
LEADS_TO_AN_AMOUNT = tuple({said.rpartition(" ")[2] for said in QUALIFIERS} | {"between"})
LONGEST_LEAD_CHARS = 60
# What numbers begin with, as far as no shorter one begins so too: "six" stands for "sixteen" and "sixty".
NUMBER_WORDS = [*map(str, range(10)), *UNITS[1:], *TENS, *AT_LEAST, "a dozen", "a hundred", "a thousand"]
NUMBER_HEADS = [word for word in NUMBER_WORDS if not any(word != other and word.startswith(other) for other in NUMBER_WORDS)]
# Any other script's digits lie here; \d matches them too.
OTHER_DIGIT = re.compile("[\u0660-\u1fff\u2c00-\U0010ffff](?<=\\d)")
PERSON = by_first_letter(
    r"people|persons?|civilians?|villagers?|residents?|locals|men|women|man|woman|boys?|girls?|child|children|"
    r"infants?|bab(?:y|ies)|students?|teachers?|"
    r"monks?|novices?|nuns?|farmers?|workers?|fishermen|fishers?|passengers?|refugees?|idps|patients?|nurses?|doctors?|detainees?|inmates?|"
    r"soldiers?|troops|fighters?|combatants?|militants?|rebels?|guerrillas?|officers?|personnel|police(?:men|man)?|"
    r"policewomen|captives?|prisoners?|pows?|recruits?|conscripts?|"
    r"members?|others?|youths?|elders?|protesters?|demonstrators?|activists?|journalists?|reporters?|politicians?|"
    r"victims?|families|households|adults|teenagers?|minors|"
    r"brothers?|sisters?|relatives|daughters?|sons?|mothers?|fathers?|wife|wives|husbands?|parents|siblings|"
    r"grandchildren|grandmother|grandfather|couple|rohingyas?|muslims?|hindus?|lawmakers?|administrators?|traders?|"
    r"pupils?|toddlers?|boatm[ae]n|herders?|labou?rers?|vendors?|medics?|shopkeepers?|pastors?|priests?|"
    r"drivers?|commanders?|captains?|deserters?|hostages?|survivors|"
    r"bodies|casualties|deaths|fatalities|lives"
)
HOUSE = r"(?:houses?|homes?|huts?|dwellings?|buildings?)"
NO_MODIFIER = by_first_letter(
    "and|or|were|was|is|are|be|been|have|has|had|in|on|at|by|of|the|that|who|which|said|says|told|to|for|from|"
    "with|as|when|after|including|a|an|"
    "killed|injured|wounded|died|dead|arrested|detained|fled|captured|displaced|destroyed|burned|" + "|".join([*UNITS[1:], *TENS])
)
# "Eleven detained villagers were killed": a participle right before its noun.
PARTICIPLE = r"(?:detained|arrested|abducted|captured|displaced|wounded|injured)"
NOUN = rf"(?P<who>(?:(?!{NO_MODIFIER}\b)[\w'’.-]+\s+){{0,4}}?(?:{PARTICIPLE}\s+)?(?:{PERSON}|{HOUSE})(?:\s+of\s+war)?(?!['’-]))"
OPTIONAL_NOUN = rf"(?:\s+(?:of\s+(?:(?:the|its|their|our|his|her|these|those)\s+)?)?{NOUN}\b)?"
SURE_NOUN = rf"\s+(?:of\s+(?:(?:the|its|their|our|his|her|these|those)\s+)?)?{NOUN}\b"
ADVERB = (
    r"reportedly|also|still|now|since|already|instantly|later|all|both|seriously|severely|critically|"
    r"badly|slightly|then|been|being|being\s+held|even|either|only|completely|partly|allegedly|forcibly|forced|"
    r"subsequently|currently|immediately|further"
)
ADVERBS = rf"(?:\s+{by_first_letter(ADVERB)})*"
AUXILIARIES = "were|was|are|is|have|has|had|been|being|got|remain|remains|remained|who|that|to"
AUXILIARY = rf"(?:{ADVERBS}\s+{by_first_letter(AUXILIARIES)})+{ADVERBS}"
# The last words before a participle that a passive ends with.
BEFORE_A_PARTICIPLE = frozenset(one.rpartition(r"\s+")[2] for one in f"{ADVERB}|{AUXILIARIES}".split("|"))
# What may stand between the noun and its verb: "of the ward", "from Sittwe", "in the camp", ", including children,".
BETWEEN = (
    r"(?:,\s+[^,.;]{1,60},|\s+aged\s+[\d, and-]+|\s+and\s+(?:an?|the|several|some|one|two|three|four|five|six|\d+)\s+[\w'’-]+|\s+(?:of|from|in|at|"
    r"near|inside|on|aboard)\s+(?:[\w'’-]+\s+){0,4}?[\w'’-]+)?"
)

STOP = (
    r"(?=\s*(?:[,.;:—–?!\"”)]|$)|\s+"
    + by_first_letter(
        "and|in|by|when|after|during|on|as|near|at|since|while|from|over|following|alive|"
        "with|before|this|last|because|but|amid|under|for|to|around|inside|along|outside|there|so|through|within|"
        "across"
    )
    + r"\b)"
)

NEVER = "(?!)"  # no such form of the verb
# role: (verb before its object, past participle after its subject, verb in the active voice after its subject)
VERBS: dict[str, tuple[str, str, str]] = {
    "killed": (
        r"kill(?:ed|ing|s)?|claim(?:ed|ing|s)?(?:\s+the\s+lives\s+of)?|left|leav(?:es|ing)|death\s+of|deaths\s+of|bodies\s+of|"
        r"massacr(?:ed|ing)|execut(?:ed|ing)|murder(?:ed|ing)|shot\s+dead|beheaded",
        r"killed|shot\s+dead|dead|slain|massacred|executed|murdered|beheaded|burned\s+to\s+death|burnt\s+to\s+death|found\s+dead",
        r"died|die|dies|drowned|perished|lost\s+(?:their|his|her)\s+li(?:fe|ves)",
    ),
    "injured": (
        r"injur(?:ed|ing|es|e)|wound(?:ed|ing|s)?|hurt(?:ing)?|maim(?:ed|ing)|injuries\s+to",
        r"injured|wounded|hurt|maimed|in\s+critical\s+condition",
        r"sustained\s+injuries|suffered\s+(?:\w+\s+)?injuries",
    ),
    "captured": (r"captur(?:ed|ing|es|e)|took\s+prisoner|tak(?:ing|en)\s+prisoner", r"captured|taken\s+prisoner|taken\s+captive", NEVER),
    "surrendered": (
        r"surrender\s+of",
        NEVER,
        r"surrendered|surrender|surrendering|gave\s+themselves\s+up|laid\s+down\s+(?:their\s+)?arms|defected|deserted",
    ),
    "detained": (
        r"arrest(?:ed|ing|s)?|detain(?:ed|ing|s)?|apprehend(?:ed|ing)|round(?:ed|ing)\s+up|jail(?:ed|ing)|abduct(?:ed|"
        r"ing)|took\s+away|taken\s+away|seiz(?:ed|ing)",
        r"arrested|detained|apprehended|rounded\s+up|jailed|imprisoned|taken\s+into\s+custody|taken\s+away|abducted|in\s+custody",
        NEVER,
    ),
    "displaced": (
        r"displac(?:ed|ing|es|e)|forc(?:ed|ing)\s+(?:out|from\s+their\s+homes)?|uproot(?:ed|ing)|driv(?:en|ing)\s+out|sent",
        r"displaced|evacuated|uprooted|made\s+homeless|left\s+homeless|homeless|forced\s+to\s+(?:flee|leave)[^,.;]*|"
        r"sheltering|taking\s+shelter|taking\s+refuge|living\s+in\s+(?:displacement\s+)?camps|"
        r"staying\s+with\s+relatives|looking\s+for\s+(?:somewhere|a\s+place)\s+to\s+live|without\s+(?:shelter|a\s+home)|camping",
        r"fled|flee|fleeing|took\s+shelter|took\s+refuge|sought\s+(?:shelter|refuge)|left\s+their\s+homes|"
        r"ran\s+for\s+their\s+lives|lost\s+their\s+homes",
    ),
    "houses_destroyed": (
        r"destroy(?:ed|ing|s)?|burn(?:ed|t|ing|s)?(?:\s+down)?|torch(?:ed|ing|es)?|wreck(?:ed|ing|s)?|raz(?:ed|ing)|"
        r"flatten(?:ed|ing)|set(?:ting)?\s+fire\s+to|demolish(?:ed|ing)|reduc(?:ed|ing)\s+to\s+ashes",
        r"destroyed|burned(?:\s+down)?|burnt(?:\s+down)?|torched|wrecked|razed|flattened|gutted|demolished|"
        r"reduced\s+to\s+ashes|set\s+on\s+fire|lost\s+to\s+the\s+fire",
        r"burned\s+down|burnt\s+down|went\s+up\s+in\s+flames",
    ),
    "held": (r"hold(?:s|ing)?|held|detains", r"being\s+held|held", NEVER),
}
HOUSE_NOUN = re.compile(rf"\b{HOUSE}$", re.IGNORECASE)
BARE_DEATH_NOUN = re.compile(r"\b(?:bodies|deaths|fatalities|lives)$", re.IGNORECASE)
HELD_NOUN = re.compile(r"\b(?:captives?|prisoners?|POWs?|hostages?|prisoners? of war)$", re.IGNORECASE)
FLEEING_SOLDIERS = re.compile(r"\b(?:soldiers?|troops|fighters?|police\w*|officers?|personnel|combatants?)$", re.IGNORECASE)


@record
class Pattern:
    """One way to say a number of a role."""

    role: str
    form: str  # verb_first | passive | active | headline | one
    regex: re.Pattern[str]
    needs: frozenset[str]  # strings of which a sentence must hold one: a cheap look before a dear one
    within: frozenset[str]  # those of them that may stand behind the first word of the verb: "prisoner" in "taken prisoner"


def heads(verbs: str) -> list[list[str]]:
    """The words at the head of each alternative: 'kill' and 'shot', 'dead' of 'kill(?:ed|ing)|shot\\s+dead'."""
    flat = re.sub(r"\([^()]*\)", "(", re.sub(r"\([^()]*\)", "(", verbs))
    return [one.partition("(")[0].split(r"\s+") for one in flat.split("|")]


def first_words(verbs: str) -> frozenset[str]:
    """The longest word at the head of each alternative: 'kill' and 'shot' of 'kill(?:ed|ing)|shot\\s+dead'."""
    return frozenset(max(words, key=len) for words in heads(verbs))


def inner_words(verbs: str) -> frozenset[str]:
    """Those of first_words that are not the first of their alternative."""
    return frozenset(longest for words in heads(verbs) if (longest := max(words, key=len)) != words[0])


def make_patterns() -> tuple[Pattern, ...]:
    out = []
    for role, (before, passive, active) in VERBS.items():
        verbs = {"verb_first": before, "passive": passive, "active": active, "headline": passive}
        ways = {
            "verb_first": rf"\b(?:{before})\s+(?:(?:and\s+\w+ing|dead|him|a\s+total\s+of|another|the|its|"
            rf"an\s+additional)\s+)?{AMOUNT}{OPTIONAL_NOUN}",
            "passive": rf"\b{AMOUNT}{SURE_NOUN}{BETWEEN}{AUXILIARY}\s+(?:{passive})\b",
            "active": rf"\b{AMOUNT}{SURE_NOUN}{BETWEEN}(?:{AUXILIARY})?{ADVERBS}\s+(?:{active})\b",
            "headline": rf"\b{AMOUNT}{OPTIONAL_NOUN}{ADVERBS}(?:\s+(?:were|was))?\s+(?:{passive}){STOP}",
        }
        out += [
            Pattern(role, form, re.compile(regex), first_words(verbs[form]), inner_words(verbs[form]))
            for form, regex in ways.items() if verbs[form] != NEVER
        ]  # fmt: skip
    # Those with a stated noun first, as they are surer.
    return tuple(sorted(out, key=lambda pattern: FORMS.index(pattern.form)))


def make_passive() -> re.Pattern[str]:
    """All patterns of the form passive as one: what stands before their verbs is the dear part. A group tells the role."""
    verbs = "|".join(rf"(?P<{role}>{passive})" for role, (_, passive, _) in VERBS.items() if passive != NEVER)
    return re.compile(rf"\b{AMOUNT}{SURE_NOUN}{BETWEEN}{AUXILIARY}\s+(?:{verbs})\b")


FORMS = ("passive", "active", "verb_first", "headline")
PATTERNS = make_patterns()
PASSIVE = make_passive()
# For each string those of PATTERNS for which it is enough: number, whether the verb stands first, whether it wants what leads to a participle.
PATTERNS_THAT_NEED = {
    word: [
        (number, pattern.form == "verb_first", pattern.form == "passive" and word not in pattern.within)
        for number, pattern in enumerate(PATTERNS) if word in pattern.needs
    ]
    for one in PATTERNS for word in one.needs
}  # fmt: skip
AMOUNT_AND_NOUN = re.compile(rf"\b{AMOUNT}{SURE_NOUN}")
# "A 25-year-old woman was killed": one person, and the number is an age.
SINGLE = by_first_letter(
    "man|woman|boy|girl|child|infant|baby|resident|villager|"
    "civilian|student|teacher|monk|nun|farmer|fisherman|worker|soldier|policeman|officer|fighter|driver|person|"
    "pupil|toddler|boatman|herder|labou?rer|vendor|medic|shopkeeper|journalist|youth|mother|father|novice|trader|"
    "patient|nurse|doctor|daughter|son|wife|husband|captain|commander"
)
ONE_NOUN = (
    rf"(?:\d+[- ]year[- ]old\s+)?(?:(?!{NO_MODIFIER}\b)[\w'’-]+\s+){{0,3}}?{SINGLE}" + r"(?!['’-]|\s+(?:who|whose)\b)"
)
ONE = rf"(?:an?|another|one)\s+{ONE_NOUN}"
ONE_PERSON = [
    Pattern(
        role,
        "one",
        re.compile(
            rf"\b(?P<who>{ONE}){BETWEEN}(?:,\s+(?:aged\s+)?\d+,)?\s+(?:was|were|has\s+been|had\s+been|have\s+been|"
            rf"is)(?:\s+\w+ly|\s+also)?\s+(?:{VERBS[role][1]})\b|"
            rf"\b(?:{VERBS[role][0]})\s+(?P<object>{ONE}|another(?=\s*(?:[.,;]|$)|\s+(?:in|and|on|at)\b))|"
            rf"\b(?P<other>another)\s+(?:was\s+|person\s+)?(?:{VERBS[role][1]}){STOP}"
        ),
        first_words(VERBS[role][0]) | first_words(VERBS[role][1]),
        frozenset(),
    )
    for role in ("killed", "injured", "captured", "detained")
]
ONE_PERSON_NEEDS = frozenset[str]().union(*(pattern.needs for pattern in ONE_PERSON))
# Every match of ONE_PERSON holds this.
ONE_OR_ANOTHER = re.compile(at_word(rf"another\b|an?\s+{ONE_NOUN}|one\s+{ONE_NOUN}"))
# "A man, his wife and their three children": one more each.
KIN = (
    r"(?:his|her|their)\s+(?:\d+[- ]year[- ]old\s+|elder\s+|younger\s+|pregnant\s+)?"
    r"(?:wife|husband|son|daughter|mother|father|baby|brother|sister|child|grandmother|grandfather|grandson|granddaughter|niece|nephew)"
)
# What may stand between a number and the verb of a headline; no pattern goes over other signs, nor over these words but right behind the number.
PLAIN = re.compile(
    r"(?:\s*(?:to|or|and)\b)?[\w'’.–-]*(?:\s+(?!"
    + by_first_letter("and|or|that|who|which|said|says|told|to|for|from|as|when|after|including|at|by|are|is|have|has|had")
    + r"\b)[\w'’.–-]+)*\s*"
)
# The same before a verb in a full sentence: "3 people, including two children, were killed", "three, aged 5, 7 and 9, were".
PLAIN_BUT_FOR_ONE_ASIDE = re.compile(r"[\w\s'’.–-]*(?:(?<=\d),[\d, and-]*[\w\s'’.–-]*|,\s+[^,.;]{1,60},[\w\s'’.–-]*)?")
NO_WORD = re.compile(r"[^\w\s]")
# Longer than "at least twenty internally displaced Rohingya school children, and his".
LONGEST_PEOPLE_CHARS = 120
LONGEST_WORD_CHARS = 40
# "three students, a teacher and two monks": further people of the same verb.
ALSO_AFTER = re.compile(
    rf"(?:,\s+(?:and\s+)?|\s+and\s+)(?:(?:his\s+|her\s+|their\s+)?{AMOUNT}{SURE_NOUN}|(?P<one>{ONE}|{KIN}))(?=\s*(?:[,.;]|"
    rf"$)|\s+(?:in|and|on|at|from|during|near)\b)"
)
ALSO_BEFORE = re.compile(rf"\b(?:{AMOUNT}{SURE_NOUN}|(?P<one>{ONE}))(?:,\s+|,?\s+and\s+(?:his\s+|her\s+|their\s+)?)$")
# Every match of ALSO_BEFORE ends with one of these and a blank, and with a noun before it.
JOINS = (",", "and", "his", "her", "their")
JOINED_NOUN = re.compile(rf"\s(?:{PERSON}|{HOUSE}|{SINGLE}|war)(?:,\s+|,?\s+and\s+(?:his\s+|her\s+|their\s+)?)$")
DEATH_TOLL = re.compile(rf"\bdeath\s+toll\s+(?:\w+\s+){{0,6}}?(?:to|at|of|is|was|stands\s+at)\s+{AMOUNT}")
DEATHS = re.compile(rf"\b{AMOUNT}\s+(?P<who>(?:civilian\s+)?(?:deaths|fatalities))\b")
NEEDS = sorted(frozenset[str]().union(*(pattern.needs for pattern in (*PATTERNS, *ONE_PERSON)), {"death", "fatalit"}))
# Verbs and numbers stand at the head of a word: "die" is not in "soldiers".
VERB_WORDS = WordList(lambda: (Sought(word, word, whole=False) for word in NEEDS))
NUMBER_BEGINNINGS = WordList(lambda: (Sought(word, word, whole=False) for word in NUMBER_HEADS))
HOUSE_WORDS = ("house", "home", "hut", "dwelling", "building")
HOUSE_ENDS = tuple(word + plural for word in HOUSE_WORDS for plural in ("", "s"))
# A number before or after these is no count of people.
NOT_A_COUNT_AFTER = re.compile(
    r"[- ]?(?:year|month|day|week|hour|minute)s?\b|\s*(?:km|kilomet|mile|metre|meter|acre|kyat|lakh|dollar|baht|"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|per\s?cent|%|pounds?|tons?|rounds?|a\.m|p\.m|o['’]clock)",
    re.IGNORECASE,
)
NUMBERED = "No|Nos|LIB|IB|MOC|Battalion|Division|Regiment|Column|aged|age|Route|Ward|Brigade|Article|Section"
MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
)
NOT_A_COUNT_BEFORE = re.compile(
    rf"(?:\b(?:{NUMBERED}|aged\s+\d+(?:,\s*\d+)*\s*,?\s+and)\.?\s*|[$€£#]\s*|\b(?:{MONTH})\.?\s+)$"
)
# Every match of it ends with one of these and blanks.
NO_COUNT_FOLLOWS = (*NUMBERED.split("|"), *MONTH.split("|"), "and", ".", "$", "€", "£", "#")
YEAR = re.compile(r"(?:19|20)\d\d$")
A_WORD_AFTER = re.compile(r"\s+[a-z]")
DEAD_AFTER = re.compile(r"\s+(?:dead|people\s+dead)|[^.;]{0,30}\bdead\b")
ENDS_OR_OTHERS = re.compile(rf"{STOP}|\s+(?:more|others?)\b")

OTHER_SENSE = re.compile(r"\b(?:would|could|might|may|if|threaten\w*|plans? to|aims? to|want\w* to|to)\s+(?:\w+\s+)?$", re.IGNORECASE)
# One of the last two words before every match of it ends so, or is a form of "threaten".
MAKES_NO_FACT = ("would", "could", "might", "may", "if", "to")


class Found(NamedTuple):
    """A figure with the sentence it stands in."""

    figure: Figure
    sentence: int
    exact_start: int


def find_figures(reading: Reading) -> Iterator[Figure]:
    """Figures of the body in text order, each statement once: what is told again with the same role and number is left out."""
    found: list[Found] = []
    body = reading.body
    if reading.source.language.startswith("my"):
        yield from (one.figure for one in told_once(burmese_figures(reading), reading))
        return
    low = lower(body.text)
    for number, words in sorted(words_by_sentence(low, body.spotted, reading.sentences).items()):
        start, end = reading.sentences[number]
        found += sentence_figures(reading, (start, end), low[start:end], words, number)
    yield from (one.figure for one in told_once(mark_sums(found), reading))


def burmese_figures(reading: Reading) -> list[Found]:
    """The figures of a Burmese body in text order."""
    found: list[Found] = []
    for number, (start, end) in enumerate(reading.sentences):
        some = burmese_sentence_figures(reading.body, start, end, reading.source.published_on)
        found += [Found(figure, number, at) for figure, at in some]
    return found


class Words(NamedTuple):
    """Where in a sentence words begin without which it tells no figure."""

    needs: dict[str, list[int]]  # of NEEDS
    numbers: list[int]  # what may be a number, each number at least once


def words_by_sentence(low: str, spotted: Spotted, spans: tuple[tuple[int, int], ...]) -> dict[int, Words]:
    """The words of each sentence that holds any of NEEDS, by its number."""
    needs: dict[int, dict[str, list[int]]] = {}
    starts, words = [start for start, _ in spans], spotted.payloads
    for word, start, _ in at_words(low, spotted.of(VERB_WORDS)):
        number = bisect_right(starts, start) - 1
        needs.setdefault(number, {}).setdefault(words[word], []).append(start - starts[number])
    if not needs:
        return {}
    # "A dozen" with one plain blank.
    numbers = [start for word, start, _ in at_words(low, spotted.of(NUMBER_BEGINNINGS)) if low.startswith(words[word], start)]
    if not is_latin(low):
        numbers += [match.start() for match in OTHER_DIGIT.finditer(low)]
    numbers.sort()
    out = {}
    for number, verbs in needs.items():
        start, end = spans[number]
        out[number] = Words(verbs, [at - start for at in numbers[bisect_left(numbers, start) : bisect_left(numbers, end)]])
    return out


def at_words(low: str, found: list[Hit]) -> list[Hit]:
    """Without those that Burmese stands right before."""
    return found if low.isascii() else [hit for hit in found if not low[hit[1] - 1 : hit[1]].isalnum()]


def amounts_in(text: str, numbers: list[int]) -> list[tuple[int, int]]:
    """Where the numbers stand that may count something, with the words that qualify them: 'more than 40'."""
    out: list[tuple[int, int]] = []
    past = 0
    for start in numbers:
        if start < past or (match := PLAIN_AMOUNT.match(text, start)) is None:
            continue
        if text.endswith(LEADS_TO_AN_AMOUNT, past, start - 1) or text[start - 2 : start].isspace():
            lead = LED_AMOUNT.search(text, max(past, start - LONGEST_LEAD_CHARS), start)
            start = lead.start() if lead else start
        past = match.end()
        out.append((start, past))
    return out


def sentence_figures(reading: Reading, at: tuple[int, int], low: str, words: Words, number: int) -> list[Found]:
    """The figures of one sentence; a number is used once, by the surest pattern. `low`: in lower case."""
    start, body = at[0], reading.body
    text = body.text[slice(*at)]
    taken: list[tuple[int, int]] = []
    out: list[Found] = []
    times: Times | None = None
    for role, first in matches(low, words):
        for match in (first, *further_people(low, first, role)):
            groups = match.groupdict()
            span = amount_span(match, groups)
            if any(a < span[1] and span[0] < b for a, b in taken) or not counts(text, match, groups, role):
                break
            taken.append(span)
            times = times or read_times(text, low, reading.held[number], reading.source.published_on)
            figure = make_figure(body, start, text, role, match, groups, times)
            if figure:
                out.append(Found(figure, number, start + span[0]))
    return sorted(out, key=lambda one: one.exact_start)


def further_people(text: str, match: re.Match[str], role: str) -> Iterator[re.Match[str]]:
    """Matches of the people joined to those of the first match: 'three students, a teacher and two monks'."""
    groups = match.groupdict()
    if role == "houses_destroyed" or not (groups.get("who") or groups.get("object")):
        return
    start, end = amount_span(match, groups)[0], match.end()
    nouns = {match.end(name) for name in ("who", "object") if name in match.re.groupindex}
    if end in nouns and (end == len(text) or text[end].isspace() or text[end] in ",."):
        while also := ALSO_AFTER.match(text, end):
            yield also
            end = also.end()
    begin = match.start("qualifier") if groups.get("qualifier") else start
    while match.end() > end - 1 and text[:begin].rstrip().endswith(JOINS):
        window = max(0, begin - LONGEST_PEOPLE_CHARS)
        # The noun is one of the last three words.
        words = text[window:begin].rsplit(None, 3)
        near = window + (len(words[0]) if len(words) > 3 else 0)
        also = ALSO_BEFORE.search(text, window, begin) if JOINED_NOUN.search(text, near, begin) else None
        if also is None:
            return
        yield also
        begin = also.start()


def matches(text: str, words: Words) -> Iterator[tuple[str, re.Match[str]]]:
    """Every pattern's matches; those with a stated noun first, as they are surer."""
    amounts = amounts_in(text, words.numbers)
    if amounts:
        yield from amount_matches(text, words.needs, amounts)
    if ONE_PERSON_NEEDS.isdisjoint(words.needs):
        return
    of_one = [pattern for pattern in ONE_PERSON if not pattern.needs.isdisjoint(words.needs)]
    if ONE_OR_ANOTHER.search(text):
        yield from ((pattern.role, match) for pattern in of_one for match in pattern.regex.finditer(text))


def amount_matches(text: str, needs: dict[str, list[int]], amounts: list[tuple[int, int]]) -> Iterator[tuple[str, re.Match[str]]]:
    """The matches of the patterns that hold a number. Only those are tried whose verb stands where the words between let it."""
    verbs = verbs_by_pattern(text, needs, amounts)
    last_of = dict.fromkeys(FORMS, 0)  # the last verb of each form
    for number, at in verbs.items():
        last_of[PATTERNS[number].form] = max(last_of[PATTERNS[number].form], *at)
    last_verb, last_headline = max(last_of["passive"], last_of["active"]), last_of["headline"]
    people = [(start, match.end()) for start, end in amounts if end <= last_verb and (match := AMOUNT_AND_NOUN.match(text, start))]
    of_people = [(start, end, end_of(PLAIN_BUT_FOR_ONE_ASIDE, text, end)) for start, end in people]
    bare = [(start, end, end_of(PLAIN, text, end)) for start, end in amounts if end <= last_headline]
    houses = any(map(text.__contains__, HOUSE_WORDS))
    if not houses:
        verbs = {number: at for number, at in verbs.items() if PATTERNS[number].role != "houses_destroyed"}
    if last_of["passive"]:
        yield from passive_matches(text, {number: at for number, at in verbs.items() if PATTERNS[number].form == "passive"}, of_people)
    for number in sorted(verbs):
        pattern, at = PATTERNS[number], verbs[number]
        if pattern.form == "passive":
            continue
        if pattern.form == "verb_first":
            if any(leads_to_amount(text, verb, amounts) for verb in at):
                yield from ((pattern.role, match) for match in pattern.regex.finditer(text))
            continue
        for start, first, last in bare if pattern.form == "headline" else of_people:
            if any(first <= verb <= last for verb in at) and (match := pattern.regex.match(text, start)):
                yield pattern.role, match
    if "death" in needs or "fatalit" in needs:
        for regex in (DEATH_TOLL, DEATHS):
            yield from (("killed", match) for match in regex.finditer(text))


def verbs_by_pattern(text: str, needs: dict[str, list[int]], amounts: list[tuple[int, int]]) -> dict[int, list[int]]:
    """Where the verbs of each of PATTERNS stand, as far as a number stands on the right side of them, and what leads to a participle before it."""
    verbs: dict[int, list[int]] = {}
    first, last = amounts[0][1], amounts[-1][0]
    for word, places in needs.items():
        before, behind = [place for place in places if place < last], [place for place in places if place >= first]
        led = None
        for number, verb_first, wants_auxiliary in PATTERNS_THAT_NEED.get(word, ()):
            some = before if verb_first else behind
            if some and wants_auxiliary:
                led = [place for place in some if word_before(text, place) in BEFORE_A_PARTICIPLE] if led is None else led
                some = led
            if some:
                verbs.setdefault(number, []).extend(some)
    return verbs


def passive_matches(text: str, verbs: dict[int, list[int]], of_people: list[tuple[int, int, int]]) -> Iterator[tuple[str, re.Match[str]]]:
    """The matches of the patterns of the form passive, in their order: the match of all as one is that of the role that it names."""
    found: list[tuple[int, re.Match[str]]] = []
    for start, first, last in of_people:
        near = [number for number, at in verbs.items() if any(first <= verb <= last for verb in at)]
        if near and (match := PASSIVE.match(text, start)):
            role = match.lastgroup
            for number in near:
                pattern = PATTERNS[number]
                if own := match if pattern.role == role else pattern.regex.match(text, start):
                    found.append((number, own))
    yield from ((PATTERNS[number].role, match) for number, match in sorted(found, key=itemgetter(0)))


def word_before(text: str, place: int) -> str:
    """The word before a place, up to the blank before it."""
    before = text[max(0, place - LONGEST_WORD_CHARS) : place].split()
    return before[-1] if before else ""


def end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the match of the pattern at `start` ends; `start` where there is none."""
    match = pattern.match(text, start)
    return match.end() if match else start


def leads_to_amount(text: str, verb: int, amounts: list[tuple[int, int]]) -> bool:
    """Whether only words stand between the verb and the next number."""
    start = next((start for start, _ in amounts if start > verb), None)
    return start is not None and NO_WORD.search(text, verb, start) is None


Groups = dict[str, str | None]


def amount_span(match: re.Match[str], groups: Groups) -> tuple[int, int]:
    """Where the number stands, with its upper bound; for one person told without a number, where the person does."""
    start, end = next(match.span(name) for name in ("number", "one", "who", "object", "other") if groups.get(name))
    return start, match.end("upper") if groups.get("number") and groups.get("upper") else end


def counts(text: str, match: re.Match[str], groups: Groups, role: str) -> bool:
    """Whether the number counts people (or houses, for their role), and is no age, date, unit or sum of money."""
    who = groups.get("who") or ""
    if not groups.get("number"):
        return not in_other_sense(text, match)
    start, end = match.span("number")
    house = who.endswith(HOUSE_ENDS) and HOUSE_NOUN.search(who) is not None
    if house != (role == "houses_destroyed") or (role == "houses_destroyed" and not who):
        return False
    if (
        NOT_A_COUNT_AFTER.match(text, end)
        or (text[:start].rstrip().endswith(NO_COUNT_FOLLOWS) and NOT_A_COUNT_BEFORE.search(text, max(0, start - WINDOW_CHARS), start))
        or (not who and YEAR.fullmatch(match["number"]))
    ):
        return False
    if not who and A_WORD_AFTER.match(text, end) and not bare_number_ends(text, match):
        return False
    if role == "held" and not HELD_NOUN.search(who):
        return False
    if role == "displaced" and FLEEING_SOLDIERS.search(who):
        return False
    if match.group().startswith(("left", "leav")) and not DEAD_AFTER.match(text, end):
        return False
    return not in_other_sense(text, match)


def in_other_sense(text: str, match: re.Match[str]) -> bool:
    window = max(0, match.start() - WINDOW_CHARS)
    last = text[window : match.start()].lower().split()[-2:]
    return any(word.endswith(MAKES_NO_FACT) or "threaten" in word for word in last) and OTHER_SENSE.search(text, window, match.start()) is not None


def bare_number_ends(text: str, match: re.Match[str]) -> bool:
    """Whether nothing countable follows a number without a noun: 'injuring six in the market', 'wounding 18'."""
    end = match.end("upper") if match["upper"] else match.end("number")
    if match.end() > end + 1:
        return True
    return ENDS_OR_OTHERS.match(text, end) is not None


def make_figure(body: FieldText, offset: int, text: str, role: str, match: re.Match[str], groups: Groups, times: Times) -> Figure | None:
    who_at = match.span("who") if groups.get("who") else (0, 0)
    if groups.get("number"):
        start = match.start("qualifier") if groups.get("qualifier") else match.start("number")
        end = max(match.end("number"), who_at[1], match.end("upper") if groups.get("upper") else 0)
        low, best, high, qualifier = bounds(groups)
    else:
        start, end = amount_span(match, groups)
        who_at = (start, end)
        low, best, high, qualifier = 1, 1, 1, "exact"
    if low is None and high is None and best is None:
        return None
    scope = scope_of(text, start, end, role, times)
    if end < match.end() and match.end() - end < 60 and start >= match.start():
        end = match.end()
    begin = min(start, match.start())
    who = text[slice(*who_at)].strip() or None
    party = party_of(body, offset + who_at[0], offset + who_at[1])
    return Figure(offset + begin, offset + end, body.text[offset + begin : offset + end], role, low, best, high, qualifier, who, party, scope)


def bounds(groups: Groups) -> tuple[int | None, int | None, int | None, str]:
    """(low, best, high, qualifier). 'More than 40' has no upper bound, 'thousands' only a lower one."""
    word = (groups["number"] or "").lower()
    if word in AT_LEAST:
        return AT_LEAST[word], None, None, "at least"
    value = number_of(word)
    said = groups.get("qualifier")
    qualifier = QUALIFIERS[re.sub(r"\s+", " ", said).lower()] if said else "exact"
    last = groups.get("upper")
    upper = number_of(last.lower()) if last else None
    if value is None:
        return None, None, None, qualifier
    if upper is not None and upper > value:
        return value, None, upper, "about"
    if qualifier in ("more than", "at least"):
        return value, value, None, qualifier
    if qualifier in ("up to", "less than"):
        return None, value, value, qualifier
    return (value, value, value, qualifier) if qualifier == "exact" else (None, value, None, qualifier)


def number_of(words: str) -> int | None:
    """'3,500' is 3500, 'twenty-one' 21, 'two hundred' 200; None for what is no number."""
    total, unit = 0, 0
    for word in re.split(r"[\s-]+", words):
        if re.fullmatch(r"\d[\d,]*", word):
            unit = int(word.replace(",", ""))
        elif word in SCALES:
            total, unit = total + max(unit, 1) * SCALES[word], 0
        elif word in TENS:
            unit += TENS[word]
        elif word in UNITS:
            unit += UNITS.index(word)
        elif word == "a":
            unit = 1
        else:
            return None
    return total + unit or None


def party_of(body: FieldText, start: int, end: int) -> str | None:
    """Whose people are counted, where their noun says so: an actor id ('junta soldiers') or `civilians` ('two women')."""
    if start == end:
        return None
    for hit in body.hits_in(start, end):
        if hit.term.actors:
            return hit.term.actors[0].actor_id
    words = WORD.findall(body.text[start:end].lower())
    return "civilians" if words and words[-1] in CIVILIANS and ARMED.isdisjoint(words) else None


WORD = re.compile(r"[^\W\d_]+")
# Words that say by themselves that those counted do not fight. "People" and "men" do not.
CIVILIANS = word_list(
    """civilian civilians villager villagers resident residents locals woman women girl girls boy boys child children infant infants
    baby babies student students teacher teachers monk monks novice novices nun nuns farmer farmers fisherman fishermen fishers
    passenger passengers patient patients nurse nurses doctor doctors elders teenagers minors refugee refugees idps households
    families pupil pupils toddler toddlers
    protesters demonstrators journalist journalists reporters traders"""
)
ARMED = word_list("armed militia militiamen resistance guerrilla rebel soldier soldiers fighter fighters military army police junta uniformed former")


def mark_sums(found: list[Found]) -> list[Found]:
    """A number that later sentences take apart ('five in two villages': three, then two) is a running total, and its sentence with it."""
    # Where the figures of the next sentence begin, for each sentence.
    following = {one.sentence: number + 1 for number, one in enumerate(found)}
    sums = {one.sentence for one in found if is_sum(one, found, following[one.sentence])}
    return [
        one._replace(figure=replace(one.figure, scope="cumulative")) if one.sentence in sums and one.figure.scope == "event" else one for one in found
    ]


def is_sum(one: Found, found: list[Found], following: int) -> bool:
    """Whether two to four figures of that role in the next five sentences add up to it."""
    if one.figure.best is None or one.figure.scope != "event":
        return False
    parts: list[int] = []
    for number in range(following, len(found)):
        other = found[number]
        if other.sentence > one.sentence + 5 or len(parts) == 4:
            break
        if other.figure.role == one.figure.role:
            parts.append(other.figure.best or 0)
    return any(sum(parts[:count]) == one.figure.best for count in range(2, 5) if len(parts) >= count)


def told_once(found: list[Found], reading: Reading) -> list[Found]:
    """Without repeats: same role and number, unless both sentences name places and none in common. Parts of a number are marked."""
    out: list[Found] = []
    alike: dict[tuple[str, int | None], list[Found]] = {}
    where = cache(partial(read_setting, reading))
    for one in found:
        told = alike.setdefault((one.figure.role, one.figure.best or one.figure.low), [])
        if not any(same_statement(one, other, where) for other in told):
            whole = next((other for other in reversed(out[-LAST_FIGURES:]) if part_of(one, other, where)), None)
            out.append(one._replace(figure=replace(one.figure, scope="breakdown")) if whole else one)
            told.append(one)
    return out


def same_statement(one: Found, other: Found, where: Callable[[int], Setting]) -> bool:
    """Whether two figures of one role and number tell the same: no places set them apart."""
    a, b = one.figure, other.figure
    if one.sentence == other.sentence:
        return (a.low, a.best, a.high, a.who) == (b.low, b.best, b.high, b.who)
    return not where(one.sentence).elsewhere(where(other.sentence))


def part_of(one: Found, whole: Found, where: Callable[[int], Setting]) -> bool:
    """Whether a smaller number told later is a part of the event told before: 'five were killed' ... 'two women died on the spot'.

    The sentence must follow soon, and name no place or day of its own, no other party, and no 'another', 'also' or 'second'.
    """
    a, b = one.figure, whole.figure
    if a.role != b.role or (a.scope, b.scope) != ("event", "event") or a.best is None or b.best is None or a.best >= b.best:
        return False
    if not 0 < one.sentence - whole.sentence <= NEAR_SENTENCES or (a.party and b.party and a.party != b.party):
        return False
    here, there = where(one.sentence), where(whole.sentence)
    return not here.new_event and not here.elsewhere(there) and here.areas <= there.areas and (not here.days or here.days <= there.days)


# How far on the parts of a number are told, in sentences, and among how many of the last figures its whole is looked for.
NEAR_SENTENCES = 6
LAST_FIGURES = 12
PLACE_NAME = re.compile(
    at_word("i[nN]|I[nN]|a[tT]|A[tT]|o[nNfF]|O[nNfF]|n[eE][aA][rR]|N[eE][aA][rR]|t[oO]|T[oO]")
    + r"\s+((?:[A-Z][\w'’-]+\s?){1,3})(?P<village>(?<=\s)(?:village|ward|quarter|hamlet|camp)\b)?"
)
VILLAGE = re.compile(r"\s(?:Village|Ward|Quarter|Hamlet|Camp)s?$")
STATE = re.compile(r"\s(?:State|Region|Division)$")
NEW_EVENT = re.compile(
    at_word(
        r"another|also|second|separate\w*|other|others|more|elsewhere|later|next|following|meanwhile|additional|subsequent\w*|too|as well|again"
    )
    + r"\b"
)
DAY_NAME = re.compile(r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[Yy]esterday|\d{1,2}\s[A-Z][a-z]+|[A-Z][a-z]+\s\d{1,2})\b")


@record
class Setting:
    """Where and when a sentence lies, by its own words: townships and towns, villages and wards, days."""

    areas: frozenset[str]
    villages: frozenset[str]
    days: frozenset[str]
    new_event: bool

    def elsewhere(self, other: Setting) -> bool:
        """Whether places set the two apart. A township and a village do not: the one may lie in the other."""
        if self.villages and other.villages:
            return self.villages.isdisjoint(other.villages)
        return bool(self.areas and other.areas) and self.areas.isdisjoint(other.areas)


def read_setting(reading: Reading, sentence: int) -> Setting:
    """The setting of a sentence: capitalised words after a locative word, listed or not, and names of days."""
    start, end = reading.sentences[sentence]
    text = reading.body.text[start:end]
    areas, villages = set[str](), set[str]()
    if reading.source.language.startswith("my"):
        areas.update(hit.term.pattern for hit in reading.body.hits_in(start, end) if hit.term.places and not hit.term.weak)
    for match in PLACE_NAME.finditer(text):
        name = match.group(1).strip()
        if name not in CALENDAR and not STATE.search(name):
            (villages if match["village"] or VILLAGE.search(name) else areas).add(VILLAGE.sub("", name))
    return Setting(frozenset(areas), frozenset(villages), frozenset(DAY_NAME.findall(text)), NEW_EVENT.search(text.lower()) is not None)


CALENDAR = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"} | {
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
}
