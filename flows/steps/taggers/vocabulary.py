"""The vocabularies of flows/steps/terms, read once and turned into one search automaton."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib import resources
from typing import ClassVar

from ahocorasick_rs import AhoCorasick, MatchKind

from flows.steps.taggers.word_lists import Sought, Spotted, WordList
from warehouse.record import record

TERMS_PACKAGE = "flows.steps"
# One letter for one letter, so that offsets into the folded text are offsets into the text.
FOLDED_SIGNS = (("‘", "'"), ("’", "'"), ("ʼ", "'"), ("–", "-"), ("‐", "-"), ("‑", "-"), ("\u00a0", " "))
BURMESE = re.compile("[\u1000-\u109f]")
BURMESE_LEVELS = {"state": ("ပြည်နယ်", "တိုင်းဒေသကြီး"), "district": ("ခရိုင်",), "township": ("မြို့နယ်ခွဲ", "မြို့နယ်"), "town": ("မြို့",)}
BRACKETS = re.compile(r"\s*\([^()]*\)\s*")


def fold(text: str) -> str:
    """The text in lower case with plain apostrophes and hyphens, code point for code point."""
    if not text.isascii():
        for sign, plain in FOLDED_SIGNS:
            text = text.replace(sign, plain)
    return lower(text)


def lower(text: str) -> str:
    """The text in lower case, code point for code point."""
    low = text.lower()
    # A few letters grow when lowered ("İ"); they stay as they are.
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def word_list(words: str) -> frozenset[str]:
    """The words of a text, for the lists in the rules."""
    return frozenset(words.split())


def by_first_letter(alternatives: str) -> str:
    """The same alternatives, sorted into groups by their first letter: the engine passes over a group at one look.

    Within a group their order stays. The statements that quotations look for cost a third.
    """
    groups = first_letters(alternatives)
    return "(?:" + "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in groups.items()) + ")"


def at_word(alternatives: str) -> str:
    r"""The same as `\b(?:alternatives)`, for alternatives that begin with a letter each.

    It begins with one of a few letters instead of a boundary, so that a search passes over all others without a try at each.
    """
    groups = first_letters(alternatives)
    return "(?:" + "|".join(rf"{letter}(?<!\w{letter})(?:{'|'.join(rests)})" for letter, rests in groups.items()) + ")"


def first_letters(alternatives: str) -> dict[str, list[str]]:
    """By first letter, what follows it in each of the alternatives. Raises ValueError where one begins with something else."""
    groups: dict[str, list[str]] = {}
    for one in split_alternatives(alternatives):
        if not one[:1].isalpha():
            raise ValueError(f"the alternative {one!r} does not begin with a letter")
        groups.setdefault(one[0], []).append(one[1:])
    return groups


def split_alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern without escaped brackets or bars: 'a|b(?:c|d)' are two."""
    out, depth = [""], 0
    for char in pattern:
        if char == "|" and depth == 0:
            out.append("")
            continue
        depth += (char == "(") - (char == ")")
        out[-1] += char
    return out


def literal_in(alternative: str) -> str:
    r"""The longest string that each match of the alternative holds: 'figures ' of 'figures (?:that )?(?:show|compiled)'.

    Raises ValueError where there is none.
    """
    flat, depth = "", 0
    for char in alternative:
        depth += char == "("
        flat += "(" if depth else char
        depth -= char == ")"
    # What may be absent is no part of it, nor are classes of signs.
    parts = re.split(r"\\.|\[[^]]*\]|.[?*{]|[^a-z' -]", flat)
    longest = max(parts, key=len)
    if not longest:
        raise ValueError(f"the alternative {alternative!r} holds no string for sure")
    return longest


class Phrases:
    """A search for phrases at the head of a word, for texts in lower case.

    Most sentences hold none: the words that were spotted in the text tell (`Reading.held`), at a fraction of what the pattern costs.
    """

    all: ClassVar[list[Phrases]] = []

    def __init__(self, alternatives: str, end: str = r"\b", heads: Iterable[str] = ()) -> None:
        """`end`: what follows the phrases. `heads`: what they begin with, where no string of an alternative says it well."""
        self.pattern = re.compile(at_word(alternatives) + end)
        strings = [(needed := literal_in(one), one.startswith(needed)) for one in split_alternatives(alternatives)] if not heads else []
        self.needs = sorted({*strings, *((head, True) for head in heads)})  # (string, whether a word begins with it)
        self.bit = 1 << len(self.all)
        self.all.append(self)

    def search(self, low: str, held: int, start: int = 0) -> re.Match[str] | None:
        """The first match in a text in lower case from `start` on; `held`: what the sentence that it is of may hold."""
        return self.pattern.search(low, start) if held & self.bit else None

    def search_window(self, low: str, start: int = 0) -> re.Match[str] | None:
        """The same for a few words of which nothing is known yet."""
        return self.pattern.search(low, start) if self.automaton.find_matches_as_indexes(low) else None

    @cached_property
    def automaton(self) -> AhoCorasick:
        return AhoCorasick([needed for needed, _ in self.needs], matchkind=MatchKind.Standard)


PHRASES = WordList(
    lambda: (Sought(needed, phrases.bit, head, whole=False) for phrases in Phrases.all for needed, head in phrases.needs), exact=False
)


def held_by(spotted: Spotted, starts: list[int]) -> tuple[int, ...]:
    """For each sentence, by where it starts, the bits of the phrases that it may hold."""
    bits, out = spotted.payloads, [0] * len(starts)
    for word, start, _ in spotted.of(PHRASES):
        out[bisect_right(starts, start) - 1] |= bits[word]
    return tuple(out)


@record
class Place:
    """A state or region, district, township or town of Myanmar (MIMU P-codes 9.6)."""

    pcode: str
    level: str  # state | district | township | town
    name: str
    name_my: str | None
    parent_pcode: str
    admin1_pcode: str
    township_pcode: str | None
    latitude: float | None
    longitude: float | None


@record
class Actor:
    """An armed group or a political organisation. `home` holds the admin1 codes in which its abbreviation is understood."""

    actor_id: str
    kind: str  # armed_group | organization
    name: str
    name_my: str | None
    abbreviation: str | None
    ucdp_id: int | None
    side: str | None
    home: frozenset[str]


@record
class ActorAlias:
    """A spelling of an actor: name, abbreviation, or generic word (needs a text about Myanmar)."""

    actor_id: str
    alias: str
    kind: str  # name | abbreviation | generic


@record
class Term:
    """Everything that one folded spelling may stand for."""

    pattern: str
    places: tuple[str, ...] = ()
    actors: tuple[ActorAlias, ...] = ()
    country: bool = False  # a word that shows that the text is about Myanmar
    weak: bool = False  # a place name that is also a word, a person or a people
    inside: bool = False  # a well-known village; `places` holds its township
    burmese: bool = False  # by its script


@record
class Vocabulary:
    """All terms and what they stand for."""

    places: dict[str, Place]
    actors: dict[str, Actor]
    terms: tuple[Term, ...]
    honorifics: frozenset[str]
    addresses: dict[str, str]  # what a person's name begins with, without its full stop: 'rank' or 'address'
    outlet_actors: dict[str, tuple[str, ...]]  # outlet: actors whose bare abbreviation its readers know
    sounds: dict[str, tuple[str, ...]]  # phonetic key: P-codes below the state


def terms_text(name: str) -> str:
    """The file in the order of signs that texts have (NFC): MIMU writes some names, as that of Kanbalu, in another one."""
    return unicodedata.normalize("NFC", resources.files(TERMS_PACKAGE).joinpath("terms", name).read_text(encoding="utf-8"))


def terms_rows(name: str) -> list[dict[str, str]]:
    """Rows of one terms file; rows switched off (`use` = no) are left out."""
    return [row for row in csv.DictReader(terms_text(name).splitlines()) if row.get("use", "yes") != "no"]


def terms_sha256() -> str:
    """SHA-256 over all terms files, by name."""
    folder = resources.files(TERMS_PACKAGE).joinpath("terms")
    digest = hashlib.sha256()
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".csv")):
        digest.update(name.encode() + b"\0" + terms_text(name).encode())
    return digest.hexdigest()


def read_places() -> dict[str, Place]:
    def number(text: str) -> float | None:
        return float(text) if text else None

    return {
        row["pcode"]: Place(
            row["pcode"],
            row["level"],
            row["name"],
            row["name_my"] or None,
            row["parent_pcode"],
            row["admin1_pcode"],
            row["township_pcode"] or None,
            number(row["latitude"]),
            number(row["longitude"]),
        )
        for row in terms_rows("places.csv")
    }


def read_actors() -> dict[str, Actor]:
    return {
        row["actor_id"]: Actor(
            row["actor_id"],
            row["kind"],
            row["name"],
            row["name_my"] or None,
            row["abbreviation"] or None,
            int(row["ucdp_id"]) if row["ucdp_id"] else None,
            row["side"] or None,
            frozenset(row["home"].split()),
        )
        for row in terms_rows("actors.csv")
    }


def latin_spellings(name: str) -> Iterator[str]:
    """'Maw Taung' also as 'Mawtaung' and 'Maw-Taung': outlets join and part syllables at will."""
    yield name
    bare = BRACKETS.sub("", name)
    parts = re.split(r"[ -]", bare)
    if len(parts) > 1 and bare == name:
        yield from (" ".join(parts), "-".join(parts))
        if len("".join(parts)) >= 5:
            yield "".join(parts)


# Where one syllable of a Burmese name may end and the next begin, in Latin letters.
SYLLABLE_JOINT = re.compile(
    r"(?<=[aeiou])(?=[bcdghjklmnprstwyz])|(?<=[aeiou][kngtmpwyrh])(?=[bcdghjklmnprstwyz])|(?<=[aeiou]ng)(?=[bcdghjklmnprstwyz])"
)
SYLLABLE_BEGINS = re.compile(r"(?:k[hyw]?|g[yw]?|ng|s[hw]?|hs?|z|ny?|t[h]?|ht|d|p[hyw]?|hp|b[yw]?|m[yrw]?|y|r|l|w|ch|j|h[lmnpk]?|shw|thw|kyw)[aeiou]")
FEWEST_LETTERS_TO_PART = 7


def parted_spellings(name: str) -> Iterator[str]:
    """'Pauktaw' as 'Pauk Taw': one blank where a syllable may begin. Such a spelling is weak, as it may be a person's name too."""
    if not name.isalpha() or not name.isascii() or len(name) < FEWEST_LETTERS_TO_PART:
        return
    low = name.lower()
    for joint in SYLLABLE_JOINT.finditer(low):
        at = joint.start()
        if 2 <= at <= len(low) - 2 and SYLLABLE_BEGINS.match(low, at):
            yield f"{low[:at]} {low[at:]}"


def burmese_spellings(name: str) -> Iterator[str]:
    """The name without its level word: the level is read from the text."""
    bare = name.strip()
    for suffix in ("တိုင်းဒေသကြီး", "ပြည်နယ်", "ခရိုင်"):
        bare = bare.removesuffix(suffix)
    if len(bare) >= 2:
        yield bare


def place_spellings(places: dict[str, Place]) -> Iterator[tuple[str, str]]:
    """(folded spelling, P-code) of names and aliases in both scripts."""
    for place in places.values():
        for spelling in latin_spellings(place.name):
            yield fold(spelling), place.pcode
        # "Bago (East)" is never written so; its bare Burmese name belongs to the whole state.
        if place.name_my and not BRACKETS.search(place.name_my):
            for spelling in burmese_spellings(place.name_my):
                yield spelling, place.pcode
    for row in terms_rows("place_aliases.csv"):
        for spelling in latin_spellings(row["alias"]) if row["language"] == "en" else burmese_spellings(row["alias"]):
            yield LEVEL_AT_END.sub("", fold(spelling)), row["pcode"]


LEVEL_AT_END = re.compile(r" (?:state|region|division|township|district)$")


def actor_spellings() -> Iterator[tuple[str, ActorAlias]]:
    """(folded spelling, alias), with both spellings of defence and organisation and the plural of a name."""
    listed = [ActorAlias(row["actor_id"], row["alias"], row["kind"]) for row in terms_rows("actor_aliases.csv")]
    actors = read_actors().values()
    listed += [ActorAlias(actor.actor_id, name, "name") for actor in actors for name in (actor.name, actor.name_my) if name]
    listed += [ActorAlias(actor.actor_id, actor.abbreviation, "abbreviation") for actor in actors if actor.abbreviation]
    for alias in listed:
        for one, other in (("", ""), ("defence", "defense"), ("defense", "defence"), ("organisation", "organization")):
            spelling = fold(alias.alias).replace(one, other) if one else fold(alias.alias)
            yield spelling, alias
            if alias.kind == "name" and spelling.isascii() and not spelling.endswith("s"):
                yield spelling + "s", alias


def make_terms(places: dict[str, Place]) -> Iterator[Term]:
    by_spelling: dict[str, tuple[dict[str, None], dict[ActorAlias, None]]] = {}
    for spelling, pcode in place_spellings(places):
        by_spelling.setdefault(spelling, ({}, {}))[0][pcode] = None
    for spelling, alias in actor_spellings():
        by_spelling.setdefault(spelling, ({}, {}))[1][alias] = None
    villages = {fold(row["name"]): row["township_pcode"] for row in terms_rows("known_villages.csv")}
    weak = {fold(row["name"]) for row in terms_rows("weak_place_names.csv")}
    # Names as listed, not the joined forms of names of two words.
    listed = {fold(place.name) for place in places.values()} | {fold(row["alias"]) for row in terms_rows("place_aliases.csv")}
    for spelling in sorted(listed & by_spelling.keys()):
        codes = by_spelling[spelling][0]
        for parted in parted_spellings(spelling) if codes else ():
            if parted not in by_spelling or parted in weak:
                weak.add(parted)
                by_spelling.setdefault(parted, ({}, {}))[0].update(codes)
    country = {fold(row["term"]) for row in terms_rows("context.csv")}
    for spelling in sorted({*by_spelling, *country, *villages}):
        codes, aliases = by_spelling.get(spelling, ({}, {}))
        inside = spelling in villages and not codes
        codes_there = (villages[spelling],) if inside else tuple(codes)
        yield Term(spelling, codes_there, tuple(aliases), spelling in country, spelling in weak or too_short(spelling), inside, is_burmese(spelling))


def is_burmese(spelling: str) -> bool:
    return BURMESE.search(spelling) is not None


def too_short(spelling: str) -> bool:
    """Names of up to four Latin letters, or one Burmese syllable, are too often something else."""
    return syllable_count(spelling) == 1 if BURMESE.search(spelling) else len(spelling.replace(" ", "")) <= 4


SYLLABLE_START = re.compile("(?<!\u1039)[\u1000-\u102a\u103f\u104c-\u104f](?![\u103a\u1039])")


def syllable_count(text: str) -> int:
    """Burmese syllables, by the rule that a consonant without asat or stacked sign begins one."""
    return len(SYLLABLE_START.findall(text))


REWRITES = [
    (re.compile(pattern), to)
    for pattern, to in (
        (r"[^a-z]", ""),
        (r"(?<=[kpts])h", ""),
        (r"h(?=[^aeiou])|h$", ""),
        (r"gy|j|ch|ty", "ky"),
        (r"m[uao]{1,2}[ri]?n[ge]?(?=[a-z])", "mon"),
        (r"r(?![aeiou])", ""),
        (r"ee", "i"),
        (r"ine|aing|ain", "en"),
        (r"ou|au|aw|oa|oe|oo", "o"),
        (r"ai|ay|ei|ey|ae", "e"),
        (r"yi|ie|ea", "i"),
        (r"u", "o"),
        (r"ng?(?![aeiou])|m(?![aeiouy])", "n"),
        (r"g", "k"),
        (r"d", "t"),
        (r"b|v", "p"),
        (r"z", "s"),
        (r"c|q", "k"),
        (r"[wy](?=o)", ""),
        (r"(.)\1+", r"\1"),
    )
]


# "The township" stands in many articles.
@lru_cache(maxsize=4096)
def sound(name: str) -> str:
    """A key that spellings of one Burmese or Shan name share: 'Toungoo' and 'Taungoo', 'Murng Nai' and 'Mongnai'.

    Voicing, aspiration, final nasals and vowel pairs are levelled, as romanisations differ in them. Only safe inside one state.
    """
    key = fold(name)
    for pattern, to in REWRITES:
        key = pattern.sub(to, key)
    return key


def make_sounds(places: dict[str, Place]) -> dict[str, tuple[str, ...]]:
    keys: dict[str, dict[str, None]] = {}
    for spelling, pcode in place_spellings(places):
        if places[pcode].level != "state" and not BURMESE.search(spelling):
            keys.setdefault(sound(spelling), {})[pcode] = None
    return {key: tuple(codes) for key, codes in keys.items() if len(key) >= 3}


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary, built at the first call. Raises KeyError when an alias names a code that places.csv does not have."""
    places = read_places()
    terms = tuple(make_terms(places))
    unknown = sorted({code for term in terms for code in term.places if code not in places})
    if unknown:
        raise KeyError(f"place_aliases.csv names codes that places.csv does not have: {', '.join(unknown)}")
    return Vocabulary(places, read_actors(), terms, honorifics(), addresses(), outlet_actors(), make_sounds(places))


TERMS = WordList(lambda: (Sought(term.pattern, term) for term in vocabulary().terms))


def outlet_actors() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in terms_rows("outlet_actors.csv"):
        found.setdefault(row["outlet_id"], []).append(row["actor_id"])
    return {outlet_id: tuple(actors) for outlet_id, actors in found.items()}


def honorifics() -> frozenset[str]:
    return frozenset(row["honorific"] for row in terms_rows("honorifics.csv"))


def addresses() -> dict[str, str]:
    return {row["honorific"].rstrip("."): row["kind"] for row in terms_rows("honorifics.csv") if row["kind"] != "name"}
