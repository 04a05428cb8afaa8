"""All words that the rules look for first, found in one pass over a text.

A pass for each list would find mostly what lies inside of words: 'man' in 'commander'. So every sign that is no letter and no digit is made a blank,
the words get a blank before them (and behind them), and one automaton looks for those of all lists.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any, ClassVar, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

# The place of the word in `payloads`, and where it begins; the third number is the automaton's own.
Hit = tuple[int, int, int]
WORD_OF_HIT = itemgetter(0)


class Sought(NamedTuple):
    """A string in folded letters; `head`: where a word begins; `whole`: and where it ends. A Burmese one is found wherever it stands."""

    text: str
    payload: Any  # what its list says of it
    head: bool = True
    whole: bool = True


class WordList:
    """The words that one module looks for. `read` gives them at the first use, as some stand in files.

    Without `exact` "so-far" is found for "so far" too, which saves a second look.
    """

    lists: ClassVar[list[WordList]] = []

    def __init__(self, read: Callable[[], Iterable[Sought]], *, exact: bool = True) -> None:
        self.read = read
        self.exact = exact
        self.number = len(self.lists)
        self.lists.append(self)

    def sorted(self) -> tuple[list[Sought], list[Sought], list[Sought]]:
        """(words that the automaton finds for sure, those that it finds but for their signs, Burmese ones)."""
        found: tuple[list[Sought], list[Sought], list[Sought]] = ([], [], [])
        for one in self.read():
            sure = not self.exact or (one.text.isalnum() and one.text.isascii())
            found[2 if BURMESE_BLOCK in blocks_of(one.text) else 0 if sure else 1].append(one)
        return found


class Finder(NamedTuple):
    """The automata; the words of a list lie together in `payloads` and `texts`, first the plain ones of all lists, then the Burmese ones."""

    plain: AhoCorasick
    burmese: AhoCorasick
    payloads: tuple[Any, ...]
    texts: tuple[str, ...]
    plain_count: int
    # Of each list: its first plain word, the first that must be compared, where they end; its first Burmese word, and where they end.
    blocks: tuple[tuple[int, int, int, int, int], ...]


class Spotted:
    """Where a folded text holds words of the lists."""

    __slots__ = ("burmese", "finder", "folded", "hits")

    def __init__(self, folded: str) -> None:
        self.finder = finder = finder_of(len(WordList.lists))
        self.folded = folded
        # Sorted by word, so that those of a list lie together without a look at each.
        self.hits: list[Hit] = sorted(finder.plain.find_matches_as_indexes(plain_text(folded), overlapping=True), key=WORD_OF_HIT)
        self.burmese: list[Hit] = []
        if not folded.isascii():
            # The automaton saw blanks for the letters of other scripts.
            ends = folded + " "  # also what stands before its first character
            self.hits = [hit for hit in self.hits if (ends[hit[1] - 1] < "\x80" and ends[hit[2] - 2] < "\x80") or stands_apart(ends, hit)]
            if BURMESE_BLOCK in blocks_of(folded):
                found = finder.burmese.find_matches_as_indexes(folded, overlapping=True)
                self.burmese = sorted((index + finder.plain_count, start, end) for index, start, end in found)

    def of(self, words: WordList) -> list[Hit]:
        """What was found of a list, word by word."""
        first, compared, end, burmese, burmese_end = self.finder.blocks[words.number]
        middle = bisect_left(self.hits, compared, key=WORD_OF_HIT)
        found = self.hits[bisect_left(self.hits, first, 0, middle, key=WORD_OF_HIT) : middle]
        if compared < end:
            texts, folded = self.finder.texts, self.folded
            last = bisect_left(self.hits, end, middle, key=WORD_OF_HIT)
            found += [hit for hit in self.hits[middle:last] if folded.startswith(texts[hit[0]], hit[1])]
        if self.burmese:
            found += self.burmese[bisect_left(self.burmese, (burmese,)) : bisect_left(self.burmese, (burmese_end,))]
        return found

    @property
    def payloads(self) -> tuple[Any, ...]:
        return self.finder.payloads


# By how many lists there are: the modules of the taggers add theirs when they are imported.
@lru_cache(maxsize=1)
def finder_of(lists: int) -> Finder:
    sorts = [words.sorted() for words in WordList.lists[:lists]]
    plain = [one for sure, compared, _ in sorts for one in (*sure, *compared)]
    burmese = [one for _, _, own in sorts for one in own]
    at, burmese_at = 0, len(plain)
    blocks = []
    for sure, compared, own in sorts:
        blocks.append((at, at + len(sure), at + len(sure) + len(compared), burmese_at, burmese_at + len(own)))
        at, burmese_at = blocks[-1][2], blocks[-1][4]
    return Finder(
        AhoCorasick([plain_text(one.text)[not one.head : len(one.text) + 1 + one.whole] for one in plain], matchkind=MatchKind.Standard),
        AhoCorasick([one.text for one in burmese], matchkind=MatchKind.Standard),
        tuple(one.payload for one in (*plain, *burmese)), tuple(one.text for one in (*plain, *burmese)), len(plain), tuple(blocks),
    )  # fmt: skip


# A blank for each sign; a byte that no word holds for each letter outside of ASCII.
BLANKS = bytes((code if code < 128 else 1) if chr(code).isalnum() else 32 for code in range(256))


def plain_text(folded: str) -> str:
    """The text with a blank for every sign, and one more before and behind it: the character at 7 stands at 8 here.

    So a pattern with a blank before its word begins where the word does in the text. What lies outside of Latin-1 becomes a blank too.
    """
    return f" {folded.encode('latin-1', 'replace').translate(BLANKS).decode('latin-1')} "


def stands_apart(ends: str, hit: Hit) -> bool:
    """Whether no letter of another script goes on the word at either end; of a word with an open end the last letter is looked at."""
    return not any(char > "\x7f" and goes_on(char) for char in (ends[hit[1] - 1], ends[hit[2] - 2]))


def goes_on(char: str) -> bool:
    """Whether a Latin word goes on with the character; Burmese sticks its particles to Latin letters without a space: "AAက"."""
    return char.isalnum() and not "\u1000" <= char <= "\u109f"


BURMESE_BLOCK = 0x10
# Latin-1, and punctuation such as curly quotes and dashes.
LATIN_BLOCKS = b"\x00\x20"


def blocks_of(text: str) -> bytes:
    """The blocks of 256 characters that the characters lie in, one byte a 16-bit unit: much faster than a pattern over a text with curly quotes."""
    return text.encode("utf-16-le", "surrogatepass")[1::2]


def is_latin(text: str) -> bool:
    """Whether all lie in Latin-1 or in the block of punctuation."""
    return text.isascii() or not blocks_of(text).translate(None, LATIN_BLOCKS)
