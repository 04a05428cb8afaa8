"""What a new version changed, as pieces that stayed, went and came. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from warehouse.version_changes import BodyChange, body_change, sentences

PIECE = re.compile(r"\s+|[\w’'-]+|[^\w\s]")
PAIRS_MAX = 2500  # pairs of sentences that are compared; a text written anew is told as such
STAYED_MIN = 0.4  # share of the longer text
CHANGES_MAX = 12  # sentences shown of one change


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: `same`, `gone` or `come`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field or sentence before and after. `what` is headline, description, sentence, sentence added or sentence removed."""

    what: str
    pieces: tuple[Piece, ...]


def pieces_between(before: str, after: str) -> tuple[Piece, ...]:
    """The words of both texts in reading order: what went stands before what came in its place. A text of which little stayed is told whole."""
    old, new = PIECE.findall(before), PIECE.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stayed = sum(len("".join(old[block.a:block.a + block.size]).strip()) for block in matcher.get_matching_blocks())
    if before and after and stayed < STAYED_MIN * max(len(before), len(after)):
        return Piece("gone", before), Piece("come", after)
    found: list[Piece] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        texts = ("same", "".join(old[i1:i2])), ("gone", "".join(old[i1:i2])), ("come", "".join(new[j1:j2]))
        found += [Piece(*texts[0])] if kind == "equal" else [Piece(*each) for each in texts[1:] if each[1]]
    return tuple(joined(found))


def joined(pieces: list[Piece]) -> list[Piece]:
    """Changes that only a blank keeps apart made one: "three men" to "five women" and not word by word."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        end = at
        while end < len(pieces) and (pieces[end].kind != "same" or (end > at and not pieces[end].text.strip() and end + 1 < len(pieces))):
            end += 1
        if end == at:
            found.append(pieces[at])
            at += 1
            continue
        gone, come = ("".join(each.text for each in pieces[at:end] if each.kind in ("same", kind)) for kind in ("gone", "come"))
        found += [Piece(kind, text) for kind, text in (("gone", gone), ("come", come)) if text.strip()]
        at = end
    return found


def differences(before: dict[str, str | None], after: dict[str, str | None]) -> tuple[list[Difference], int]:
    """(what differs, at most CHANGES_MAX sentences of the body, and how many more there are)."""
    found = [
        Difference(field, pieces_between(before[field] or "", after[field] or ""))
        for field in ("headline", "description") if (before[field] or "").split() != (after[field] or "").split()
    ]
    body = list(of_body(change_of(before["body"] or "", after["body"] or "")))
    return found + body[:CHANGES_MAX], max(0, len(body) - CHANGES_MAX)


def change_of(before: str, after: str) -> BodyChange:
    """As body_change, without looking for pairs where most of a long text is new."""
    old, new = sentences(before), sentences(after)
    gone, come = list((Counter(old) - Counter(new)).elements()), list((Counter(new) - Counter(old)).elements())
    return BodyChange(come, gone, []) if len(gone) * len(come) > PAIRS_MAX else body_change(before, after)


def of_body(change: BodyChange) -> list[Difference]:
    return [
        *(Difference("sentence", pieces_between(old, new)) for old, new in change.edited),
        *(Difference("sentence removed", (Piece("gone", text),)) for text in change.deleted),
        *(Difference("sentence added", (Piece("come", text),)) for text in change.added),
    ]
