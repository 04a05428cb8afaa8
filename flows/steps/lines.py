"""Small text helpers that every reading step shares: one-line text, and two ways to compare it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Zero-width marks, soft hyphens and byte-order marks: invisible, and copied into text by editors and share buttons.
# U+200C and U+200D stay: Indic scripts spell with them.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
# XML and DuckDB both refuse or mangle these.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSPACED = re.compile("[\u0e00-\u109f\u1780-\u17ff\u3040-\ud7ff\U00010000-\U0001ffff]")
_SPACE = re.compile(r"\s+")
_NOT_LETTER = re.compile(r"[\W_]+")
_ASCII_NOT_LETTER = bytes(code for code in range(128) if not chr(code).isalnum())
# Scripts that write with combining marks, which `\W` takes for punctuation.
_HAS_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u0590-\u1cff\u302a-\u309a\ua66f-\ua69f\ua802-\uabed\ufb1e\U00010000-\U0001ffff]")


def one_line(text: str | None) -> str:
    """The text in NFC on one line: single spaces, no control or invisible characters. Empty for None."""
    # What is printable holds neither control nor invisible characters: nearly all text, at a fifth of the cost.
    plain = " ".join((text or "").split())
    if plain.isprintable():
        return plain if plain.isascii() else unicodedata.normalize("NFC", plain)
    cleaned = _CONTROL.sub(" ", _INVISIBLE.sub("", text or ""))
    return unicodedata.normalize("NFC", _SPACE.sub(" ", cleaned).strip())


@lru_cache(maxsize=4096)  # the same lines are compared again and again while a page is read
def folded(text: str | None) -> str:
    """Letters, marks and digits only, lower case: equal for two spellings of one line that differ in quotes, dashes or spaces.

    Burmese vowel signs are marks, so such text is filtered by category.
    """
    text = one_line(text).casefold()
    if text.isascii():
        return text.encode().translate(None, _ASCII_NOT_LETTER).decode()
    if not _HAS_MARKS.search(text):
        return _NOT_LETTER.sub("", text)
    return "".join(character for character in text if unicodedata.category(character)[0] in "LMN")


def words(text: str | None) -> list[str]:
    """The words of a text in a space-separated script, lower case."""
    return re.findall(r"\w+", (text or "").casefold())


@lru_cache(maxsize=1024)  # the paragraphs of a text are counted by each who judges it
def word_count(text: str) -> int:
    """How many words a text has; scripts without spaces count one word per four letters (about a Burmese word)."""
    return len(text.split()) + (0 if text.isascii() else len(_UNSPACED.findall(text)) // 4)
