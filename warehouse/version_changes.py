"""What a new version of an article changed, in words that analysts ask for. Pure.

Text fields that differ are named first (headline, description, body); then what kind of change it is: figure, place, attribution, addition,
deletion, wording (none of these), and correction where the outlet says so itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

FIELDS = ("headline", "description", "body")
KINDS = ("figure", "place", "attribution", "addition", "deletion", "wording", "correction")

SENTENCE_END = re.compile(r"(?<=[.!?…။])[\"'”’)\]]*\s+|\n+")
WORD = re.compile(r"[\u1000-\u109f\uaa60-\uaa7f]+|\d+(?:[.,]\d+)*|[^\W\d_][\w'’-]*")
# "One" is mostly a pronoun.
NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11",
    "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "dozen": "12",
    "dozens": "dozens", "hundred": "100", "hundreds": "hundreds", "thousand": "1000", "thousands": "thousands",
}
BURMESE_NUMBER = re.compile("[\u1040-\u1049]+(?:[.,][\u1040-\u1049]+)*")
CUE = re.compile(
    r"said|says?|told|according|stated|claim(?:ed|s)|confirmed|report(?:ed|s|edly)|announced|denied|alleged(?:ly)?|added|quoted|sources?|spokes\w+|witness\w*"
)
BURMESE_CUE = re.compile("ပြောသည်|ပြောကြား|ပြောဆို|ပြောပြ|ဆိုသည်|အဆိုအရ|သတင်းထုတ်ပြန်|ထုတ်ပြန်|အတည်ပြု|ငြင်းဆို")
NEAR_CUE_WORDS = 4
CORRECTION = re.compile(
    # At the head of a line or in brackets: prisons and markets know corrections too.
    r"(?:^|[(\[])\W*(?:corrections?|corrected|corrects|clarifications?|errat(?:um|a)|retraction)\b|\bha(?:s|ve) been (?:corrected|retracted)\b"
    r"|\b(?:earlier|previous) version of this\b|\b(?:mistakenly|incorrectly|wrongly|erroneously) "
    r"(?:stated|said|reported|identified|gave|named|described)\b"
    r"|\bhas been amended\b"
    r"|အမှားပြင်ဆင်|ပြင်ဆင်ချက်|ပြင်ဆင်ဖော်ပြ|မှားယွင်းဖော်ပြ",
    re.I | re.M,
)
MIN_LIKE = 0.5  # two sentences that share half of their words are one sentence, edited
MIN_CLAUSE_WORDS = 5  # so many words more, or less, are said as an addition or a deletion inside a sentence
MIN_BURMESE_NAME = 5  # code points; shorter names are syllables of other words
MAX_NAME_WORDS = 4

Text = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class BodyChange:
    """Sentences that are only in the one or the other version, and pairs of one sentence before and after its edit."""

    added: list[str]
    deleted: list[str]
    edited: list[tuple[str, str]]


def changes_between(before: Text | None, after: Text, places: frozenset[str] = frozenset()) -> list[str]:
    """What differs, fields first; empty for a first version. `places` are names of places as they are written."""
    if before is None:
        return []
    fields = [name for name in FIELDS if words_of(before.get(name)) != words_of(after.get(name))]
    kinds: set[str] = set()
    if "headline" in fields:
        kinds |= headline_kinds(before["headline"] or "", after["headline"] or "", places)
    if "body" in fields:
        kinds |= body_kinds(before["body"] or "", after["body"] or "", places)
    if any(CORRECTION.search(after[name] or "") and not CORRECTION.search(before[name] or "") for name in fields):
        kinds.add("correction")
    return fields + [kind for kind in KINDS if kind in kinds]


def words_of(text: str | None) -> list[str]:
    return (text or "").split()


def headline_kinds(before: str, after: str, places: frozenset[str]) -> set[str]:
    """figure and place only: a headline is short, and written anew more often than edited. A number that was not there before is no change of one."""
    kinds = set()
    numbers = numbers_in(before), numbers_in(after)
    if all(numbers) and numbers[0] != numbers[1]:
        kinds.add("figure")
    named = places_in(before, places), places_in(after, places)
    if all(named) and not named[0] & named[1]:
        kinds.add("place")
    return kinds


def body_kinds(before: str, after: str, places: frozenset[str]) -> set[str]:
    change = body_change(before, after)
    kinds: set[str] = set()
    if change.added:
        kinds.add("addition")
    if change.deleted:
        kinds.add("deletion")
    for pair in change.edited:
        kinds |= sentence_kinds(*pair, places) or {"wording"}
    return kinds


def sentence_kinds(before: str, after: str, places: frozenset[str]) -> set[str]:
    """What the edit of one sentence changed; empty where it is only other words."""
    kinds = set()
    if numbers_in(before) != numbers_in(after):
        kinds.add("figure")
    if places_in(before, places) != places_in(after, places):
        kinds.add("place")
    old, new = words(before), words(after)
    gone, come = differing(old, new), differing(new, old)
    if is_attributed(old, gone) or is_attributed(new, come):
        kinds.add("attribution")
    if len(come) - len(gone) >= MIN_CLAUSE_WORDS:
        kinds.add("addition")
    if len(gone) - len(come) >= MIN_CLAUSE_WORDS:
        kinds.add("deletion")
    return kinds


def body_change(before: str, after: str) -> BodyChange:
    """The sentences that differ. One that only moved to another place differs in nothing."""
    old, new = sentences(before), sentences(after)
    deleted, added = list((Counter(old) - Counter(new)).elements()), list((Counter(new) - Counter(old)).elements())
    pairs = sorted(((likeness(a, b), i, j) for i, a in enumerate(deleted) for j, b in enumerate(added)), key=lambda found: (-found[0], found[1:]))
    edited: dict[int, int] = {}
    for like, i, j in pairs:
        if like >= MIN_LIKE and i not in edited and j not in edited.values():
            edited[i] = j
    return BodyChange(
        [text for j, text in enumerate(added) if j not in edited.values()], [text for i, text in enumerate(deleted) if i not in edited],
        [(deleted[i], added[j]) for i, j in sorted(edited.items())],
    )


def sentences(text: str) -> list[str]:
    return [" ".join(part.split()) for part in SENTENCE_END.split(unicodedata.normalize("NFC", text)) if part and part.strip()]


def words(text: str) -> list[str]:
    return WORD.findall(text)


def likeness(one: str, other: str) -> float:
    """Share of words that two sentences have in common; of characters for Burmese, which has few spaces."""
    parts = [list(text) if re.search("[\u1000-\u109f]", text) else words(text.lower()) for text in (one, other)]
    return 2 * (Counter(parts[0]) & Counter(parts[1])).total() / max(1, len(parts[0]) + len(parts[1]))


def differing(one: list[str], other: list[str]) -> list[int]:
    """Places of the words of the first list that are not matched in the second."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    matched = {place for block in blocks for place in range(block.a, block.a + block.size)}
    return [place for place in range(len(one)) if place not in matched]


def numbers_in(text: str) -> Counter[str]:
    """Numbers in digits of any script and in English words."""
    found: Counter[str] = Counter(ascii_digits(number) for number in BURMESE_NUMBER.findall(text))
    for word in re.split(r"[-\s]+", " ".join(words(BURMESE_NUMBER.sub(" ", text)))):
        if word[:1].isdigit():
            found[ascii_digits(word)] += 1
        elif number := NUMBER_WORDS.get(word.lower()):
            found[number] += 1
    return found


def ascii_digits(number: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in number if c != ",")


def places_in(text: str, places: frozenset[str]) -> set[str]:
    """The names of places that the text holds, the longest ones where one is part of another."""
    found: set[str] = set()
    if not places:
        return found
    parts = [word.removesuffix("'s").removesuffix("’s") for word in words(text)]
    taken: set[int] = set()
    for size in range(MAX_NAME_WORDS, 0, -1):
        for start in range(len(parts) - size + 1):
            name = " ".join(parts[start:start + size])
            if name in places and not taken & set(range(start, start + size)):
                found.add(name)
                taken |= set(range(start, start + size))
    return found | set(burmese_places(text, places))


def burmese_places(text: str, places: frozenset[str]) -> Iterator[str]:
    if not re.search("[\u1000-\u109f]", text):
        return
    for name in places:
        if len(name) >= MIN_BURMESE_NAME and "\u1000" <= name[0] <= "\u109f" and name in text:
            yield name


def is_attributed(text: list[str], changed: list[int]) -> bool:
    """Whether a changed word, figures aside, is or stands near a word of saying: who says it is told otherwise."""
    cues = [place for place, word in enumerate(text) if CUE.fullmatch(word.lower()) or BURMESE_CUE.search(word)]
    said = [place for place in changed if not text[place][:1].isdigit() and text[place].lower() not in NUMBER_WORDS]
    return any(abs(place - cue) <= NEAR_CUE_WORDS for place in said for cue in cues)
