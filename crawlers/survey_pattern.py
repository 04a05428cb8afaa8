"""The build of article addresses, as a pattern for `article.url_pattern`: learnt from addresses, proposed only where it holds. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from crawlers.discover.listing import NOT_ARTICLES

# Fewer addresses show no build.
ADDRESSES_MIN = 5
MATCHED_SHARE_MIN = 0.95
SHAPES_MAX = 4
WORDS_MAX = 8
# What a part of a path can be, and how a pattern says it. The first that fits counts; (kind, shape, pattern).
KINDS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("year", re.compile(r"(?:19|20)[0-9]{2}"), "[0-9]{4}"),
    ("two_digits", re.compile(r"[0-9]{1,2}"), "[0-9]{1,2}"),
    ("number", re.compile(r"[0-9]+"), "[0-9]+"),
    ("object_id", re.compile(r"[0-9a-f]{24}"), "[0-9a-f]{24}"),
    ("uuid", re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "[0-9a-f-]{36}"),
    ("number_ending", re.compile(r"[0-9]+\.[a-z]{3,5}"), r"[0-9]+\.[a-z]+"),
    ("html", re.compile(r".+\.html"), r"[^/]+\.html"),
    ("ending", re.compile(r".+\.(?:htm|php|aspx?|cms)"), r"[^/]+\.[a-z]+"),
    ("number_word", re.compile(r"[0-9]+-.+"), "[0-9]+-[^/]+"),
    ("word_number", re.compile(r".+-[0-9]+"), "[^/]+-[0-9]+"),
)
COARSE = frozenset(("number_word", "word_number", "object_id", "uuid"))
WORD = "[^/]+"
# Stricter and stricter ways to say that the last part is a headline and not the name of a section.
LAST_WORDS = (WORD, "[^/]*-[^/]*", "(?:[^/-]+-){2,}[^/]*", "(?:[^/-]+-){3,}[^/]*")
# A pattern of nothing but "any word" says something only where it was seen to refuse other pages.
ANY_WORDS = re.compile(r"\^(?:/\[\^/\]\+)+/?\??\$")
OTHERS_MIN = 3
Shape = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pattern, or the reason why there is none, with what it was tried on."""

    pattern: str | None
    matched: int = 0
    articles: int = 0
    others: int = 0
    example: str = ""
    why_not: str = ""


def proposal_of(articles: Sequence[str], others: Sequence[str]) -> Proposal:
    """A pattern that fits at least 95 % of the article addresses and none of the other pages of the site."""
    wanted, refused = [tail_of(url) for url in articles], [tail_of(url) for url in others]
    example = wanted[0] if wanted else ""
    if len(wanted) < ADDRESSES_MIN:
        return Proposal(None, 0, len(wanted), len(refused), example, f"only {len(wanted)} article addresses were seen")
    for pattern in candidates(wanted, refused):
        if ANY_WORDS.fullmatch(pattern) and len(refused) < OTHERS_MIN:
            continue
        test = re.compile(pattern).search
        matched = sum(bool(test(tail)) for tail in wanted)
        if matched >= MATCHED_SHARE_MIN * len(wanted) and not any(test(tail) for tail in refused):
            return Proposal(pattern, matched, len(wanted), len(refused), example)
    return Proposal(None, 0, len(wanted), len(refused), example, "no simple one fits the articles without fitting overview pages as well")


def tail_of(url: str) -> str:
    """Path and query as Outlet.matches reads them."""
    parts = urlsplit(url)
    return unquote(parts.path) + (f"?{unquote(parts.query)}" if parts.query else "")


def candidates(tails: Sequence[str], others: Sequence[str] = ()) -> Iterator[str]:
    """Patterns from the widest to the narrowest: a pattern that is too narrow loses the articles of sections that were not seen."""
    if query := query_pattern(tails):
        yield query
        return
    for shape_of in (coarse_shape, fine_shape):
        shapes = common_shapes(tails, shape_of)
        if shapes:
            for names_words in (False, True):
                for last in LAST_WORDS:
                    yield joined([pattern_of(shape, members, others, last, names_words) for shape, members in shapes])


def query_pattern(tails: Sequence[str]) -> str | None:
    """For addresses that differ in one number in the query: /?p=123."""
    found = [re.fullmatch(r"([^?]*\?(?:[^&=]+=[^&=0-9]*&)*[a-z_]+=)[0-9]+(.*)", tail) for tail in tails]
    heads = {match[1] for match in found if match}
    if len(heads) != 1 or not all(found):
        return None
    return f"^{escaped(heads.pop())}[0-9]+"


def parts_of(tail: str) -> list[str]:
    return tail.strip("/").split("/")


def fine_shape(tail: str) -> Shape:
    return tuple(kind_of(part) for part in parts_of(tail))


def coarse_shape(tail: str) -> Shape:
    return tuple("word" if kind in COARSE else kind for kind in fine_shape(tail))


def kind_of(part: str) -> str:
    return next((kind for kind, shape, _ in KINDS if shape.fullmatch(part)), "word")


def common_shapes(tails: Sequence[str], shape_of: Callable[[str], Shape]) -> list[tuple[Shape, list[str]]]:
    """The commonest shapes, as many as cover the share that must match; empty where they are too many to call it a build."""
    groups: dict[Shape, list[str]] = defaultdict(list)
    for tail in tails:
        groups[shape_of(tail)].append(tail)
    chosen: list[tuple[Shape, list[str]]] = []
    for shape, members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        if sum(len(each) for _, each in chosen) >= MATCHED_SHARE_MIN * len(tails):
            break
        chosen.append((shape, members))
    return chosen if len(chosen) <= SHAPES_MAX else []


def pattern_of(shape: Shape, members: Sequence[str], others: Sequence[str], last: str, names_words: bool) -> str:
    """The pattern of one shape. Words that all members share are named; where `names_words`, also a few different ones."""
    columns = list(zip(*(parts_of(tail) for tail in members), strict=True))
    parts = []
    for at, kind in enumerate(shape):
        sisters = sister_sections(columns[:at + 1], others)
        parts.append(part_pattern(kind, columns[at], sisters, last if at == len(shape) - 1 else "", names_words))
    ending = "/" if all(tail.endswith("/") for tail in members) else "" if not any(tail.endswith("/") for tail in members) else "/?"
    return "/" + "/".join(parts) + ending


def sister_sections(columns: Sequence[Sequence[str]], others: Sequence[str]) -> set[str]:
    """The names of sections beside those of the articles: all addresses seen may be of /news/, while the site has an /interview/ as well."""
    *before, names = (set(column) for column in columns)
    found = set()
    for parts in map(parts_of, others):
        is_beside = len(parts) == len(columns) and all(part in column for part, column in zip(parts, before, strict=False))
        if is_beside and parts[-1] and parts[-1] not in NOT_ARTICLES and kind_of(parts[-1]) == "word" and "?" not in parts[-1]:
            found.add(parts[-1])
    # Only where the articles lie in sections that the site names: else the other pages are just other pages.
    return found if names & found else set()


def part_pattern(kind: str, values: Sequence[str], sisters: set[str], last: str, names_words: bool) -> str:
    if kind != "word":
        return next(pattern for name, _, pattern in KINDS if name == kind)
    if last:
        return last
    words = sorted({*values, *sisters})
    if len(words) == 1 and len(values) >= ADDRESSES_MIN:
        return escaped(words[0])
    if len(set(values)) == 1 and len(words) <= WORDS_MAX:
        return f"(?:{'|'.join(map(escaped, words))})"
    return f"(?:{'|'.join(map(escaped, words))})" if names_words and len(words) <= WORDS_MAX else WORD


def joined(patterns: Sequence[str]) -> str:
    """One pattern for the whole path; a tracking query behind it does not matter, because path alone is tried as well."""
    each = list(dict.fromkeys(patterns))
    return f"^{each[0]}$" if len(each) == 1 else f"^(?:{'|'.join(each)})$"


def escaped(text: str) -> str:
    return re.escape(text).replace(r"\-", "-").replace(r"\ ", " ")
