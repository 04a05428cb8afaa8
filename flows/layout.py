"""Text for a terminal: wrapped by what it takes up on the screen, Burmese between syllables, and nothing in it that could steer the terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from flows.report import printable
from flows.steps.copies import SYLLABLE

LABEL_COLUMNS = 14
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


def counted(number: int, noun: str) -> str:
    """1 article, 2 articles."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
