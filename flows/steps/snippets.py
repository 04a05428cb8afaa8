"""The piece of a text that shows why it was found, and where in it the words stand that were asked for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.steps.search_words import Word, searchable, words_of

SNIPPET_CHARS = 220  # about two lines and a half of a terminal


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the places in it that were found: code points, half open, in order, apart from each other."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Finder:
    """Finds the words of a query in texts. Each of `required` is a list of alternatives; `stem` gives a word as the index holds it."""

    def __init__(self, required: Iterable[Iterable[Sequence[str]]], stem: Callable[[str], str]) -> None:
        self.stem = stem
        self.kinds = 0
        self.by_first: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for alternatives in required:
            for sequence in alternatives:
                stemmed = tuple(map(stem, sequence))
                self.by_first.setdefault(stemmed[0], []).append((self.kinds, stemmed))
            self.kinds += 1

    def places(self, words: Iterable[str]) -> list[Place]:
        """Every place where something stands that was asked for, in order."""
        stems = list(map(self.stem, words))
        return [
            Place(at, at + len(sequence), kind)
            for at, stem in enumerate(stems) if stem in self.by_first
            for kind, sequence in self.by_first[stem] if tuple(stems[at:at + len(sequence)]) == sequence
        ]

    def marked(self, text: str) -> Marked:
        """The whole text."""
        words = words_of(text)
        return Marked(text, marks_of(words, self.places(word.text for word in words)))

    def snippet(self, texts: Iterable[str], chars: int = SNIPPET_CHARS) -> Marked:
        """A piece of the text that holds most of what was asked for, the first such text and the first such place in it; its beginning if none."""
        best: tuple[int, str, int] = (-1, "", 0)
        for text in texts:
            for start, paragraph in paragraphs_of(text):
                kinds = len({place.kind for place in self.places(searchable(paragraph).split())})
                if kinds > best[0]:
                    best = (kinds, text, start)
                if kinds == self.kinds:
                    return self.best_window(text, start, chars)
        return self.best_window(best[1], best[2], chars)

    def best_window(self, text: str, start: int, chars: int) -> Marked:
        """The best window of the paragraph that begins at `start`; what follows it fills the room that is left."""
        end = text.find("\n", start)
        region = text[start:(len(text) if end < 0 else end) + chars]
        words = words_of(region)
        places = self.places(word.text for word in words)
        best, chosen = 0, 0
        for number, place in enumerate(places):
            limit = words[place.first].start + chars * 3 // 4
            kinds = {each.kind for each in places[number:] if words[each.end - 1].end <= limit}
            if len(kinds) > best:
                best, chosen = len(kinds), place.first
        return window(region, words, places, chosen, chars, goes_on=start + len(region) < len(text))


@dataclass(frozen=True, slots=True)
class Place:
    """Words that stand where something was found: the first, the one after the last, and which of the things asked for it is."""

    first: int
    end: int
    kind: int


def paragraphs_of(text: str) -> Iterator[tuple[int, str]]:
    """(where it begins, paragraph) of those that are not empty."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def marks_of(words: list[Word], places: list[Place]) -> tuple[tuple[int, int], ...]:
    """The places as offsets into the text, those that touch or overlap made one."""
    marks: list[tuple[int, int]] = []
    for place in places:
        start, stop = words[place.first].start, words[place.end - 1].end
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(stop, marks[-1][1]))
        else:
            marks.append((start, stop))
    return tuple(marks)


def window(text: str, words: list[Word], places: list[Place], at: int, chars: int, *, goes_on: bool) -> Marked:
    """The text around the word `at`, cut between words, with what was cut off shown by dots; line breaks become spaces."""
    if not words:
        return Marked(text[:chars])
    first = at
    # A quarter goes before the place, so that its sentence can be understood.
    while first and words[at].start - words[first - 1].start <= chars // 4:
        first -= 1
    last = at
    while last + 1 < len(words) and words[last + 1].end - words[first].start <= chars:
        last += 1
    start = words[first].start if first else 0
    is_whole = last + 1 == len(words) and not goes_on
    end = len(text) if is_whole else words[last].end
    before = "… " if first else ""
    shift = len(before) - start
    inside = [place for place in places if first <= place.first and place.end <= last + 1]
    marks = tuple((mark_start + shift, mark_end + shift) for mark_start, mark_end in marks_of(words, inside))
    return Marked(before + text[start:end].replace("\n", " ") + ("" if is_whole else " …"), marks)
