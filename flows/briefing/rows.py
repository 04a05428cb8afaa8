"""The rows of the queries as the page prints them: texts clean and without private persons, sentences cut out, differences found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.briefing.day import TOP_STORIES
from flows.briefing.differences import Difference, Piece, differences
from flows.briefing.safety import Withholder, clean, sentence_around, shortened
from warehouse.briefing_rows import Answer

SUMMARY_CHARS = 240
SENTENCE_CHARS = 420
HEADLINE_CHARS = 220
WHO_CHARS = 80
DETAIL_CHARS = 400
NO_HEADLINE = "(no headline)"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an answer: `of` names the query and `at` the row of its result, so that each number can be asked for again."""

    of: str
    at: int
    values: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass(slots=True)
class Rows:
    """All rows of a page by query, and how many names were withheld in them."""

    by_query: dict[str, list[Row]]
    withheld: int = 0
    queries: dict[str, Answer] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[Row]:
        return self.by_query[name]


def rows_of(answers: Mapping[str, Answer]) -> Rows:
    """The rows of every answer, made fit to be printed."""
    withholder = Withholder()
    found = {name: list(prepared(answer, withholder)) for name, answer in answers.items()}
    return Rows(found, withholder.count, dict(answers))


def prepared(answer: Answer, withholder: Withholder) -> Iterator[Row]:
    make = MAKERS.get(answer.name, of_plain)
    for at, values in enumerate(answer.rows):
        yield Row(answer.name, at, make(at, dict(values), withholder))


def of_plain(at: int, values: dict[str, Any], withholder: Withholder) -> dict[str, Any]:  # noqa: ARG001 - one shape for all makers
    """Text columns without signs that steer or hide; a headline as its outlet prints it."""
    cleaned = {name: value if name == "url" else cleaned_value(value) for name, value in values.items()}
    if "headline" in values:
        cleaned["headline"] = headline(values["headline"], values.get("language"), withholder)
    return cleaned


def cleaned_value(value: Any) -> Any:
    """A text, or the texts of a list or struct, cleaned and not longer than DETAIL_CHARS; addresses stay, as `web_address` judges them."""
    if isinstance(value, str):
        return shortened(clean(value), DETAIL_CHARS)
    if isinstance(value, dict):
        return {name: each if name == "url" else cleaned_value(each) for name, each in value.items()}
    return [cleaned_value(each) for each in value] if isinstance(value, list) else value


def headline(text: str | None, language: str | None, withholder: Withholder) -> str:
    return shortened(withholder.headline(text, language), HEADLINE_CHARS) or NO_HEADLINE


def of_story(at: int, values: dict[str, Any], withholder: Withholder) -> dict[str, Any]:
    """A story; only those at the top of the page get a summary: the standfirst, or where the text begins."""
    made = of_plain(at, {name: value for name, value in values.items() if name not in ("description", "beginning")}, withholder)
    text = (values["description"] or sentence_around(values["beginning"] or "", 0, 1)) if at < TOP_STORIES else ""
    made["summary"] = shortened(withholder.sentence(text, values["language"]), SUMMARY_CHARS)
    made["taken_by"] = [named(each, withholder) for each in values["taken_by"]]
    made["told_also"] = [named(each, withholder) for each in values["told_also"]]
    return made


def named(other: dict[str, Any], withholder: Withholder) -> dict[str, Any]:
    return other | {"headline": headline(other["headline"], other.get("language"), withholder), "outlet": clean(other["outlet"])}


def of_event(at: int, values: dict[str, Any], withholder: Withholder) -> dict[str, Any]:
    made = of_plain(at, values, withholder)
    made["sentence"] = shortened(withholder.sentence(values["sentence"], values["language"]), SENTENCE_CHARS)
    return made


def of_figure(at: int, values: dict[str, Any], withholder: Withholder) -> dict[str, Any]:
    """The sentence in three parts, with the words of the figure in the middle: `sentence` = [before, words, after]."""
    passage, words = values["passage"] or "", values["words"] or ""
    start = values["words_at"]
    whole = sentence_around(passage, start, start + len(words))
    made = of_plain(at, {name: value for name, value in values.items() if name not in ("passage", "words_at", "words")}, withholder)
    sentence, words = withholder.sentence(whole, values["language"]), clean(words)
    before, found, after = sentence.partition(words) if words else (sentence, "", "")
    room = max(0, SENTENCE_CHARS - len(found) - len(before))
    made["sentence"] = [before, found, shortened(after, room) if room else ""]
    made["who"] = shortened(withholder.sentence(values["who"], values["language"]), WHO_CHARS)
    return made


def of_change(at: int, values: dict[str, Any], withholder: Withholder) -> dict[str, Any]:
    """A change as its differences, names withheld before texts are compared."""
    language = values["language"]
    sides: list[dict[str, str | None]] = [
        {"headline": withholder.headline(values[f"headline_{side}"], language),
         "description": withholder.sentence(values[f"description_{side}"], language),
         "body": "\n".join(withholder.sentence(line, language) for line in (values[f"body_{side}"] or "").splitlines())}
        for side in ("before", "after")
    ]
    made = of_plain(at, {name: value for name, value in values.items() if not name.startswith(("headline_", "description_", "body_"))}, withholder)
    found, made["more_sentences"] = differences(*sides)
    made["headline"] = shortened(str(sides[1]["headline"]), HEADLINE_CHARS) or NO_HEADLINE
    made["differences"] = [Difference(each.what, tuple(Piece(p.kind, excerpt(p)) for p in each.pieces)) for each in found]
    return made


def excerpt(piece: Piece) -> str:
    """A long piece that stayed is cut in its middle; what went or came is cut only at its end."""
    text = piece.text
    if piece.kind == "same" and len(text) > SUMMARY_CHARS:
        return f"{text[:SUMMARY_CHARS // 2].rstrip()} … {text[-SUMMARY_CHARS // 2:].lstrip()}"
    return text if len(text) <= SENTENCE_CHARS else shortened(text, SENTENCE_CHARS)


MAKERS: dict[str, Callable[[int, dict[str, Any], Withholder], dict[str, Any]]] = {
    "stories": of_story, "events": of_event, "figures": of_figure, "changes": of_change,
}
