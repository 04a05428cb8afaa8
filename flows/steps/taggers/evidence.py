"""What a text is about: which signs of Myanmar it shows, and which states it names beyond doubt."""

from __future__ import annotations

import re

from flows.steps.taggers.reading import Evidence, FieldText, Hit, Level, Reading, TextToTag, read_fields, word_after, word_before
from flows.steps.taggers.sentences import sentences
from flows.steps.taggers.vocabulary import ActorAlias, Place, held_by, vocabulary, word_list

LEVEL_WORDS = {
    "state": "state",
    "region": "state",
    "division": "state",
    "district": "district",
    "township": "township",
    "townships": "township",
    "twsp": "township",
    "tsp": "township",
    "town": "town",
    "towns": "town",
    "city": "town",
    "states": "state",
    "regions": "state",
    "districts": "district",
    "divisions": "state",
}
LEVEL_AFTER = re.compile(
    r"[ \u00a0]+(State|Region|Division|District|Township|Twsp|Tsp|Town|City|state|region|division|district|township|town|city)\b"
)
# "Pale and Yinmarbin townships": the level of a list stands at its end, in the plural.
LEVEL_OF_LIST = re.compile(
    r"(?:(?:,? and|,? or|,|/)[ \u00a0]+[A-Z][\w'’]*(?:[ -][A-Z][\w'’]*){0,2}){1,6}[ \u00a0]+(States|Regions|"
    r"Districts|Townships|Towns|Divisions|states|regions|districts|townships|towns|divisions)\b"
)
VILLAGE_AFTER = re.compile(r"((?:(?:,? and|,? or|,)[ \u00a0]+[A-Z][\w'’-]*){0,4})[ \u00a0]+(?:[Vv]illage|[Ww]ard|[Qq]uarter|[Hh]amlet)(s?)\b")
# "A Mindat village" and "two Mindat villages" lie in Mindat; "Mindat village" has the name itself.
ONE_OF_MANY = word_list("a an one another each every any this that some several many most other near nearby remote")
LEVEL_BEFORE = re.compile(r"\b(township|town|district|city|village) of[ \u00a0]+$", re.IGNORECASE)
BURMESE_LEVEL_AFTER = re.compile("(တိုင်းဒေသကြီး|ပြည်နယ်|ခရိုင်|မြို့နယ်ခွဲ|မြို့နယ်|မြို့ကြီး|မြို့|ကျေးရွာအုပ်စု|ကျေးရွာ|တိုင်း|ပြည်(?!သူ|ထောင်))")
BURMESE_LEVELS = {
    "တိုင်းဒေသကြီး": "state",
    "ပြည်နယ်": "state",
    "ခရိုင်": "district",
    "မြို့နယ်ခွဲ": "township",
    "မြို့နယ်": "township",
    "မြို့ကြီး": "town",
    "မြို့": "town",
    "ကျေးရွာအုပ်စု": "village",
    "ကျေးရွာ": "village",
    "တိုင်း": "state",
    "ပြည်": "state",
}
# What follows a place inside the name of a party, army or paper, which is then no place.
NAMES_GO_ON = word_list(
    """Army National Nationals Nationalities Liberation Union Independence Defence Defense People Peoples People's People’s
    Salvation Front Party Progressive Democratic Revolution Revolutionary PDF PDFs CDF PKA LDF League Ethnic Literature Media
    News Times Now Post Human Women Women's Women’s Youth Nationalist Buddhist Christian Political Alliance Bay"""
)
PEOPLE_GO_ON = word_list("people peoples nationals nationality ethnic language literature women men army armed-group nationalist ethnicity descent")


def level_of(field: FieldText, hit: Hit) -> Level:
    """The level that the words around a place name give it, looked for once."""
    level = field.levels.get(hit.start)
    if level is None:
        level = field.levels[hit.start] = read_level(field, hit)
    return level


def read_level(field: FieldText, hit: Hit) -> Level:
    text = field.text
    if hit.term.burmese:
        if match := BURMESE_LEVEL_AFTER.match(text, hit.end):
            return Level(BURMESE_LEVELS[match.group(1)], hit.start, match.end())
        return Level(burmese_level_of_list(text, hit.end), hit.start, hit.end)
    if match := LEVEL_AFTER.match(text, hit.end):
        return Level(LEVEL_WORDS[match.group(1).lower()], hit.start, match.end())
    if is_village(text, hit):
        return Level("village", hit.start, hit.end)
    if match := LEVEL_OF_LIST.match(text, hit.end):
        return Level(LEVEL_WORDS[match.group(1).lower()], hit.start, hit.end)
    if "of" in text[max(0, hit.start - 4) : hit.start].lower() and (match := LEVEL_BEFORE.search(text, max(0, hit.start - 14), hit.start)):
        return Level(LEVEL_WORDS.get(match.group(1).lower(), "village"), hit.start, hit.end)
    return Level(None, hit.start, hit.end)


# "ပုလဲနှင့် ဘုတလင်မြို့နယ်များ": the level of a list stands at its end, in the plural.
BURMESE_LIST = re.compile("(?=၊|နှင့်)([^။\n]{1,120}?)(မြို့နယ်|မြို့|ခရိုင်|ပြည်နယ်)(?:များ|တို့)")
BURMESE_AND = re.compile("(?:၊|နှင့်)[ \u00a0]?")
LONGEST_NAME_IN_LIST = 25


def burmese_level_of_list(text: str, end: int) -> str | None:
    """The level of the list that goes on at `end`, None where no list of names does."""
    match = BURMESE_LIST.match(text, end)
    if not match:
        return None
    names = BURMESE_AND.split(match.group(1))[1:]
    return BURMESE_LEVELS[match.group(2)] if all(name and " " not in name and len(name) <= LONGEST_NAME_IN_LIST for name in names) else None


def is_village(text: str, hit: Hit) -> bool:
    """Whether a village bears the name; not where the name only says in which township a village or villages lie."""
    match = VILLAGE_AFTER.match(text, hit.end)
    if not match:
        return False
    listed, plural = match.groups()
    return bool(listed) if plural else word_before(text, hit.start).casefold() not in ONE_OF_MANY


def part_of_a_name(field: FieldText, hit: Hit) -> bool:
    """Whether the place is part of a longer name: 'Shan Nationalities', 'Mandalay PDF', 'U Myitta'."""
    if hit.term.burmese:
        return False
    after = word_after(field.text, hit.end)
    if named_after_a_group(field, hit):
        return True
    return after in NAMES_GO_ON or after in PEOPLE_GO_ON or named_person(field, hit)


def named_after_a_group(field: FieldText, hit: Hit) -> bool:
    """'PDF-Shwebo', "People's Defence Force - Shwebo": the place is part of the unit's name."""
    if not {"-", "–"} & {*field.text[max(0, hit.start - 2) : hit.start]}:
        return False
    joint = UNIT_JOINT.search(field.text, max(0, hit.start - 4), hit.start)
    return joint is not None and any(other.term.actors for other in field.hits_in(joint.start() - 1, joint.start()))


UNIT_JOINT = re.compile(r"[ \u00a0]?[-–][ \u00a0]?$")


def named_person(field: FieldText, hit: Hit) -> bool:
    """Whether an honorific stands before the name on the same line, and does not itself end a place ('Mrauk U')."""
    before = word_before(field.text, hit.start)
    if before not in vocabulary().honorifics:
        return False
    begins = field.text.rindex(before, 0, hit.start)
    return not any(other.term.places and other.start < begins for other in field.hits_in(begins, begins + 1))


def solid_place(field: FieldText, hit: Hit) -> bool:
    """Whether the hit is a place of Myanmar by itself: an uncommon name, or one with its level word."""
    if not hit.term.places or hit.term.actors or part_of_a_name(field, hit):
        return False
    level = level_of(field, hit).level
    if level == "village" and not hit.term.inside:
        return False
    return (level is not None and level_exists(hit, level)) or not hit.term.weak


def level_exists(hit: Hit, level: str) -> bool:
    places = vocabulary().places
    return any(places[code].level == level for code in hit.term.places)


def read(source: TextToTag) -> Reading:
    """The article ready for the taggers: its fields with hits, the sentences of the body, and what it is about."""
    fields = read_fields(source)
    body = next(field for field in fields if field.name == "body")
    spans = tuple(sentences(source.body))
    return Reading(source, fields, spans, gather(source, fields), body, held_by(body.spotted, [start for start, _ in spans]))


def gather(source: TextToTag, fields: tuple[FieldText, ...]) -> Evidence:
    """The evidence of the whole article; each name counts once, however often it stands there."""
    words = vocabulary()
    signs, states, districts, full = set[str](), set[str](), set[str](), set[str]()
    for field in fields:
        for hit in field.hits:
            if hit.term.country:
                signs.add("country")
            if hit.term.pattern not in signs and solid_place(field, hit):
                found = [words.places[code] for code in hit.term.places]
                signs.add(hit.term.pattern)
                inside = {whole_state(place) for place in found}
                # A name in two states decides nothing.
                if len(inside) == 1:
                    states |= inside
                    districts.update([place.parent_pcode for place in found])
            for alias in hit.term.actors:
                if alias.kind == "name":
                    full.add(alias.actor_id)
                    signs.add(alias.actor_id)
                elif alias.kind == "abbreviation" and unmistakable(alias):
                    signs.add(alias.actor_id)
    if source.country == "MM":
        signs.add("outlet")
    if source.language == "my":
        signs.add("language")
    return Evidence(frozenset(signs), frozenset(states), frozenset(districts), frozenset(full), defined_elsewhere(fields))


def whole_state(place: Place) -> str:
    """Admin1 code of the place, the first part's for the parts of Bago and Shan: newspapers do not tell them apart."""
    return FIRST_PARTS.get(place.admin1_pcode, place.admin1_pcode)


FIRST_PARTS = {"MMR008": "MMR007", "MMR015": "MMR014", "MMR016": "MMR014"}


def in_home(actor_id: str, evidence: Evidence) -> bool:
    """Whether the text names a state in which the actor's abbreviation is understood."""
    home = vocabulary().actors[actor_id].home
    return bool({FIRST_PARTS.get(code, code) for code in home} & evidence.states)


def unmistakable(alias: ActorAlias) -> bool:
    """Abbreviations of four and more capitals (KNLA, TNLA, MNDAA) mean one thing in the news."""
    return sum(char.isupper() for char in alias.alias) >= 4


ABBREVIATION_IN_BRACKETS = re.compile(r"\(([A-Z]{2,6})s?\)")
DEFINED_NAME = re.compile(r"((?:[A-Z][\w'’]*[ -](?:of |the |and |for |& )?){1,7})$")
# Longer than any name of seven words; what is looked at before a bracket.
LONGEST_NAME_CHARS = 160


def defined_elsewhere(fields: tuple[FieldText, ...]) -> frozenset[str]:
    """Abbreviations that the text itself introduces for something that is no actor of ours: 'Automobile Association (AA)'."""
    found = set[str]()
    for field in fields:
        for bracket in ABBREVIATION_IN_BRACKETS.finditer(field.text):
            # A name of ours stands right before nearly all.
            if any(hit.term.actors for hit in field.hits_in(bracket.start() - 2, bracket.start() - 1)):
                continue
            name = DEFINED_NAME.search(field.text, max(0, bracket.start() - LONGEST_NAME_CHARS), bracket.start())
            if name is None or bracket.group(1) in found:
                continue
            initials = "".join(word[0] for word in re.split(r"[ -]", name.group(1).strip()) if word[:1].isupper())
            known = any(hit.term.actors for hit in field.hits_in(*name.span(1)))
            if not known and initials.endswith(bracket.group(1)):
                found.add(bracket.group(1))
    return frozenset(found)
