"""Persons: holders of a rank or office, and named speakers. Nobody gets an id, so that no register of people grows across articles.

Most people whom conflict news names by a form of address only (U, Daw, Ko, Ma) are private: the killed and arrested, their families, witnesses.
An index would make them easy to find for those who harmed them, so their mentions carry the rule `private_person`, and the warehouse
takes those rows only where the setting `private_persons` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from flows.steps.taggers.burmese_quotations import TITLED
from flows.steps.taggers.quotations import quotations_of
from flows.steps.taggers.reading import FieldText, Reading
from flows.steps.taggers.vocabulary import at_word, by_first_letter, lower, vocabulary, word_list
from warehouse.record import record
from warehouse.records import PRIVATE_PERSON, Mention, Quotation

NAME_PART = r"(?:[A-Z]\.(?=[ \u00a0][A-Z])|[A-Z][\w'’]*(?:-[\w'’]+)*)"
# An honorific or rank, or several ("Brigadier General", "Dr. Daw"), then up to six parts of a name; all on one line.
ADDRESSED = re.compile(r"(?<![\w'’-])([A-Z][a-z]*\.?(?:-[A-Za-z]+)*)(?=[ \u00a0][A-Z])")
NAME = re.compile(rf"[ \u00a0]({NAME_PART}(?:[ \u00a0]{NAME_PART}){{0,5}})")
NO_NAME = word_list(
    """Administration Strike Hospital Hospitals Election Elections Assembly Office Department Headquarters Staff Command Affairs Secretary
    Council Committee Ministry Schools School Sector Road Street Bridge Hotel Bank Company University Airport Island Creek River Village
    Township Town District State Region Division Army Force Forces Front Union Party Government The In On At And Of For After He She It
    Mission Battalion Brigade Regiment Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July
    August September October November December Operations Operation Security Services Station Minister President Regional Day Year Camp
    Monastery Pagoda Church Mosque Market Port Mountain Hill Lake Dam Mine Park"""
)
PLACES = word_list("Village Township Town District Ward Road Street Bridge Creek River Island Hospital School Monastery Pagoda Camp Quarter Hill")
# Ranks that are also English words: they want a name of two parts.
WORDS = word_list("General Major Gen Maj Senior Judge Governor Secretary")
# These three are looked for in lower case.
OFFICE = re.compile(
    at_word(
        r"spokes(?:man|woman|person)|ministers?|president|chair(?:man|woman|person)?|secretary|commander|commander-in-chief|leader|chief|governor|"
        r"ambassador|envoy|senator|lawmaker|parliament|mayor|administrator|director|rapporteur|diplomat|judge|prosecutor|analyst|economist|"
        r"professor|historian|politician|head of|founder|general|colonel|major|lieutenant|commissioner|representative|premier|"
        r"joint secretary|central committee|adviser|advisor"
    )
    + r"\b|ပြောခွင့်ရ|ဝန်ကြီး|ဥက္ကဋ္ဌ|အတွင်းရေးမှူး|ဗိုလ်ချုပ်|တိုင်းမှူး|ဝန်ကြီးချုပ်|သမ္မတ"
)
# What marks somebody as a private person of the story, whatever office a relative holds.
AT_RISK = re.compile(
    at_word(
        r"residents?|villagers?|locals?|mother|father|wife|husband|sons?|daughters?|sisters?|brothers?|relatives?|famil(?:y|ies)|victims?|"
        r"survivors?|witness(?:es)?|eyewitness(?:es)?|displaced|idps?|refugees?|farmers?|fisherm[ae]n|stallholders?|traders?|shopkeepers?|vendors?|"
        r"students?|detainees?|prisoners?|inmates?|workers?|wom[ae]n|m[ae]n|girls?|boys?|drivers?|neighbou?rs?|teachers?|nurses?|midwife|"
        r"whose|aged|years? old|year-old|source|volunteers?|evacuees?|migrants?|widow|patients?"
    )
    + r"\b|ဒေသခံ|ရွာသား|ရွာသူ|မိခင်|ဖခင်|ဇနီး|မျက်မြင်|မြို့ခံ|ရွာခံ"
)
HARMED = re.compile(
    at_word(
        r"killed|injured|wounded|arrested|detained|abducted|kidnapped|raped|tortured|missing|died|dead|shot|beaten|beheaded|disappeared|"
        r"sentenced|charged|imprisoned|jailed|hit|burned|conscripted|executed|body of|bodies of|fled|victims?"
    )
    + r"\b"
)
BODIES = word_list(
    """Army Force Forces Union Party Agency Council Committee Ministry Group Association Network Government Team Office Department News Media
    Watch International Nations University Hospital Court Police Reuters Front League Organisation Organization Institute Foundation Radio
    Times Post Daily Weekly Press Company Corporation Bank Board Commission Alliance Movement Campaign Command Brigade Battalion
    Society Center Centre House State Township Region District City Village Street River Church Embassy Program Programme Fund Project
    Authority Bureau Service Services Administration Congress Parliament Assembly Tribunal Coalition Federation Human Rights"""
)
DESCRIPTION_AFTER = re.compile(r"(?:,[ \u00a0]+(?:aged[ \u00a0])?\d{1,3})?,[ \u00a0]+([^,.;\n“”\"]{2,120})")
ENDS_A_CLAUSE = re.compile(r"[.,;:\n“”\"]")
QUOTED = re.compile(r"[“\"][^”\"]*[”\"]")
WINDOW_CHARS = 600


@record
class Found:
    """A name in a field, its honorific or rank included."""

    start: int
    end: int
    name: str  # without what stands before it
    rank: bool


def find_persons(reading: Reading) -> Iterator[Mention]:
    """Mentions of kind person, without ids. Private persons have the rule `private_person`: see the module."""
    quotes = {one.speaker: one for one in quotations_of(reading) if one.speaker}
    at_risk = {name for name, quote in quotes.items() if quote.speaker_description and AT_RISK.search(lower(quote.speaker_description))}
    found = [one for field in reading.fields if field.name != "dateline_place" for one in in_field(field, reading, quotes, at_risk)]
    public = {name for name, one in found if one.rule in ("rank_and_name", "name_with_office")}
    private = {name for name, one in found if one.rule == PRIVATE_PERSON} - public
    for name, one in found:
        # Who is private once is private everywhere; an office once named holds everywhere.
        if name in private and one.rule != PRIVATE_PERSON:
            one = replace(one, rule=PRIVATE_PERSON)
        elif name in public and one.rule == PRIVATE_PERSON:
            one = replace(one, rule="name_with_office", confidence=0.75)
        yield one


def in_field(field: FieldText, reading: Reading, quotes: dict[str, Quotation], private: set[str]) -> Iterator[tuple[str, Mention]]:
    """(name without honorific, mention) of the persons in one field. `private`: speakers whom the text describes as such."""
    spoken = dict(speaking(field, reading)) if field.name == "body" else {}
    taken: set[int] = set()
    for one in addressed(field):
        taken.update(range(one.start, one.end))
        rule, confidence = verdict(field, one, quotes, private)
        role = "speaker" if any(start <= one.end and one.start <= end for start, end in spoken) else "mention"
        yield one.name, mention(field, one.start, one.end, role, rule, confidence)
    for (start, end), quote in spoken.items():
        if taken.isdisjoint(range(start, end)):
            rule = PRIVATE_PERSON if quote.speaker in private or harmed(field, start, end) else "quoted_speaker"
            yield quote.speaker or "", mention(field, start, end, "speaker", rule, 0.8)


def mention(field: FieldText, start: int, end: int, role: str, rule: str, confidence: float) -> Mention:
    return Mention(field.name, start, end, field.text[start:end], "person", None, role, "rule", rule, confidence)


def addressed(field: FieldText) -> Iterator[Found]:
    """Names that an honorific or rank introduces, in text order."""
    text, kinds = field.text, vocabulary().addresses
    past = 0
    for match in address_pattern().finditer(text):
        start, end, kind = match.start(), match.end(), kinds[match.group().rstrip(".")]
        if start < past or (start and (text[start - 1].isalnum() or text[start - 1] in "'’-_")):
            continue
        # The U of Mrauk U, and a town called Saw with its level word, are places.
        if any(hit.start < start or hit.end > end + 1 for hit in field.hits_in(start, end)):
            continue
        rank = kind == "rank"
        # "Brigadier General", "Dr. Daw": at most three before a name.
        for _ in range(2):
            more = ADDRESSED.match(text, end + 1)
            if more is None or more.group(1).rstrip(".") not in kinds:
                break
            rank = rank or kinds[more.group(1).rstrip(".")] == "rank"
            end = more.end()
        name = name_after(field, end)
        if name and (" " in name or match.group().rstrip(".") not in WORDS):
            past = end + 1 + len(name)
            yield Found(start, past, name, rank)


@lru_cache(maxsize=1)
def address_pattern() -> re.Pattern[str]:
    """All honorifics and ranks, longest first; plain letters come first, which the engine looks for fast."""
    words = sorted(vocabulary().addresses, key=len, reverse=True)
    return re.compile(rf"{by_first_letter('|'.join(map(re.escape, words)))}\.?(?=[ \u00a0][A-Z])")


def name_after(field: FieldText, end: int) -> str | None:
    """The name that begins behind the blank at `end`, up to the first word that is none; None where the first is none."""
    match = NAME.match(field.text, end)
    if not match:
        return None
    parts: list[str] = []
    for part in match.group(1).replace("\u00a0", " ").split(" "):
        if part in PLACES:
            return None
        if part in NO_NAME:
            break
        parts.append(part)
    name = " ".join(parts)
    name = name.removesuffix("'s").removesuffix("’s").rstrip("'’")
    return name if len(name) > 1 else None


def verdict(field: FieldText, one: Found, quotes: dict[str, Quotation], private: set[str]) -> tuple[str, float]:
    """(rule, confidence): a rank or an office makes a person public; a quote does, where nothing marks the speaker as private."""
    if one.rank:
        return "rank_and_name", 0.9
    said = lower(described(field, one))
    if OFFICE.search(said) and not AT_RISK.search(said):
        return "name_with_office", 0.85
    full = field.text[one.start : one.end]
    speaker = next((name for name in (full, one.name) if name in quotes), None)
    if speaker is None or speaker in private or AT_RISK.search(said) or harmed(field, one.start, one.end):
        return PRIVATE_PERSON, 0.8
    return "quoted_speaker", 0.85


def described(field: FieldText, one: Found) -> str:
    """The words that say who it is: up to four before the name, and the apposition behind it."""
    before = ENDS_A_CLAUSE.split(field.text[max(0, one.start - 60) : one.start])[-1].split()[-4:]
    after = DESCRIPTION_AFTER.match(field.text, one.end)
    return f"{' '.join(before)} | {after.group(1) if after else ''}"


HARM_CHARS = 200  # of a sentence to either side of a name


def harmed(field: FieldText, start: int, end: int) -> bool:
    """Whether the sentence around the name tells of harm done to somebody: then the name may be the victim's."""
    begin, last = max(0, start - HARM_CHARS), end + HARM_CHARS
    first = max(field.text.rfind("\n", begin, start), field.text.rfind(". ", begin, start), start - HARM_CHARS) + 1
    stops = [at for at in (field.text.find("\n", end, last), field.text.find(". ", end, last)) if at >= 0]
    sentence = field.text[max(first, 0) : min([*stops, last])]
    return HARMED.search(lower(QUOTED.sub("", sentence))) is not None


def speaking(field: FieldText, reading: Reading) -> Iterator[tuple[tuple[int, int], Quotation]]:
    """(span, quotation) of each named speaker, where the name stands nearest to what is said."""
    for quote in quotations_of(reading):
        name = quote.speaker
        if not name or not is_person(name):
            continue
        at = field.text.find(name, quote.end_char, quote.end_char + WINDOW_CHARS) if quote.mode == "direct" else -1
        if at < 0:
            at = field.text.rfind(name, max(0, quote.start_char - WINDOW_CHARS), quote.start_char if quote.mode == "direct" else quote.end_char)
        if at >= 0 and not any(hit.term.places or hit.term.actors for hit in field.hits_in(at, at + len(name))):
            yield (at, at + len(name)), quote


def is_person(name: str) -> bool:
    """Whether a speaker is a person by name: an honorific or rank, or two to five capitalised words that are no organisation."""
    if not name.isascii() and TITLED.match(name):
        return True
    words = name.split()
    if words[0].rstrip(".") in vocabulary().addresses and len(words) > 1:
        return True
    return 2 <= len(words) <= 5 and all(word[:1].isupper() for word in words) and not BODIES.intersection(words) and words[-1] not in NO_NAME
