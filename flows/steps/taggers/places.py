"""Places of Myanmar by MIMU P-code: the dictionary proposes, the words around decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from flows.steps.taggers.evidence import LEVEL_WORDS, level_exists, level_of, part_of_a_name, whole_state
from flows.steps.taggers.reading import Evidence, FieldText, Hit, Level, Reading, word_after, word_before
from flows.steps.taggers.villages import villages, with_villages
from flows.steps.taggers.vocabulary import Place, Vocabulary, fold, place_spellings, sound, too_short, vocabulary, word_list
from flows.steps.taggers.word_lists import Sought, WordList
from warehouse.records import Mention

# MIMU codes two states in parts that newspapers name by direction.
PARTS = {
    "MMR014-016": {"north": "MMR015", "south": "MMR014", "east": "MMR016"},
    "MMR007-008": {"east": "MMR007", "west": "MMR008"},
}
DIRECTION = re.compile(r"\b(north|south|east|west)(?:ern)?[ \u00a0]+$", re.IGNORECASE)
LOCATIVE = word_list(
    """in of from to at near around across into throughout within inside outside towards toward between through via and or for over along
    northern southern eastern western central upper lower mainland north south east west throughout rural"""
)
# After a bare "Kachin" or "Chin": words that cannot continue the name of a people or its language.
NO_NOUN = word_list(
    """and or on in at after before where which who has have had is are was were will since during as by when while with for to from
    amid that this but said says including because until near not also would could following between over"""
)
# In, at, from, to: what follows a place and not an ordinary word.
BURMESE_LOCATIVE = re.compile("တွင်|၌|မှ(?:[ \u1000-\u102a]|$)|သို့|ရှိ")
RANK = {"township": 0, "town": 1, "district": 2, "state": 3}
# Looked for first, as few of them stand in a text; then the name that ends before.
UNLISTED_LEVEL = re.compile(r"[ \u00a0]([Tt]ownship|Twsp|[Tt]own|[Cc]ity|[Dd]istrict)s?\b")
# Every match of it holds one of these.
UNLISTED_LEVELS = WordList(lambda: (Sought(word + plural, word) for word in ("township", "twsp", "town", "city", "district") for plural in ("", "s")))
UNLISTED = re.compile(
    r"(?<![\w'’])((?:[A-Z][\w'’]*[ -]){0,3}[A-Z][\w'’]*(?:-[a-z]\w*){0,3})[ \u00a0]+([Tt]ownship|Twsp|[Tt]own|[Cc]ity|[Dd]istrict)s?\b"
)
LONGEST_NAME_CHARS = 80
STATE_FOLLOWS = re.compile(r",?[ \u00a0](?:in[ \u00a0])?([A-Z][a-z]+)[ \u00a0](?:State|Region|Division)\b")
SAME_AGAIN = re.compile(r",[ \u00a0]+([A-Z][\w'’ -]{1,30}?)[ \u00a0]+(?:Region|State|Division)")
HYPHENATED = re.compile(r"[-–]")
DATELINE = re.compile(r"[A-Z\u1000-\u109f][^\n.!?\"“]{1,70}?(?:[ \u00a0][—–-]{1,2}[ \u00a0\n]?|[—–]{1,2})")
IN_BRACKETS = re.compile(r"\([^)]*\)")
NO_DATELINE = re.compile(r"\b(?!and\b|of\b|near\b)[a-z]{2,}")
NEXT_NAME = re.compile(r"[ -](?=[A-Z])")


def find_places(reading: Reading) -> Iterator[Mention]:
    """Mentions of kind place. A name known but not decidable between namesakes has no entity, nor has a village whose list was not built."""
    listed = villages()
    yield from with_villages(reading, list(without_villages(reading)), listed) if listed else without_villages(reading)


def without_villages(reading: Reading) -> Iterator[Mention]:
    evidence, words = reading.evidence, vocabulary()
    for field in reading.fields:
        dateline_end = dateline_length(field)
        for hit in field.hits:
            if hit.term.places and not hit.term.actors and (mention := place_mention(field, hit, evidence, words)):
                yield with_role(mention, dateline_end)
        for mention in unlisted_spellings(field, evidence, words):
            yield with_role(mention, dateline_end)


def dateline_length(field: FieldText) -> int:
    """Code points of a dateline at the head of the body ('SITTWE, Rakhine State — '); the whole text for the dateline field."""
    if field.name == "dateline_place":
        return len(field.text)
    if field.name != "body" or not (match := DATELINE.match(field.text)):
        return 0
    return match.end() if not NO_DATELINE.search(IN_BRACKETS.sub("", match.group())) else 0


def with_role(mention: Mention, dateline_end: int) -> Mention:
    return replace(mention, role="dateline") if mention.end_char <= dateline_end else mention


def place_mention(field: FieldText, hit: Hit, evidence: Evidence, words: Vocabulary) -> Mention | None:
    """The mention for one dictionary hit, or None where the words around speak against a place."""
    level = level_of(field, hit)
    if part_of_a_name(field, hit) and level.level is None:
        return None
    if hit.term.inside:
        return mention_of(field, Level(None, hit.start, hit.end), hit.term.places[0], "known_village_in_its_township", 0.75)
    if level.level == "village":
        return mention_of(field, level, None, "village_of_that_name", 0.5)
    known_level = level.level is not None and level_exists(hit, level.level)
    if not known_level:
        if goes_on_to_a_level_word(field, hit):
            return None
        level = Level(None, hit.start, hit.end)
        if hit.term.weak and field.name != "dateline_place" and not supported(field, hit, evidence, words):
            return None
    code, rule, confidence = choose(field, hit, level, evidence, words)
    if rule == "bare_name" and hit.term.weak:
        rule, confidence = "bare_name_in_its_state", 0.75
    return mention_of(field, level, code, rule, confidence)


def mention_of(field: FieldText, at: Level, code: str | None, rule: str, confidence: float, method: str = "gazetteer") -> Mention:
    return Mention(field.name, at.start, at.end, field.text[at.start : at.end], "place", code, "mention", method, rule, confidence)


def supported(field: FieldText, hit: Hit, evidence: Evidence, words: Vocabulary) -> bool:
    """Whether a short or common name may be a place without its level word."""
    found = [words.places[code] for code in hit.term.places]
    if hit.term.burmese:
        if any(place.level == "state" for place in found) and beside_hyphenated_place(field, hit):
            return True
        here = {whole_state(place) for place in found if place.level != "state"}
        return bool(here & evidence.states) and not too_short(hit.term.pattern) and BURMESE_LOCATIVE.match(field.text, hit.end) is not None
    if any(place.level == "state" for place in found):
        return people_or_state(field, hit)
    if before_its_state(field, hit, found):
        return True
    if not any(whole_state(place) in evidence.states for place in found):
        return False
    return not inside_a_name(field, hit)


def before_its_state(field: FieldText, hit: Hit, found: list[Place]) -> bool:
    """'Ye, Mon State': the state in which the place lies follows by name."""
    match = STATE_FOLLOWS.match(field.text, hit.end)
    if not match:
        return False
    words = vocabulary()
    codes = {code for other in field.hits_in(*match.span(1)) for code in other.term.places if words.places[code].level == "state"}
    return bool({whole_state(words.places[code]) for code in codes} & {whole_state(place) for place in found})


def people_or_state(field: FieldText, hit: Hit) -> bool:
    """Whether 'Kachin', 'Arakan', 'Chin' is the state: after a locative word or direction, or hyphened to a place, and before no noun."""
    text = field.text
    if beside_hyphenated_place(field, hit):
        return True
    if word_before(text, hit.start).casefold() not in LOCATIVE:
        return False
    after = word_after(text, hit.end)
    return not after or DIRECTION.search(text, max(0, hit.start - 12), hit.start) is not None or after.casefold() in NO_NOUN


def beside_hyphenated_place(field: FieldText, hit: Hit) -> bool:
    """'Arakan-Bago border': the other half is a place as well."""
    around = field.hits_in(hit.start - 2, hit.end + 2)
    near = [other for other in around if other.term.places and (other.end + 1 == hit.start or hit.end + 1 == other.start)]
    return any(HYPHENATED.fullmatch(field.text[min(other.end, hit.end) : max(other.start, hit.start)]) for other in near)


LONGER_NAME = re.compile(r"(?:[ -][A-Z][\w'’]*){1,2}[ \u00a0]+(?:[Tt]own|[Tt]ownship|[Vv]illage|[Cc]ity)s?\b")


def goes_on_to_a_level_word(field: FieldText, hit: Hit) -> bool:
    """'Nam San' in 'Nam San Yang town' is another place than Nam San."""
    return LONGER_NAME.match(field.text, hit.end) is not None and not any(
        other.start == hit.end + 1 for other in field.hits_in(hit.end + 1, hit.end + 2)
    )


def inside_a_name(field: FieldText, hit: Hit) -> bool:
    """Whether capitalised neighbours make the short name part of a person's or thing's name, or a sentence begins with it."""
    text = field.text
    before, after = word_before(text, hit.start), word_after(text, hit.end)
    if after[:1].isupper():
        return True
    listed = any(
        other.end <= hit.start and text[other.end : hit.start].strip(" ,") in ("", "and")
        for other in field.hits_in(hit.start - 20, hit.start)
        if other.term.places
    )
    if before[:1].isupper() and before.casefold() not in LOCATIVE and not listed and field.name != "headline":
        return True
    if len(hit.term.pattern) > 4:
        return False
    return not before and text[: hit.start].rstrip(" \u00a0\"“'‘(")[-1:] in ("", ".", "!", "?", "\n", ":") and after[:1].islower()


def choose(field: FieldText, hit: Hit, level: Level, evidence: Evidence, words: Vocabulary) -> tuple[str | None, str, float]:
    """(P-code, rule, confidence) among the places of that name."""
    found = [words.places[code] for code in hit.term.places]
    if level.level:
        found = [place for place in found if place.level == level.level]
        return decide(field, hit, found, "name_with_level", 0.97, evidence)
    states = [place for place in found if place.level == "state"]
    if states and not names_its_own_state(field, hit):
        # A bare "Magway" may be the town or the region; that it lies in the region is certain.
        return decide(field, hit, states, "bare_name_of_state", 0.8, evidence)
    below = [place for place in found if place.level != "state"]
    best = min((RANK[place.level] for place in below), default=0)
    townships = {place.township_pcode for place in below}
    one_township = len(townships - {None}) <= 1
    below = [place for place in below if RANK[place.level] == best] if one_township else lowest_of_each(below)
    return decide(field, hit, below, "bare_name", 0.9, evidence)


def lowest_of_each(found: list[Place]) -> list[Place]:
    """The township of each group of township, town and district of one name; a town alone stays."""
    townships = [place for place in found if place.level == "township"]
    covered = {place.township_pcode for place in townships}
    towns = [place for place in found if place.level == "town" and place.township_pcode not in covered]
    return townships + towns or found


def names_its_own_state(field: FieldText, hit: Hit) -> bool:
    """'Magway, Magway Region': the first is the town."""
    again = SAME_AGAIN.match(field.text, hit.end)
    return again is not None and again.group(1) == field.surface(hit)


def decide(field: FieldText, hit: Hit, found: list[Place], rule: str, confidence: float, evidence: Evidence) -> tuple[str | None, str, float]:
    """One of several namesakes: by direction for parts of a state, by the states and districts that the text names otherwise."""
    codes = [place.pcode for place in found]
    if any(code in PARTS for code in codes):
        whole = next(code for code in codes if code in PARTS)
        match = DIRECTION.search(field.text, max(0, hit.start - 12), hit.start)
        return (PARTS[whole].get(match.group(1).lower(), whole) if match else whole), rule, confidence
    if len(codes) <= 1:
        return (codes[0] if codes else None), rule, confidence
    for inside in (evidence.districts, evidence.states):
        close = [place for place in found if place.parent_pcode in inside or whole_state(place) in inside]
        if len(close) == 1:
            return close[0].pcode, f"{rule}_by_parent", confidence - 0.1
    return None, "namesakes", 0.4


def unlisted_spellings(field: FieldText, evidence: Evidence, words: Vocabulary) -> Iterator[Mention]:
    """Capitalised names before a level word whose sound has one place only in the states that the text names."""
    if not evidence.states:
        return
    for level in level_words(field):
        # Nearly all are part of a listed name.
        if any(hit.start < level.start() for hit in field.hits_in(level.start(), level.start() + 1)):
            continue
        last_word = field.text[field.text.rfind(" ", 0, level.start()) + 1 : level.start()]
        match = None if last_word.islower() else name_before(field.text, level)
        if match is None:
            continue
        for start in name_starts(match):
            end = match.end(1)
            if field.hits_in(start, end):
                continue
            code = by_sound(field.text[start:end], match.group(2), evidence, words)
            rule, confidence = "sound_with_level_in_state", 0.7
            if not code and LEVEL_WORDS[fold(match.group(2))] == "township":
                code, rule, confidence = by_one_letter(field.text[start:end], evidence, words), "one_letter_from_a_township_in_state", 0.6
            if code:
                yield mention_of(field, Level(None, start, match.end(2)), code, rule, confidence, "rule")
                break


def level_words(field: FieldText) -> Iterator[re.Match[str]]:
    """The matches of UNLISTED_LEVEL in text order."""
    for start in sorted(at for _, at, _ in field.spotted.of(UNLISTED_LEVELS)):
        if start and (match := UNLISTED_LEVEL.match(field.text, start - 1)):
            yield match


def name_before(text: str, level: re.Match[str]) -> re.Match[str] | None:
    """The match of UNLISTED that ends with the level word: its earliest, and so longest, name."""
    begins = max(0, text.rfind("\n", 0, level.start()) + 1, level.start() - LONGEST_NAME_CHARS)
    return next((found for found in UNLISTED.finditer(text, begins, level.end()) if found.end(2) == level.end(1)), None)


def name_starts(match: re.Match[str]) -> Iterator[int]:
    """Where the name may begin, longest first: sentence openers may stand before it."""
    yield match.start(1)
    for gap in NEXT_NAME.finditer(match.group(1)):
        yield match.start(1) + gap.end()


def by_sound(name: str, level_word: str, evidence: Evidence, words: Vocabulary) -> str | None:
    """The P-code, one township only, of the places of that sound in the states named."""
    found = [words.places[code] for code in words.sounds.get(sound(name), ())]
    found = [place for place in found if whole_state(place) in evidence.states]
    if not found or len({place.township_pcode or place.pcode for place in found}) > (2 if any(p.level == "district" for p in found) else 1):
        return None
    wanted = LEVEL_WORDS[fold(level_word)]
    found.sort(key=lambda place: (place.level != wanted, RANK[place.level], place.pcode))
    return found[0].pcode if one_level(found[0].level) == one_level(wanted) else None


# Shorter names differ by one letter from too many others.
FEWEST_LETTERS = 5


def by_one_letter(name: str, evidence: Evidence, words: Vocabulary) -> str | None:
    """The township in the states named whose name is one letter from this one, if there is one only.

    The list of townships is complete, so that "Mrak U Township" in a text about Rakhine State is a slip of the pen and no other place;
    of towns and villages that cannot be said.
    """
    written = letters(name)
    if len(written) < FEWEST_LETTERS:
        return None
    near = {
        code for spelling, codes in township_names().items() if one_letter_apart(written, spelling)
        for code in codes if whole_state(words.places[code]) in evidence.states
    }  # fmt: skip
    return near.pop() if len(near) == 1 else None


@lru_cache(maxsize=1)
def township_names() -> dict[str, tuple[str, ...]]:
    """{letters of a name or alias: P-codes of townships}."""
    found: dict[str, dict[str, None]] = {}
    for spelling, code in place_spellings(vocabulary().places):
        if vocabulary().places[code].level == "township" and spelling.isascii():
            found.setdefault(letters(spelling), {})[code] = None
    return {name: tuple(codes) for name, codes in found.items()}


def letters(name: str) -> str:
    return "".join(char for char in fold(name) if char.isalpha())


def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter added, left out or changed makes the names equal; not the first, which nobody mistakes."""
    if abs(len(one) - len(other)) > 1 or one == other or one[0] != other[0]:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[same + (len(one) >= len(other)) :] == other[same + (len(other) >= len(one)) :]


def one_level(level: str) -> str:
    """Towns and their townships count as one level: a town may be listed only as its township."""
    return "township" if level == "town" else level
