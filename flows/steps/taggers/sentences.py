"""Sentences of a text, as offsets."""

from __future__ import annotations

import re

# A full stop after one of these ends no sentence.
ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "gen",
        "col",
        "lt",
        "maj",
        "capt",
        "sgt",
        "brig",
        "prof",
        "no",
        "st",
        "jr",
        "sr",
        "vs",
        "sen",
        "rep",
        "gov",
        "rev",
        "u.s",
        "u.n",
        "u.k",
        "a.m",
        "p.m",
        "e.g",
        "i.e",
        "etc",
        "inc",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "approx",
    ]
)
# One set of first signs, which the engine looks for fast. Of a run of marks only the first is tried: from each of 200,000
# full stops to the last would take for ever.
END = re.compile("[.!?\n။](?:(?<=\n)\n*|(?<=။)|(?<=[.!?])(?<![.!?].)[.!?]*[\"”’')\\]]*(?=\\s))")
# Prose has no longer sentences; what a page runs together is cut at a blank, so that no pattern sees more at once.
LONGEST_CHARS = 1200


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, blanks trimmed; a line end always ends a sentence."""
    out: list[tuple[int, int]] = []
    start = 0
    for match in END.finditer(text):
        if text[match.start()] == "." and not ends_sentence(text, match):
            continue
        add(out, text, start, match.end())
        start = match.end()
    add(out, text, start, len(text))
    return out


def ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether a match of END that begins with a full stop ends a sentence."""
    start, end = match.span()
    last = last_word(text, start)
    following = text[end : end + 2].strip()
    if end - start == 1 and ((low := last.lower()) in ABBREVIATIONS or (len(last) == 1 and last.isupper() and last != "U")):
        # "at 3 p.m. The shells" begins a new sentence all the same.
        return low in ("a.m", "p.m", "etc") and following.isupper()
    return not following[:1].islower()


def last_word(text: str, end: int) -> str:
    """The letters, digits and full stops right before the position, at most 20."""
    before = text[max(0, end - 20) : end]
    # A blank ends nearly every word, so the letters are looked at one by one only in what is left.
    word = before[before.rfind(" ") + 1 :]
    if word.isalpha():
        return word
    start = len(word)
    while start and (word[start - 1].isalnum() or word[start - 1] in "._"):
        start -= 1
    return word[start:]


def add(out: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST_CHARS:
        blank = text.rfind(" ", start + 1, start + LONGEST_CHARS)
        cut = blank if blank > 0 else start + LONGEST_CHARS
        out.append((start, cut))
        start = cut + 1 if blank > 0 else cut
    if start < end:
        out.append((start, end))
