"""Searching: the articles in which words stand, best first, with copies of one text counted as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from warehouse.db import Connection, statement
from warehouse.load import rows
from warehouse.search_index import NO_DAY, IndexUnusable, open_folder, schema, state_of, stem

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
    """An article that was found. `others` are the articles of its copy group that were found too, which are not hits of their own."""

    article_id: str
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
            self.searcher = open_folder(folder).searcher()
        except (ValueError, OSError) as error:
            raise IndexUnusable(f"The search index cannot be opened ({error}).") from error
        if self.searcher.num_docs != state.articles:
            raise IndexUnusable(f"The search index holds {self.searcher.num_docs} articles instead of {state.articles}.")

    def search(self, wanted: Wanted, *, limit: int, newest: bool = False, fold: bool = True) -> Matches:
        """The best hits, or the newest. With `fold` a group of copies is one hit: its original where that matches, else its best."""
        words = query_of_words(wanted)
        query = filtered(words, wanted, dated=True)
        found = self.number(query)
        undated = self.number(filtered(words, wanted, dated=False)) if wanted.first or wanted.last else 0
        ranked = self.ranked(query, limit, newest, fold)
        return Matches(found, undated, self.folded(query, ranked) if fold else tuple(Hit(id_of(each.article), each.score) for each in ranked))

    def number(self, query: tantivy.Query) -> int:
        """How many articles match."""
        result: Any = self.searcher.search(query, 1)  # whose types do not name its count
        return int(result.count)

    def ranked(self, query: tantivy.Query, limit: int, newest: bool, fold: bool) -> list[Ranked]:
        """The first of each group, or all, in order."""
        chosen: dict[int, Ranked] = {}
        offset, step = 0, max(limit, GROUPS_AT_ONCE)
        while len(chosen) < limit:
            page = self.page(query, step, offset, newest)
            for each in page:
                chosen.setdefault(each.copies if fold else each.article, each)
            if len(page) < step:
                break
            offset += step
        return list(chosen.values())[:limit]

    def page(self, query: tantivy.Query, step: int, offset: int, newest: bool) -> list[Ranked]:
        found = self.searcher.search(query, step, count=False, offset=offset, order_by_field="day" if newest else None).hits
        addresses = [address for _, address in found]
        articles, copies = (self.searcher.fast_field_values(name, addresses) for name in ("article", "copies"))
        scores = [float(score or 0) for score, _ in found]
        page = [Ranked(int(article or 0), int(group or 0), score) for article, group, score in zip(articles, copies, scores, strict=True)]
        # The same order on every machine: the engine gives equal scores in the order of its segments.
        return sorted(page, key=lambda each: (-round(each.score, 3), each.article))

    def folded(self, query: tantivy.Query, ranked: list[Ranked]) -> tuple[Hit, ...]:
        members: dict[int, list[int]] = {each.copies: [] for each in ranked}
        if ranked:
            theirs = tantivy.Query.term_set_query(schema(), "copies", list(members))
            found = self.searcher.search(all_of([query, theirs]), MEMBERS_MAX, count=False).hits
            addresses = [address for _, address in found]
            articles, copies = (self.searcher.fast_field_values(name, addresses) for name in ("article", "copies"))
            for article, group in zip(articles, copies, strict=True):
                members[int(group or 0)].append(int(article or 0))
        return tuple(hit_of(each, members[each.copies]) for each in ranked)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article and its group, as numbers, with its score, or its day where the newest come first."""

    article: int
    copies: int
    score: float


def hit_of(first: Ranked, members: list[int]) -> Hit:
    shown = first.copies if first.copies in members else first.article
    return Hit(id_of(shown), first.score, tuple(id_of(each) for each in sorted(members) if each != shown))


def id_of(article: int) -> str:
    return f"{article:016x}"


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


def articles_of(connection: Connection, article_ids: Sequence[str]) -> dict[str, Row]:
    """{id: headline, description, body, outlet, day, language, url}"""
    return {row["article_id"]: row for row in rows(connection, statement("search_hits"), {"ids": list(article_ids)})}


def outlets_and_languages(connection: Connection) -> tuple[set[str], set[str]]:
    """The outlets and the languages of the articles in the file."""
    found = connection.execute(statement("search_languages")).fetchall()
    return {outlet for outlet, _ in found}, {language for _, language in found}
