"""Villages by MIMU P-code, where their list was built (see terms/README.md): with the word village, in a township that the text names.

Of 72,569 villages half share their name with others, the commonest with 346, and many names are everyday words: a bare name is never matched,
and neither is one whose township the text does not name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources

from flows.steps.taggers.reading import FieldText, Reading
from flows.steps.taggers.vocabulary import BRACKETS, SYLLABLE_START, TERMS_PACKAGE, fold, sound, vocabulary, word_list
from warehouse.record import record
from warehouse.records import Mention

NAME = r"[A-Z][\w'’]*(?:[ \u00a0-][A-Z][\w'’]*){0,4}"
AND = r"(?:,[ \u00a0]|,?[ \u00a0](?:and|or)[ \u00a0])"
# "Pan Hpe village", "Pan Hpe, Sin Gyi and Let Ma villages", "the village of Pan Hpe".
NAMED = re.compile(
    rf"(?<![\w'’-])(?!(?:The|A|An|One|This|That|Another)[ \u00a0]+[Vv]illage)(?P<names>{NAME}(?:{AND}{NAME}){{0,5}})[ \u00a0]+[Vv]illages?\b|"
    rf"\b[Vv]illages?[ \u00a0]of[ \u00a0](?P<of>{NAME})"
)
ONE_NAME = re.compile(NAME)
# What may stand before a name with a capital and is no part of it; so may the level word of another place, and a genitive.
OPENERS = word_list(
    """In At The Two Three Four Five Six Several Many Some Other Nearby Both All Near From On To Of And Residents Villagers Troops Township
    Town City District State Region"""
)
# A stretch of writing that ends with the level word; a tract (အုပ်စု) is no village. Its name begins with the stretch or behind one of the ends.
NAMED_IN_BURMESE = re.compile("(?<![\u1000-\u1049\u1050-\u109f])(?P<name>[\u1000-\u1049\u1050-\u109f]{2,60}?)ကျေးရွာ(?!အုပ်စု)")
BURMESE_ENDS = re.compile("မြို့နယ်|ရှိ|အနီး")
FEWEST_SYLLABLES = 2


@record
class Village:
    """A village of MIMU's list. Its P-code has six digits and no letters."""

    pcode: str
    name: str
    name_my: str | None
    township_pcode: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Township:
    """The villages of one township, and which of them bear a name: by spelling, by sound, and in Burmese."""

    villages: tuple[Village, ...]

    # Made when a text first names the township: the sounds of all villages would take a second.
    @cached_property
    def spellings(self) -> dict[str, list[str]]:
        return by_key((letters(BRACKETS.sub("", one.name)), one.pcode) for one in self.villages)

    @cached_property
    def sounds(self) -> dict[str, list[str]]:
        return by_key((sound(BRACKETS.sub("", one.name)), one.pcode) for one in self.villages)

    @cached_property
    def burmese(self) -> dict[str, list[str]]:
        return by_key((BRACKETS.sub("", one.name_my).replace(" ", ""), one.pcode) for one in self.villages if one.name_my)


def by_key(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for key, code in pairs:
        out.setdefault(key, []).append(code)
    return out


Villages = dict[str, Township]  # by the P-code of the township


@lru_cache(maxsize=1)
def villages() -> Villages:
    """The villages of the built list; none where nobody built it."""
    file = resources.files(TERMS_PACKAGE).joinpath("terms", "villages.csv")
    return read_villages(file.read_text(encoding="utf-8")) if file.is_file() else {}


def read_villages(text: str) -> Villages:
    """The villages of the text of a `villages.csv`."""
    out: dict[str, list[Village]] = {}
    for row in csv.DictReader(text.splitlines()):
        place = (float(row["latitude"]), float(row["longitude"])) if row["latitude"] and row["longitude"] else (None, None)
        out.setdefault(row["township_pcode"], []).append(Village(row["pcode"], row["name"], row["name_my"] or None, row["township_pcode"], *place))
    return {township: Township(tuple(found)) for township, found in out.items()}


def with_villages(reading: Reading, places: list[Mention], listed: Villages) -> list[Mention]:
    """The mentions of places with those of villages; a village takes the place of a mention that it covers."""
    known = vocabulary().places
    townships = {known[one.entity_id].township_pcode or one.entity_id for one in places if one.entity_id in known}
    named = [listed[township] for township in sorted(townships) if township in listed]
    found = [one for field in reading.fields if field.name != "dateline_place" for one in in_field(field, named)] if named else []
    return [*(one for one in places if not any(covers(village, one) for village in found)), *found]


def covers(village: Mention, place: Mention) -> bool:
    return village.field == place.field and village.start_char <= place.start_char and place.end_char <= village.end_char


def letters(name: str) -> str:
    return "".join(char for char in fold(name) if char.isalnum())


def in_field(field: FieldText, townships: list[Township]) -> Iterator[Mention]:
    """The villages that a field names with the word village. A name that several villages of the townships bear has no entity."""
    for match in NAMED.finditer(field.text):
        start, end = match.span("names") if match["names"] else match.span("of")
        names = list(ONE_NAME.finditer(field.text, start, end))
        for number, name in enumerate(names):
            if found := known_name(name, townships):
                begins, codes, rule, confidence = found
                # The level word stands right behind the last name only.
                ends = match.end() if match["names"] and number == len(names) - 1 else name.end()
                yield mention(field, begins, ends, codes, rule, confidence)
    for match in NAMED_IN_BURMESE.finditer(field.text):
        for begins in (match.start(), *(match.start() + end.end() for end in BURMESE_ENDS.finditer(match["name"]))):
            written = field.text[begins : match.end("name")]
            codes = {code for township in townships for code in township.burmese.get(written, ())}
            if codes and len(SYLLABLE_START.findall(written)) >= FEWEST_SYLLABLES:
                yield mention(field, begins, match.end(), codes, "village_in_its_township", 0.85)
                break


def mention(field: FieldText, start: int, end: int, codes: set[str], rule: str, confidence: float) -> Mention:
    code = next(iter(codes)) if len(codes) == 1 else None
    if code is None:
        rule, confidence = "village_namesakes", 0.4
    return Mention(field.name, start, end, field.text[start:end], "place", code, "mention", "gazetteer", rule, confidence)


def known_name(match: re.Match[str], townships: list[Township]) -> tuple[int, set[str], str, float] | None:
    """(where the name begins, P-codes, rule, confidence), by spelling and then by sound; None for a name that no village bears."""
    for start in name_starts(match):
        name = match.string[start : match.end()]
        if codes := {code for township in townships for code in township.spellings.get(letters(name), ())}:
            return start, codes, "village_in_its_township", 0.85
        key = sound(name)
        if len(key) >= FEWEST_SOUNDS and (codes := {code for township in townships for code in township.sounds.get(key, ())}):
            return start, codes, "village_of_that_sound_in_its_township", 0.7
    return None


FEWEST_SOUNDS = 4


def name_starts(match: re.Match[str]) -> Iterator[int]:
    """Where the name may begin: with the match, and behind each word that is no part of it ('In', 'Township', 'Minbya’s')."""
    yield match.start()
    for word in re.finditer(r"[\w'’]+[ \u00a0-]", match.group()):
        text = word.group()[:-1]
        if text in OPENERS or text.endswith(("'s", "’s")):
            yield match.start() + word.end()
