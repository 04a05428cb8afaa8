"""Normalised tokens of a text: what copies are recognised by, whatever their spacing, quotation marks and capitals."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
MYANMAR = "\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"
# Spaces in Burmese are put in freely by each copyist, so they are no boundary.
SPACE_IN_MYANMAR = re.compile(rf"(?<=[{MYANMAR}])\s+(?=[{MYANMAR}])")
# A run of Myanmar script, one character of a script without spaces, or a word with its marks (\w alone splits at vowel signs).
RUN = re.compile(rf"[{MYANMAR}]+|[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_][\w\u0300-\u036f]*")
# A syllable begins at a consonant that carries no asat or stacking sign and is not stacked under another, at an independent vowel, or at a digit.
CONSONANT = r"[\u1000-\u1021\u103f\u105a-\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081]"
SYLLABLE = re.compile(rf"(?<!\u1039)(?={CONSONANT}(?![\u103a\u1039]))|(?=[\u1023-\u102a\u1040-\u1049])")
PUNCTUATION = re.compile(r"[\u104a-\u104f]")


@dataclass(frozen=True, slots=True)
class TextKey:
    """What exact copies share. `text_sha256` is over the tokens; `token_count` says how much that means."""

    text_sha256: str
    token_count: int


def tokens(text: str) -> list[str]:
    """Words in lower case; syllables for Burmese and its sister scripts, characters for other scripts without spaces; no punctuation.

    >>> tokens("The AA, he said, took Ann.")
    ['the', 'aa', 'he', 'said', 'took', 'ann']
    >>> tokens("မြောက်ဦး မြို့")
    ['မြောက်', 'ဦး', 'မြို့']
    """
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text)).casefold()
    text = SPACE_IN_MYANMAR.sub("", PUNCTUATION.sub(" ", text))
    found: list[str] = []
    for run in RUN.findall(text):
        found += [part for part in SYLLABLE.split(run) if part] if "\u1000" <= run[0] <= "\uaa7f" else [run]
    return found


def text_key(text: str) -> TextKey:
    """The key of a body. Equal keys mean the same words in the same order."""
    found = tokens(text)
    return TextKey(hashlib.sha256(" ".join(found).encode()).hexdigest(), len(found))
