"""Text for a terminal: wrapped by what it takes up on the screen, Burmese between syllables, and nothing in it that could steer the terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise, takewhile

from flows.report import printable
from flows.steps.copies import SYLLABLE

LABEL_COLUMNS = 14
SHOWN_CHARS_MAX = 300  # of a line that changes
ALIKE_CHARS_MAX = 60  # of what comes before a change in its line
# What a line may break before: a syllable of Burmese and its sister scripts, or a character of a script without spaces.
BREAK = re.compile(rf"{SYLLABLE.pattern}|(?=[\u0e01-\u0e2e\u1780-\u17a2\u3040-\u30ff\u3400-\u9fff])")


def columns_of(text: str) -> int:
    """How many columns the text takes up at most: signs above and below a letter take none, those beside it take one in most terminals."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text) + sum(unicodedata.category(sign) == "Mc" and not cell_len(sign) for sign in text)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most `width` columns, each after the first (and that too) with the indent. Words break only where they do not fit a line."""
    lines, line, room = list[str](), "", max(20, width - len(indent))
    for piece, joint in pieces(printable(text), room):
        if line and columns_of(line) + len(joint) + columns_of(piece) > room:
            lines.append(line)
            line = piece
        else:
            line = f"{line}{joint}{piece}" if line else piece
    return [f"{indent}{each}" for each in [*lines, line] if each]


def pieces(text: str, room: int) -> Iterator[tuple[str, str]]:
    """(piece, what stands before it): words, and of words that are longer than a line their parts."""
    for word in text.split():
        joint = " "
        # Burmese words are phrases: they break anywhere between syllables, so that lines are of one length.
        parts = parts_of(word, room) if columns_of(word) > room or BREAK.search(word, 1) else [word]
        for part in parts:
            yield part, joint
            joint = ""


def parts_of(word: str, room: int) -> list[str]:
    cuts = sorted({match.start() for match in BREAK.finditer(word) if match.start()} | {0, len(word)})
    parts = [word[start:end] for start, end in pairwise(cuts)]
    # What has no place to break, such as a long address, is cut.
    return [part[at:at + room] for part in parts for at in range(0, len(part), room)]


def labelled(label: str, text: str, width: int) -> list[str]:
    """A label and its text beside it, further lines under the text."""
    lines = wrapped(text, width, " " * LABEL_COLUMNS)
    return [label.ljust(LABEL_COLUMNS) + lines[0].lstrip(), *lines[1:]] if lines else []


def unbroken(label: str, address: str) -> str:
    """A label and an address, however long: one that is cut cannot be followed."""
    return label.ljust(LABEL_COLUMNS) + printable(address)


def moment(value: datetime) -> str:
    """2026-03-02 18:35 UTC"""
    return f"{value:%Y-%m-%d %H:%M} UTC"


def counted(number: int, noun: str, plural: str = "") -> str:
    """1 article, 2 articles; 1 batch, 2 batches."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def differing(before: str | None, after: str | None) -> list[str]:
    """The lines that only one of two texts has, after "- " or "+ ". Of a line that changes late, the part that stays is cut short."""
    old, new = ([printable(line) for line in (text or "").splitlines()] for text in (before, after))
    told = ["- (none)"] if before is None else []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            alike = alike_at_first(old[i1], new[j1]) if (i2 - i1, j2 - j1) == (1, 1) else 0
            told += [f"- {excerpt(line, alike)}" for line in old[i1:i2]] + [f"+ {excerpt(line, alike)}" for line in new[j1:j2]]
    return [*told, "+ (none)"] if after is None else told


def alike_at_first(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def excerpt(line: str, alike: int) -> str:
    """The line from shortly before the character where it begins to differ."""
    start = max(0, alike - ALIKE_CHARS_MAX)
    rest = line[start:]
    cut = f"{rest[:SHOWN_CHARS_MAX]}... ({len(rest):,} characters)" if len(rest) > SHOWN_CHARS_MAX else rest
    return f"...{cut}" if start else cut
