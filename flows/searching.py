"""`nightdesk search`: ranked headlines with the piece of text that shows why, in English and Burmese."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.layout import counted, wrapped
from flows.report import printable
from flows.steps import search_query, search_words
from flows.steps.snippets import Finder, Marked
from warehouse import search, search_index
from warehouse.db import Connection
from warehouse.errors import AskedWrongly, NightdeskError
from warehouse.query import open_published
from warehouse.search_index import IndexUnusable, Prepared
from warehouse.settings import Settings

LIMIT_MAX = 10_000
COLUMNS_MAX = 100
VERSION = search_index.version_of(search_words.WORDS_VERSION)


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked beside the words. `every_copy` shows each copy as a hit of its own; `newest` orders by day instead of by fit."""

    outlet_ids: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    limit: int = 10
    newest: bool = False
    every_copy: bool = False


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """One hit: the row of the article, what of it is to be highlighted, and the copies that were found too."""

    row: dict[str, Any]
    headline: Marked
    snippet: Marked
    score: float
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `notes` are sentences about how the query was read and what it left out."""

    said: str
    articles: int
    hits: tuple[FoundArticle, ...]
    notes: tuple[str, ...]


# ---------------------------------------------------------------- searching


def search_for(settings: Settings, arguments: Iterable[str], options: Options, say: Callable[[str], None] = lambda _: None) -> Found:
    """Searches the published file; its index is built first where there is none that fits, which `say` is told.

    Raises AskedWrongly for a query that cannot be read, NightdeskError where there is no index and none can be built.
    """
    query = readable(arguments)
    return Searching(settings, say).find(query, options)


def readable(arguments: Iterable[str]) -> search_query.Asked:
    query = search_query.read_query(arguments)
    if isinstance(query, search_query.Fault):
        raise AskedWrongly(query.sentence)
    return query


class Searching:
    """The index of the published file, open for any number of searches. It stays as it is, whatever is published meanwhile."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
        with closing(settled(settings, say)) as connection:
            self.index = index_of(connection, settings)
            self.outlets, self.languages = search.outlets_and_languages(connection)

    def find(self, query: search_query.Asked, options: Options) -> Found:
        check_options(self.outlets, self.languages, options)
        wanted = search.Wanted(
            sequences_of(query), tuple(words for clause in query.excluded for words in clause.sequences),
            options.outlet_ids, options.languages, options.first, options.last,
        )
        matches = self.index.search(wanted, limit=options.limit, newest=options.newest, fold=not options.every_copy)
        finder = Finder(wanted.required, search_index.stem)
        hits = tuple(self.found_article(hit, finder) for hit in matches.hits)
        return Found(said_of(query), matches.found, hits, (*query.notes, *self.hints(query, wanted, matches)))

    def found_article(self, hit: search.Hit, finder: Finder) -> FoundArticle:
        row = hit.row | {"outlet": self.outlets.get(hit.row["outlet_id"], hit.row["outlet_id"])}
        snippet = finder.snippet([row["body"], row["description"] or ""])
        return FoundArticle(row, finder.marked(row["headline"] or ""), snippet, hit.score, hit.others)

    def hints(self, query: search_query.Asked, wanted: search.Wanted, matches: search.Matches) -> list[str]:
        """What a person should know who found less than there is."""
        hints = []
        if matches.undated:
            hints.append(f"{counted(matches.undated, 'more article')} with these words "
                         f"{'has' if matches.undated == 1 else 'have'} no date of publication and so cannot be chosen by date.")
        if not matches.found and (loose := search_query.without_phrases(query)):
            together = self.index.search(dataclasses.replace(wanted, required=sequences_of(loose)), limit=1).found
            if together:
                hints.append(f"{counted(together, 'article')} {'has' if together == 1 else 'have'} all of these words, but not one after the other: "
                             "leave the quotation marks out.")
        if not matches.found and any(search_query.is_burmese_run(clause) for each in query.required for clause in each):
            hints.append("Burmese words typed without a space are looked for as they stand. With spaces between them each is looked for by itself.")
        return hints


def sequences_of(query: search_query.Asked) -> tuple[tuple[search_query.Sequence, ...], ...]:
    """What must stand in an article: of each one alternative."""
    return tuple(tuple(words for clause in each for words in clause.sequences) for each in query.required)


def said_of(query: search_query.Asked) -> str:
    """The query as it was understood."""
    def said(clause: search_query.Clause) -> str:
        return f"“{clause.said}”" if len(clause.said.split()) > 1 else clause.said

    return " ".join([*(" OR ".join(map(said, each)) for each in query.required), *(f"NOT {said(clause)}" for clause in query.excluded)])


def check_options(outlets: dict[str, str], languages: set[str], options: Options) -> None:
    """Raises AskedWrongly for an outlet or a language of which the file has no article: a typing error must not look like no news."""
    known = languages | {language.split("-")[0] for language in languages}
    for outlet_id in options.outlet_ids:
        if outlet_id not in outlets:
            near = difflib.get_close_matches(outlet_id, sorted(outlets), n=1)
            raise AskedWrongly(f"There is no article of an outlet {outlet_id}.{f' Did you mean {near[0]}?' if near else ''}")
    for language in options.languages:
        if language not in known:
            raise AskedWrongly(f"There is no article in a language {language}. There are: {', '.join(sorted(languages)) or 'none'}.")


# ---------------------------------------------------------------- the index of the file


def prepare_index(connection: Connection, settings: Settings) -> Prepared:
    """The next index, made from what is in the open database. Only for the holder of the writer lock. Raises NightdeskError."""
    try:
        return search_index.prepare(connection, settings, search_words.searchable, VERSION)
    except (OSError, ValueError) as error:
        raise not_written(settings, error) from error


def settled(settings: Settings, say: Callable[[str], None]) -> Connection:
    """The published file, whose index is there: built if need be. A file that is replaced in this moment is opened again."""
    for attempt in range(4):
        connection = open_published(settings.published_database)
        try:
            index_of(connection, settings)
        except IndexUnusable as error:
            connection.close()
            # First it is looked for again, as a run may just have published; then it is built, again if a run published meanwhile.
            if attempt:
                build_index(settings, f"{error} It is built now, from the published file: a minute or two for 100,000 articles.", say)
        else:
            return connection
    raise NightdeskError("The published file is replaced again and again while its search index is built. Search again later.")


def index_of(connection: Connection, settings: Settings) -> search.SearchIndex:
    return search.SearchIndex(search_index.search_dir(settings) / search_index.snapshot_of(connection), VERSION)


def build_index(settings: Settings, sentence: str = "", say: Callable[[str], None] = lambda _: None) -> int:
    """Builds the index of the published file anew, and says so first. Returns how many articles it holds, 0 where the file was replaced meanwhile."""
    with closing(open_published(settings.published_database)) as connection:
        snapshot = search_index.snapshot_of(connection)
        say(sentence)
        failed: Exception | None = None
        try:
            prepared = search_index.build(connection, settings, search_words.searchable, VERSION)
            search_index.give_name(settings, prepared, snapshot)
        except (OSError, ValueError) as error:
            failed = error
    with closing(open_published(settings.published_database)) as connection:
        is_current = search_index.snapshot_of(connection) == snapshot
    if failed and is_current:
        raise not_written(settings, failed) from failed
    if not is_current:
        # The run that published has removed old indexes; what was withdrawn with it must not be left in this one.
        search_index.remove_folder(search_index.search_dir(settings) / snapshot)
        return 0
    return prepared.articles


def not_written(settings: Settings, error: Exception) -> NightdeskError:
    return NightdeskError(f"{search_index.search_dir(settings)}: the search index was not written ({error}). Mend that; the next run writes it.")


# ---------------------------------------------------------------- showing


def as_json(found: Found) -> str:
    """One object a line, a hit each. `marks` are code points, half open, into `snippet`; `found` is the number of all articles that match."""
    return "".join(json.dumps(hit_as_json(found, rank, hit), ensure_ascii=False) + "\n" for rank, hit in enumerate(found.hits, start=1))


def hit_as_json(found: Found, rank: int, hit: FoundArticle) -> dict[str, Any]:
    row = hit.row
    return {
        "rank": rank, "found": found.articles, "article_id": row["article_id"], "outlet_id": row["outlet_id"],
        "published_on": row["published_on"], "language": row["language"], "kind": row["kind"],
        "headline": row["headline"], "headline_marks": hit.headline.marks, "snippet": hit.snippet.text, "marks": hit.snippet.marks,
        "url": row["url"], "score": round(hit.score, 3), "is_original": row["is_original"], "copy_id": row["copy_id"], "copies_found": hit.copies,
    }


def as_text(found: Found, *, width: int, bold: bool) -> str:
    """The hits for people; `bold` for a terminal that can show it."""
    width = min(width, COLUMNS_MAX)
    return "\n\n".join("\n".join(hit_lines(hit, width, bold)) for hit in found.hits)


def hit_lines(hit: FoundArticle, width: int, bold: bool) -> list[str]:
    row = hit.row
    headline = hit.headline if hit.headline.text else Marked("(no headline)")
    facts = [row["outlet"], str(row["published_on"] or "no date"), row["article_id"], copies_said(hit)]
    return [
        *highlighted(headline, width, "", bold),
        *wrapped("  ".join(filter(None, facts)), width, "  "),
        *highlighted(hit.snippet, width, "  ", bold),
    ]


def copies_said(hit: FoundArticle) -> str:
    copies = f"and {len(hit.copies)} {'copy' if len(hit.copies) == 1 else 'copies'}" if hit.copies else ""
    return ", ".join(filter(None, ("" if hit.row["is_original"] else f"a copy of {hit.row['copy_id']}", copies)))


def highlighted(marked: Marked, width: int, indent: str, bold: bool) -> list[str]:
    """The text in lines, with what was found in bold. Wrapping changes white space only, so the other characters are counted."""
    lines = wrapped(marked.text, width, indent)
    if not bold:
        return lines
    found = {place for start, end in marked.marks for place in range(start, end)}
    places = [place for place, sign in enumerate(printable(marked.text)) if not sign.isspace()]
    shown, at = [], 0
    for line in lines:
        out, is_bold = "", False
        for sign in line:
            # A space is bold within what was found, and not between two such places.
            wants = at < len(places) and places[at] in found and not (sign.isspace() and places[at] - 1 not in found)
            out += ("\x1b[1m" if wants else "\x1b[0m") + sign if wants != is_bold else sign
            is_bold, at = wants, at + (not sign.isspace())
        shown.append(out + ("\x1b[0m" if is_bold else ""))
    return shown


def closing_line(found: Found) -> str:
    """How many there are, and what is shown of them."""
    if not found.articles:
        return f"No article was found for {printable(found.said)}."
    folded = sum(len(hit.copies) for hit in found.hits)
    said = f"{counted(found.articles, 'article')} found"
    if len(found.hits) + folded < found.articles:
        said += f"; {len(found.hits):,} shown, --limit N shows more"
    if folded:
        said += f", {'1 copy' if folded == 1 else f'{folded:,} copies'} under {'its' if folded == 1 else 'their'} original (--all shows each)"
    return f"{said}."
