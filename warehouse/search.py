"""Searching: the articles in which words stand, best first, with copies of one text counted as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from warehouse.db import Connection, statement
from warehouse.search_index import NO_DAY, IndexUnusable, open_for_reading, schema, state_of, stem, unpacked

Row = dict[str, Any]
Words = tuple[str, ...]  # that stand one after the other
# A headline says what an article is about; what it adds to a hit in the text.
HEADLINE_WEIGHT = 3.0
GROUPS_AT_ONCE = 50
MEMBERS_MAX = 100_000  # of the groups that are shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Of each of `required` one alternative must stand in the article; empty filters let everything pass."""

    required: tuple[tuple[Words, ...], ...]
    excluded: tuple[Words, ...] = ()
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. `others` are the articles of its copy group that were found too, which are not hits of their own.

    `row` has article_id, outlet_id, url, headline, description, body, language, kind, published_on (text), is_original, copy_id.
    """

    row: Row
    score: float
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """`found` counts all articles that match, copies too; `undated` those that a filter by date left out because they have none."""

    found: int
    undated: int
    hits: tuple[Hit, ...]


class SearchIndex:
    """An index that is open. It stays as it is, whatever is published meanwhile."""

    def __init__(self, folder: Path, version: str) -> None:
        """Raises IndexUnusable."""
        state = state_of(folder)
        if state is None:
            raise IndexUnusable("There is no search index for the published file.")
        if state.version != version:
            raise IndexUnusable("The search index was made by another version of the program.")
        try:
            self.searcher, self.links = open_for_reading(folder)
        except (ValueError, OSError) as error:
            raise IndexUnusable(f"The search index cannot be opened ({error}).") from error
        if self.searcher.num_docs != state.articles:
            raise IndexUnusable(f"The search index holds {self.searcher.num_docs} articles instead of {state.articles}.")

    def search(self, wanted: Wanted, *, limit: int, newest: bool = False, fold: bool = True) -> Matches:
        """The best hits, or the newest. With `fold` a group of copies is one hit: its original where that matches, else its best."""
        words = query_of_words(wanted)
        query = filtered(words, wanted, dated=True)
        undated = self.number(filtered(words, wanted, dated=False)) if wanted.first or wanted.last else 0
        found, ranked = self.ranked(query, limit, newest, fold)
        members = self.members(query, ranked) if fold else {}
        return Matches(found, undated, tuple(self.hit(each, members.get(each.copies, {})) for each in ranked))

    def number(self, query: tantivy.Query) -> int:
        """How many articles match."""
        result: Any = self.searcher.search(query, 1)  # whose types do not name its count
        return int(result.count)

    def ranked(self, query: tantivy.Query, limit: int, newest: bool, fold: bool) -> tuple[int, list[Ranked]]:
        """How many articles match, and the first of each group, or all, in order."""
        chosen: dict[int, Ranked] = {}
        found, offset, step = 0, 0, max(limit, GROUPS_AT_ONCE)
        while (not offset or offset < found) and len(chosen) < limit:
            # Counted with the first page: a phrase of frequent syllables costs as much to count as to rank.
            result: Any = self.searcher.search(query, step, count=not offset, offset=offset, order_by_field="day" if newest else None)
            found = found or int(result.count or 0)
            for each in self.page(result.hits):
                chosen.setdefault(each.copies if fold else each.article, each)
            offset += step
        return found, list(chosen.values())[:limit]

    def page(self, hits: list[tuple[Any, tantivy.DocAddress]]) -> list[Ranked]:
        scores, addresses = [float(score or 0) for score, _ in hits], [address for _, address in hits]
        page = [Ranked(*each) for each in zip(*self.numbers(addresses), scores, addresses, strict=True)]
        # The same order on every machine: the engine gives equal scores in the order of its segments.
        return sorted(page, key=lambda each: (-round(each.score, 3), each.article))

    def numbers(self, addresses: list[tantivy.DocAddress]) -> tuple[list[int], list[int]]:
        """The articles at the addresses, and their groups."""
        articles, copies = ([int(each or 0) for each in self.searcher.fast_field_values(name, addresses)] for name in ("article", "copies"))
        return articles, copies

    def members(self, query: tantivy.Query, ranked: list[Ranked]) -> dict[int, dict[int, tantivy.DocAddress]]:
        """{group: {article: address}} of everything found in the groups."""
        members: dict[int, dict[int, tantivy.DocAddress]] = {each.copies: {} for each in ranked}
        if ranked:
            theirs = tantivy.Query.term_set_query(schema(), "copies", list(members))
            addresses = [address for _, address in self.searcher.search(all_of([query, theirs]), MEMBERS_MAX, count=False).hits]
            for article, group, address in zip(*self.numbers(addresses), addresses, strict=True):
                members[group][article] = address
        return members

    def hit(self, first: Ranked, members: dict[int, tantivy.DocAddress]) -> Hit:
        """The original of the group where it was found too, else the first of it."""
        shown = first.copies if first.copies in members else first.article
        row = unpacked(self.searcher.doc(members.get(shown, first.address)))
        return Hit(row, first.score, tuple(f"{each:016x}" for each in sorted(members) if each != shown))


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article and its group, as numbers, with its score, or its day where the newest come first."""

    article: int
    copies: int
    score: float
    address: tantivy.DocAddress


# ---------------------------------------------------------------- queries


def query_of_words(wanted: Wanted) -> tantivy.Query:
    required = [any_of([place_of(words) for words in alternatives]) for alternatives in wanted.required]
    excluded = [(tantivy.Occur.MustNot, place_of(words)) for words in wanted.excluded]
    return tantivy.Query.boolean_query([*((tantivy.Occur.Must, each) for each in required), *excluded])


def place_of(words: Words) -> tantivy.Query:
    """The words in the headline or in the text."""
    stems = [stem(word) for word in words]
    in_headline = tantivy.Query.boost_query(one_after_the_other("headline", stems), HEADLINE_WEIGHT)
    return any_of([in_headline, one_after_the_other("text", stems)])


def one_after_the_other(field: str, stems: list[str]) -> tantivy.Query:
    if len(stems) == 1:
        return tantivy.Query.term_query(schema(), field, stems[0])
    return tantivy.Query.phrase_query(schema(), field, list(stems))


def filtered(words: tantivy.Query, wanted: Wanted, *, dated: bool) -> tantivy.Query:
    """The query within its filters, which do not count for the score; not `dated` gives what the filter by date leaves out for want of one."""
    filters = [tantivy.Query.term_set_query(schema(), name, list(values))
               for name, values in (("outlet", wanted.outlets), ("language", wanted.languages)) if values]
    if wanted.first or wanted.last:
        first = wanted.first.toordinal() if wanted.first else NO_DAY + 1
        last = wanted.last.toordinal() if wanted.last else date.max.toordinal()
        filters.append(days(first, last) if dated else days(NO_DAY, NO_DAY))
    return all_of([words, *filters])


def days(first: int, last: int) -> tantivy.Query:
    return tantivy.Query.range_query(schema(), "day", tantivy.FieldType.Integer, first, last)


def all_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """The first query, kept to what all others hold too."""
    silent = [tantivy.Query.const_score_query(query, 0.0) for query in queries[1:]]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in (queries[0], *silent)])


def any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


# ---------------------------------------------------------------- what the published file says of them


def outlets_and_languages(connection: Connection) -> tuple[dict[str, str], set[str]]:
    """{outlet: its name} of the articles in the file, and their languages."""
    found = connection.execute(statement("search_languages")).fetchall()
    return {outlet_id: name for outlet_id, name, _ in found}, {language for _, _, language in found}
