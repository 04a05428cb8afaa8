"""What copies of a text are recognised by: normalised tokens, fingerprints of their shingles, and the comparison of two whole texts."""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from warehouse.records import Likeness, Sketch

INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
MYANMAR = "\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"
HAS_MYANMAR = re.compile(f"[{MYANMAR}]")
# Spaces in Burmese are put in freely by each copyist, so they are no boundary.
SPACE_IN_MYANMAR = re.compile(rf"(?<=[{MYANMAR}])\s+(?=[{MYANMAR}])")
# A run of Myanmar script, one character of a script without spaces, or a word with its marks (\w alone splits at vowel signs).
RUN = re.compile(rf"[{MYANMAR}]+|[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_][\w\u0300-\u036f]*")
# The same where all is ASCII, in a third of the time.
ASCII_WORD = re.compile(r"[a-z0-9]\w*", re.ASCII)
# A syllable begins at a consonant that carries no asat or stacking sign and is not stacked under another, at an independent vowel, or at a digit.
CONSONANT = r"[\u1000-\u1021\u103f\u105a-\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081]"
SYLLABLE = re.compile(rf"(?<!\u1039)(?={CONSONANT}(?![\u103a\u1039]))|(?=[\u1023-\u102a\u1040-\u1049])")
# What Burmese is typed as differs from desk to desk and from converter to converter. For comparison only, one spelling stands for all:
# a zero, four or seven among letters is the letter that looks like it (so is a Shan one), "ဦ" is typed in two pieces too, and signs
# stand in any order.
ZERO_FOR_LETTER = re.compile("(?<![\u1040-\u1049.,])\u1040(?![\u1040-\u1049.,])|\u1040(?=[\u102b-\u103e])")
SEVEN_FOR_LETTER = re.compile("\u1047(?=[\u102b-\u103e])")
OTHER_SPELLINGS = (
    (ZERO_FOR_LETTER, "\u101d"), (SEVEN_FOR_LETTER, "\u101b"), (re.compile("[\u1025\u1009]\u102e"), "\u1026"),
    (re.compile("\u1044(?=\u1004\u103a\u1038)"), "\u104e"), (re.compile("\u1039\u1091"), "\u1039\u100d"),
)
# Without asat and virama, which belong to the consonant before them.
SIGNS = re.compile("[\u102b-\u1038\u103b-\u103e]{2,}")
SIGNS_FIRST = {sign: place for place, sign in enumerate("\u103b\u103c\u103d\u103e\u1031")}
PUNCTUATION = re.compile(r"[\u104a-\u104f]")
NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
# Days as tokens name them: in English a weekday, or a day with its month; in Burmese, written without spaces, a weekday, or the day of a month.
WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
DATE = re.compile(rf"\b([0-3]?\d)(?:st|nd|rd|th)? (?:of )?({MONTH})\b|\b({MONTH}) ([0-3]?\d)(?:st|nd|rd|th)?\b")
MYANMAR_WEEKDAY = re.compile("(?:တနင်္လာ|အင်္ဂါ|ဗုဒ္ဓဟူး|ကြာသပတေး|သောကြာ|တနင်္ဂနွေ|စနေ)(?=နေ့)")
MYANMAR_DATE = re.compile("(?:လ|ရီ|မတ်|ပြီ|မေ|ဇွန်|လိုင်|ဂုတ်|ဘာ)([၀-၉]{1,2})ရက်|(?<![၀-၉])([၀-၉]{1,2})ရက်နေ့")

# Raise when tokens, shingles, hash or scale change: stored sketches of another version are built anew.
SKETCH_VERSION = 1
SHINGLE_TOKENS = 5
MIN_TOKENS = 25  # less says too little; measured on news wires
MAX_FINGERPRINTS = 80  # of an article, about; 4 bytes each. With 48 the cut copies of a short story in a long one begin to be missed
FINGERPRINT_BITS = 32  # of the 64 of a shingle's hash, the upper ones; a chance hit only costs one comparison

# When are two texts one? Set on half of Reuters-21578 and on planted edits; neighbouring values move F1 by less than .01.
MIN_CONTAINMENT = 0.6  # of the shorter text's shingles, found in the longer one
MIN_FIGURES = 0.75  # of the shorter text's figures, found in the longer one: a template filled in again is other news
# Where every seventh word is a figure (rates, results, share prices) the figures are the text.
DENSE_FIGURES, MIN_FIGURES_DENSE = 0.15, 0.95
# A text with every seventh word changed keeps few shingles, but the order of its words and its figures.
MIN_IN_ORDER, MIN_IN_ORDER_TOKENS, MIN_IN_ORDER_CONTAINMENT, MIN_IN_ORDER_FIGURES = 0.8, 80, 0.25, 0.9
MAX_TOKENS_A_DAY = 200  # a text with fewer tokens for each day that only it names is about these days; judgement, not measurement
MAX_FIGURES_OF_A_FOOTER = 6  # a date, a time, a telephone number
MIN_NEAR_RATIO = 0.75  # of the sizes; a text that lacks more than a quarter of the other one is an excerpt

_LANE_BYTES = 16  # a 64-bit hash and room for its products
_MULTIPLIERS = (1, 0x2C9277B5, 0x3C6EF373, 0x1B873593, 0x27D4EB2F)  # odd, below 2**30: one for each place in a shingle


class TokenLanes(dict[str, bytes]):
    """{token: its 64-bit hash in a lane of 16 bytes}, filled as asked for. BLAKE2b, so that it is the same on every machine."""

    def __missing__(self, token: str) -> bytes:
        if len(self) > 300_000:  # some 50 MB; names and typing errors never end
            self.clear()
        lane = self[token] = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest() + bytes(8)
        return lane


_LANES = TokenLanes()


@dataclass(frozen=True, slots=True)
class TextKey:
    """What exact copies share, and by what near ones are found. `text_sha256` is over the tokens; `token_count` says how much that means."""

    text_sha256: str
    token_count: int
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Shingled:
    """A text made ready to be compared with others."""

    tokens: list[str]
    shingles: set[int]
    figures: Counter[str]
    weekdays: frozenset[str]
    dates: frozenset[str]


def tokens(text: str) -> list[str]:
    """Words in lower case; syllables for Burmese and its sister scripts, characters for other scripts without spaces; no punctuation.

    >>> tokens("The AA, he said, took Ann.")
    ['the', 'aa', 'he', 'said', 'took', 'ann']
    >>> tokens("မြောက်ဦး မြို့")
    ['မြောက်', 'ဦး', 'မြို့']
    """
    return tokens_of(as_compared(text))


def as_compared(text: str) -> str:
    """The text in lower case, in one of the ways in which it can be typed."""
    if text.isascii():
        return text.lower()
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text)).casefold()
    return one_spelling(text) if HAS_MYANMAR.search(text) else text


def tokens_of(text: str) -> list[str]:
    """The tokens of a text as it is compared."""
    if text.isascii():
        return ASCII_WORD.findall(text)
    if not HAS_MYANMAR.search(text):
        return RUN.findall(text)
    text = SPACE_IN_MYANMAR.sub("", PUNCTUATION.sub(" ", text))
    found: list[str] = []
    for run in RUN.findall(text):
        found += [part for part in SYLLABLE.split(run) if part] if "\u1000" <= run[0] <= "\uaa7f" else [run]
    return found


def one_spelling(text: str) -> str:
    """The text as it is compared: Burmese in one of the ways in which the same word is typed.

    >>> one_spelling("၀န် ဉီး ၂၀") == "ဝန် ဦး ၂၀"
    True
    """
    for pattern, spelling in OTHER_SPELLINGS:
        text = pattern.sub(spelling, text)
    return SIGNS.sub(lambda signs: signs_in_order(signs[0]), text)


@lru_cache(maxsize=10_000)  # there are some hundreds, and they stand in every word
def signs_in_order(signs: str) -> str:
    return "".join(sorted(signs, key=lambda sign: (SIGNS_FIRST.get(sign, 5), sign)))


def shingle_hashes(found: list[str]) -> set[int]:
    """A 64-bit hash of every run of five tokens; empty for fewer tokens. Stable: sketches are stored.

    The hash is the sum, modulo 2**64, of the hashes of the five tokens, each times the multiplier of its place. All sums are made at once, as
    one long number with a lane for each token: ten times faster than one by one.
    """
    count = len(found) - SHINGLE_TOKENS + 1
    if count <= 0:
        return set()
    lanes = int.from_bytes(b"".join(map(_LANES.__getitem__, found)), "little")
    sums = sum((lanes >> (8 * _LANE_BYTES * place)) * multiplier for place, multiplier in enumerate(_MULTIPLIERS))
    packed = sums.to_bytes((len(found) + 1) * _LANE_BYTES, "little")
    return set(struct.unpack_from(f"<{2 * count}Q", packed)[::2])


def sketch_of(found: list[str]) -> Sketch:
    """The fingerprints of a text: of every 2**scale-th shingle, chosen by its hash alone, so that equal shingles are kept in every text."""
    if len(found) < MIN_TOKENS:
        return Sketch(SKETCH_VERSION, 0, 0, ())
    hashes = shingle_hashes(found)
    scale = max(0, (len(hashes) - 1) // MAX_FINGERPRINTS).bit_length()
    limit = 1 << (64 - scale)
    shift = 64 - FINGERPRINT_BITS
    return Sketch(SKETCH_VERSION, len(hashes), scale, tuple(sorted({each >> shift for each in hashes if each < limit})))


def text_key(text: str) -> TextKey:
    """The key of a body. Equal hashes mean the same words in the same order."""
    found = tokens(text)
    return TextKey(hashlib.sha256(" ".join(found).encode()).hexdigest(), len(found), sketch_of(found))


def figures_of(text: str) -> Counter[str]:
    """The numbers that a text, as it is compared, writes in digits, each as often as it stands there; Burmese digits count as the others,
    thousands are not parted.

    >>> sorted(figures_of(as_compared("On 3 May 1,200 baskets; ၃ ရက်")))
    ['1200', '3']
    """
    written = NUMBER.findall(text)
    return Counter("".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in number if c != ",") for number in written)


def days_of(found: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The weekdays and the days of months that a text names.

    >>> days_of(tokens("On Monday, April 12th"))
    (frozenset({'monday'}), frozenset({'12 apr'}))
    """
    written = " ".join(found)
    weekdays = set(WEEKDAY.findall(written))
    dates = {f"{int(day or day_after)} {(month or month_before)[:3]}" for day, month, month_before, day_after in DATE.findall(written)}
    if HAS_MYANMAR.search(written):
        together = written.replace(" ", "")
        weekdays |= set(MYANMAR_WEEKDAY.findall(together))
        dates |= {str(int(one or other)) for one, other in MYANMAR_DATE.findall(together)}
    return frozenset(weekdays), frozenset(dates)


def shingled(text: str) -> Shingled:
    compared = as_compared(text)
    found = tokens_of(compared)
    return Shingled(found, shingle_hashes(found), figures_of(compared), *days_of(found))


def likeness(one: Shingled, other: Shingled) -> Likeness | None:
    """How two texts are one and the same, or None where they are not. The answer for (a, b) mirrors that for (b, a).

    Either most shingles of the shorter text stand in the longer one, or nearly all its words do in the same order; and its figures stand there too.
    """
    if min(len(one.tokens), len(other.tokens)) < MIN_TOKENS:
        return None
    shared = len(one.shingles & other.shingles)
    share, share_of_other = shared / len(one.shingles), shared / len(other.shingles)
    short, long = (one, other) if size(one) <= size(other) else (other, one)
    figures, density = figures_kept(short, long), short.figures.total() / len(short.tokens)
    containment = max(share, share_of_other)
    if not (is_contained(containment, figures, density) or is_reworded(short, long, containment, figures, density)):
        return None
    near = len(short.shingles) >= MIN_NEAR_RATIO * len(long.shingles)
    if is_of_another_day(short, long) or (near and has_figures_of_its_own(short, long)):
        return None
    return Likeness("near" if near else "excerpt", containment, share, share_of_other, figures)


def size(text: Shingled) -> tuple[int, int, list[str]]:
    """Orders texts by length; by their words where that is the same, never by who came first."""
    return len(text.shingles), len(text.tokens), text.tokens


def figures_kept(short: Shingled, long: Shingled) -> float:
    """Share of the shorter text's figures that stand in the longer one; 1.0 where it has none."""
    return (short.figures & long.figures).total() / short.figures.total() if short.figures else 1.0


def has_figures_of_its_own(short: Shingled, long: Shingled) -> bool:
    """Whether most figures of the longer of two texts of about one size, and too many for a footer, are not in the shorter one."""
    own = (long.figures - short.figures).total()
    return own > MAX_FIGURES_OF_A_FOOTER and own > long.figures.total() / 2


def is_of_another_day(one: Shingled, other: Shingled) -> bool:
    """Whether each of two texts names a weekday, or a date, that the other does not: the weather of two days is other news.

    A follow-up that names one more day, or a copy that says "3 March" for "Monday", lacks nothing on its own side. In a long text one day is a
    dateline, which every copyist writes anew.
    """
    kinds = ((one.weekdays, other.weekdays), (one.dates, other.dates))
    own = max(min(len(mine - theirs), len(theirs - mine)) for mine, theirs in kinds)
    return own * MAX_TOKENS_A_DAY >= min(len(one.tokens), len(other.tokens))


def is_contained(containment: float, figures: float, density: float) -> bool:
    return containment >= MIN_CONTAINMENT and figures >= (MIN_FIGURES if density < DENSE_FIGURES else MIN_FIGURES_DENSE)


def is_reworded(short: Shingled, long: Shingled, containment: float, figures: float, density: float) -> bool:
    if containment < MIN_IN_ORDER_CONTAINMENT or figures < MIN_IN_ORDER_FIGURES or density >= DENSE_FIGURES:
        return False
    return len(short.tokens) >= MIN_IN_ORDER_TOKENS and in_order(short.tokens, long.tokens) >= MIN_IN_ORDER * len(short.tokens)


def in_order(short: list[str], long: list[str]) -> int:
    """Length of the longest common subsequence, by bits of one long number (Hyyrö 2004): 0.1 ms for two texts of 400 words."""
    places: dict[str, int] = {}
    for place, token in enumerate(short):
        places[token] = places.get(token, 0) | 1 << place
    every = left = (1 << len(short)) - 1
    for token in long:
        if found := places.get(token):
            hit = left & found
            left = ((left + hit) | (left - hit)) & every
    return len(short) - left.bit_count()
