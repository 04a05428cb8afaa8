"""The words by which a text is found: the same for what is indexed and for what is asked, each with its place in the text. Pure.

English stays a word (its ending is cut off by the index), Burmese and its sister scripts are cut into syllables, scripts without spaces into
characters. Case, accents, apostrophes, hyphens, separators of thousands, invisible characters and the script of digits make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from flows.steps.copies import CONSONANT, HAS_MYANMAR, INVISIBLE, SEVEN_FOR_LETTER, SIGNS, ZERO_FOR_LETTER, signs_in_order

# Raise when a text gives other words than before: indexes of another version are built anew.
WORDS_VERSION = 1
# Stands between paragraphs and Burmese sentences, so that no phrase reaches from one into the next.
BREAK = "¶"

# Takes the place of a letter that a spelling in one piece needs less, so that places stay the same.
FILLER = "\u200b"
MYANMAR = FILLER + "\u1000-\u103f\u104c-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"  # without its digits and its two full stops
UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff"  # \w alone splits at vowel signs
LETTER_AFTER = "(?![A-Za-z\u00c0-\u024f])"
NUMBER = rf"(?<!\d[.,])(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?{LETTER_AFTER}(?![,.]?\d)|\d+\.\d+{LETTER_AFTER}(?!\.?\d))"
INITIALS = r"(?<![^\W_])[A-Za-z](?:\.[A-Za-z])+(?![^\W_])"  # U.S., K.I.A.
# As `copies.SYLLABLE`, and a final consonant may have its tone before its asat, as NFC has it.
SYLLABLE_START = rf"(?<!\u1039)(?={CONSONANT}(?!\u1037?[\u103a\u1039]))|(?=[\u1023-\u102a\u104c-\u104f])"
WORD = re.compile(
    rf"(?P<myanmar>[{MYANMAR}](?:(?!{SYLLABLE_START})[{MYANMAR}])*)|(?P<break>[\n\u104a\u104b]+)|(?P<initials>{INITIALS})|(?P<number>{NUMBER})"
    rf"|[{UNSPACED}]|(?![{MYANMAR}{UNSPACED}])[^\W_](?:(?![{MYANMAR}{UNSPACED}])[\w{MARKS}]|['’ʼ](?=[^\W_]))*"
)
ASCII_WORD = re.compile(rf"(?P<break>\n+)|(?P<initials>{INITIALS})|(?P<number>{NUMBER})|[a-zA-Z0-9](?:[\w]|'(?=[a-zA-Z0-9]))*", re.ASCII)
# The same words in small letters, as mere strings: what kind each is shows in its signs.
ASCII_WORD_FOUND = re.compile(re.sub(r"\(\?P<\w+>", "(?:", ASCII_WORD.pattern), re.ASCII)
# What stands between two signs of ASCII that are never within a word, and the breaks.
PIECES = re.compile(r"\n+|[^\x00-\x26\x28-\x2b\x2d\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]+")
# What editors set where a keyboard has nothing but ASCII; all of these but the apostrophe only stand between words.
TYPOGRAPHY = {"’": "'", **dict.fromkeys("‘“”–—…•\u00a0", " ")}
POSSESSIVE = re.compile("['’ʼ]s$")
APOSTROPHES = re.compile("['’ʼ]")
TWO_PIECE_U = re.compile("[\u1025\u1009]\u102e")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands: code points, half open."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text in NFC, in order.

    >>> [word.text for word in words_of("1,500 people fled Mrauk-U's villages")]
    ['1500', 'people', 'fled', 'mrauk', 'u', 'villages']
    >>> [word.text for word in words_of("မြောက်\u200bဦး မြို့ ၂၀")]
    ['မြောက်', 'ဦး', 'မြို့', '20']
    """
    if text.isascii():
        return [Word(folded_ascii(match), match.start(), match.end()) for match in ASCII_WORD.finditer(text)]
    kept = [place for place, sign in enumerate(text) if not INVISIBLE.match(sign)] if INVISIBLE.search(text) else None
    seen = "".join(text[place] for place in kept) if kept is not None else text
    found = [Word(folded(match), match.start(), match.end()) for match in WORD.finditer(same_length_spelling(seen))]
    if kept is None:
        return found
    return [Word(word.text, kept[word.start], kept[word.end - 1] + 1) for word in found]


def searchable(text: str) -> str:
    """The words of a text with spaces between them, for the index.

    >>> searchable("Mrauk-U မြောက်ဦး")
    'mrauk u မြောက် ဦး'
    """
    if not text.isascii():
        text = INVISIBLE.sub("", text)
        if HAS_MYANMAR.search(text):
            return " ".join(map(folded, WORD.finditer(same_length_spelling(text))))
        for sign, ascii_sign in TYPOGRAPHY.items():
            text = text.replace(sign, ascii_sign)
    # Nearly all pieces are words as they are.
    return " ".join([word for piece in PIECES.findall(text) if (word := piece.lower() if piece.isascii() and piece.isalnum() else words_in(piece))])


@lru_cache(maxsize=10_000)
def words_in(piece: str) -> str:
    """The words, with spaces between them, of a piece without Burmese; it may hold none."""
    if not piece.isascii():
        return " ".join(map(folded, WORD.finditer(piece)))
    piece = piece.lower()
    plain = piece.rstrip(".,")
    if plain.isalnum():
        return plain
    return " ".join([word if word.isalnum() else folded_signs(word) for word in ASCII_WORD_FOUND.findall(piece)])


def folded_signs(word: str) -> str:
    """As `folded_ascii` for a word in small letters that is more than letters and digits."""
    if word[0] == "\n":
        return BREAK
    if "." in word or "," in word:
        return word.replace(",", "") if word[0].isdigit() else word.replace(".", "")
    return word.removesuffix("'s").replace("'", "")


def folded_ascii(match: re.Match[str]) -> str:
    word = match[0]
    kind = match.lastgroup
    if kind == "break":
        return BREAK
    if kind == "number":
        return word.replace(",", "")
    word = word.lower()
    if kind == "initials":
        return word.replace(".", "")
    return word.removesuffix("'s").replace("'", "") if "'" in word else word


def folded(match: re.Match[str]) -> str:
    """One spelling for all in which the word is written."""
    word = match[0]
    if match.lastgroup == "myanmar":
        return word.replace(FILLER, "")
    if match.lastgroup == "break":
        return BREAK
    if word.isascii():
        return folded_ascii(match)
    if match.lastgroup == "number":
        return "".join(str(unicodedata.digit(sign, sign)) for sign in word.replace(",", ""))
    if word.isdigit():
        return "".join(str(unicodedata.digit(sign)) for sign in word)
    plain = APOSTROPHES.sub("", POSSESSIVE.sub("", word.casefold()))
    # Accents of Latin, Greek and Cyrillic letters; the vowel signs of other scripts are letters.
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", plain)))


def same_length_spelling(text: str) -> str:
    """Burmese in one of the ways in which the same word is typed, as `copies.one_spelling` has it, code point for code point."""
    if not HAS_MYANMAR.search(text):
        return text
    text = SEVEN_FOR_LETTER.sub("\u101b", ZERO_FOR_LETTER.sub("\u101d", text))
    text = TWO_PIECE_U.sub("\u1026" + FILLER, text)
    text = re.sub("\u1044(?=\u1004\u103a\u1038)", "\u104e", text).replace("\u1039\u1091", "\u1039\u100d")
    return SIGNS.sub(lambda signs: signs_in_order(signs[0]), text)
