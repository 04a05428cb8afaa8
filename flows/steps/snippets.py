"""The piece of a text that shows why it was found, and where in it the words stand that were asked for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flows.steps.search_words import BREAK, Word, words_of

SNIPPET_CHARS = 220  # about two lines and a half of a terminal


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the places in it that were found: code points, half open, in order, apart from each other."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Finder:
    """Finds the words of a query in texts. `stem` gives a word as the index holds it."""

    def __init__(self, sequences: Iterable[Sequence[str]], stem: Callable[[str], str]) -> None:
        self.stem = stem
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for sequence in sequences:
            stemmed = tuple(stem(word) for word in sequence)
            self.by_first.setdefault(stemmed[0], []).append(stemmed)

    def places(self, words: list[Word]) -> list[tuple[int, int, tuple[str, ...]]]:
        """(first word, word after the last, the words that were looked for) of every place where they stand."""
        stems = [self.stem(word.text) for word in words]
        return [
            (at, at + len(sequence), sequence)
            for at, stem in enumerate(stems) for sequence in self.by_first.get(stem, ()) if tuple(stems[at:at + len(sequence)]) == sequence
        ]

    def marked(self, text: str) -> Marked:
        """The whole text."""
        words = words_of(text)
        return Marked(text, marks_of(words, self.places(words)))

    def snippet(self, texts: Iterable[str], chars: int = SNIPPET_CHARS) -> Marked:
        """A piece of the text that holds most of what was asked for, the first such text and the first such place in it; its beginning if none."""
        candidates = [self.best_window(text, chars) for text in texts if text.strip()]
        return max(candidates, key=lambda each: each[0])[1] if candidates else Marked("")

    def best_window(self, text: str, chars: int) -> tuple[int, Marked]:
        """(how many different things stand in it, the window)"""
        words = words_of(text)
        places = self.places(words)
        best, chosen = 0, (places[0][0] if places else 0)
        for number, (at, _, _) in enumerate(places):
            limit = words[at].start + chars * 3 // 4
            kinds = {sequence for first, end, sequence in places[number:] if words[first].start < limit and words[end - 1].end <= limit}
            if len(kinds) > best:
                best, chosen = len(kinds), at
        return best, window(text, words, places, chosen, chars)


def marks_of(words: list[Word], places: list[tuple[int, int, tuple[str, ...]]]) -> tuple[tuple[int, int], ...]:
    """The places as offsets into the text, those that touch or overlap made one."""
    marks: list[tuple[int, int]] = []
    for first, end, _ in places:
        start, stop = words[first].start, words[end - 1].end
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(stop, marks[-1][1]))
        else:
            marks.append((start, stop))
    return tuple(marks)


def window(text: str, words: list[Word], places: list[tuple[int, int, tuple[str, ...]]], at: int, chars: int) -> Marked:
    """The text around the word `at`, cut between words, with what was cut off shown by dots; line breaks become spaces."""
    if not words:
        return Marked(text[:chars])
    first = at
    # A quarter goes before the place, so that its sentence can be understood; no more than its paragraph.
    while first and words[first - 1].text != BREAK and words[at].start - words[first - 1].start <= chars // 4:
        first -= 1
    start = words[first].start if words[first - 1].text != BREAK or not first else words[first - 1].end
    last = first
    while last + 1 < len(words) and words[last + 1].end - start <= chars:
        last += 1
    end = words[last].end if last + 1 < len(words) else len(text)
    before, after = ("… " if start and first and words[first - 1].text != BREAK else ""), (" …" if end < len(text) else "")
    shift = len(before) - start
    piece = before + text[start:end].replace("\n", " ") + after
    inside = [place for place in places if words[place[0]].start >= start and words[place[1] - 1].end <= end]
    return Marked(piece, tuple((mark_start + shift, mark_end + shift) for mark_start, mark_end in marks_of(words, inside)))
