"""`nightdesk why`: where every field and tag of an article came from, down to the bytes on the disk, which are read and hashed again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.layout import counted, labelled, moment, unbroken, wrapped
from flows.naming import named_article
from flows.showing import figure, plain
from flows.steps.taggers.sentences import sentences
from warehouse.captures import read_response
from warehouse.errors import CaptureDamaged
from warehouse.one_article import ArticleRows, Row
from warehouse.records import Capture, HttpResponse
from warehouse.settings import Settings

COLUMNS_MAX = 100
# How the columns come about for which no source is weighed against another.
MADE_BY = {
    "url": "the address that answered, or the one that the page states as canonical; one spelling of it",
    "body": "the text that the page's structure and trafilatura give, one paragraph a line",
    "language": "letters and words of the text",
    "encoding": "letters of the text",
    "kind": "headline, section and structure of the page",
    "section": "the page", "keywords": "the page", "authors": "the byline, without desks", "newsroom": "the desk line of the page",
    "dateline_place": "the dateline", "dateline_date": "the dateline",
    "source_outlet": "the credit of the page, or to whom the people in the text spoke",
    "published_on": "date_published, as a day in the outlet's zone", "date_modified": "the page", "is_truncated": "signs of a paywall",
    "word_count": "the words of the body",
}
TAGS_WITH_WORDS = ("mentions", "figures", "dates", "quotations", "events", "event_evidence")
WEIGHED = ("headline", "description", "byline", "date_published", "date_modified")


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """A column of the article's row, and who said what of it. Candidates are (source, value, chosen)."""

    field: str
    value: Any
    made_by: str
    candidates: list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class TagOrigin:
    """A tag, the words that it rests on, and the sentence around them. `agrees`: the words stand where the row says."""

    table: str
    what: str
    rule: str
    confidence: float | None
    field: str
    start_char: int
    end_char: int
    text: str
    sentence: str
    sentence_start: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """A version of the article and the kept page that it was read from (None: an import). `verified` is what reading the bytes now has shown."""

    version: int
    seen_at: Any
    changes: list[str]
    capture: Row | None
    payload_in: Row | None  # the capture that holds the payload, where this one is a revisit
    robots: Row | None
    verified: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything that an article rests on. `disagreements` are sentences; none means that all of it still holds."""

    article: Row
    fields: list[FieldOrigin]
    tags: list[TagOrigin]
    subjects: list[Row]
    copy: Row | None
    pages: list[PageOrigin]
    other_captures: int
    runs: list[Row]
    disagreements: list[str]

    @property
    def exit_status(self) -> int:
        return 1 if self.disagreements else 0


def why(settings: Settings, asked: str) -> Chain:
    """The chain of the article that is meant; its kept pages are read and hashed now. Raises AskedWrongly."""
    return chain_of(named_article(settings, asked), settings.data_dir)


def chain_of(found: ArticleRows, data_dir: Path) -> Chain:
    fields = field_origins(found)
    texts = texts_of(found)
    tags = [tag_origin(table, row, texts) for table, row in tag_rows(found)]
    pages = [page_origin(found, row, data_dir) for row in found.versions]
    shown = {page.capture["capture_id"] for page in pages if page.capture}
    others = sum(row["capture_id"] not in shown for row in found.captures)
    return Chain(
        found.article, fields, sorted(tags, key=lambda tag: (list(texts).index(tag.field), tag.sentence_start, tag.start_char, tag.end_char)),
        found.tables["subjects"], found.own_copy, pages, others, found.runs, disagreements(found, tags, pages),
    )


# ---------------------------------------------------------------- fields


def field_origins(found: ArticleRows) -> list[FieldOrigin]:
    """The weighed columns with all candidates, then the others that hold something."""
    said: dict[str, list[tuple[str, str, bool]]] = {}
    for row in found.tables["field_sources"]:
        said.setdefault(row["field"], []).append((row["source"], row["value"], row["chosen"]))
    is_import = found.article["capture_id"] is None
    names = [*WEIGHED, *(name for name in MADE_BY if name not in WEIGHED), *(name for name in said if name not in MADE_BY and name not in WEIGHED)]
    out = []
    for name in names:
        candidates = said.get(name, [])
        value = found.article[name] if name in found.article else ", ".join(value for _, value, chosen in candidates if chosen)
        if candidates or value not in (None, [], ""):
            made_by = "candidates" if any(chosen for *_, chosen in candidates) else "the import line" if is_import else MADE_BY.get(name, "the page")
            out.append(FieldOrigin(name, value, made_by, candidates))
    return out


# ---------------------------------------------------------------- tags


def texts_of(found: ArticleRows) -> dict[str, str]:
    """The texts that offsets point into, by the word in the column `field`."""
    captions = "\n".join(row["caption"] for row in found.tables["images"] if row["caption"])
    return {name: found.article[name] or "" for name in ("headline", "description", "dateline_place", "body")} | {"caption": captions}


def tag_rows(found: ArticleRows) -> list[tuple[str, Row]]:
    return [(table, row) for table in TAGS_WITH_WORDS for row in found.tables[table]]


def tag_origin(table: str, row: Row, texts: dict[str, str]) -> TagOrigin:
    field, start, end = row.get("field", "body"), row["start_char"] or 0, row["end_char"] or 0
    text = texts.get(field, "")
    words = row.get("text", text[start:end])
    first, last = sentence_around(text, start, end)
    rule = row.get("rule") or f"tagger {'events' if table == 'event_evidence' else table}"
    return TagOrigin(table, what_it_says(table, row), rule, row.get("confidence"), field, start, end, words,
                     text[first:last], first, text[start:end] == words)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """(start, end) of the sentence or sentences that the span touches; the span itself where it lies outside of the text."""
    touched = [(first, last) for first, last in sentences(text) if first < end and last > start]
    return (min(touched[0][0], start), max(touched[-1][1], end)) if touched else (start, end)


def what_it_says(table: str, row: Row) -> str:
    if table == "mentions":
        known = f"{row['entity']} ({row['entity_id']})" if row["entity_id"] else "not a known one"
        return f"{row['kind'].replace('_', ' ')}: {known}{'' if row['role'] == 'mention' else ', ' + row['role']}"
    if table == "figures":
        counted_ones = ", ".join(filter(None, (row["who"] and f"counts {row['who']}", row["party"] and f"party {row['party']}")))
        return f"{figure(row)}{'; ' + counted_ones if counted_ones else ''}"
    if table == "dates":
        span = {str(row["start_date"]), str(row["end_date"])}
        return f"date: {' to '.join(sorted(span))}, exact to the {row['precision']}"
    if table == "quotations":
        return f"{row['mode']} quotation: {row['speaker'] or row['speaker_description'] or 'nobody named'}"
    if table == "event_evidence":
        return f"stands behind an event: {row['part']}"
    return f"event: {row['sub_event_type']}, {row['location'] or 'no place'}, {row['event_date'] or 'no day'}"


# ---------------------------------------------------------------- pages


def page_origin(found: ArticleRows, version: Row, data_dir: Path) -> PageOrigin:
    captures = {row["capture_id"]: row for row in found.captures}
    capture = captures.get(version["capture_id"])
    if version["capture_id"] is None:
        verified, agrees = "imported: the line held the text, and no page was kept", True
    elif capture is None:
        verified, agrees = f"the table captures has no row {version['capture_id']}", False
    else:
        verified, agrees = verify(capture, data_dir)
    holder = captures.get(capture["revisit_of"]) if capture else None
    robots = next((row for row in found.robots if capture and row["sha256"] == capture["robots_sha256"]), None)
    return PageOrigin(version["version"], version["seen_at"], version["changes"] or [], capture, holder, robots, verified, agrees)


def verify(capture: Row, data_dir: Path) -> tuple[str, bool]:
    """What reading the record now shows, and whether it is what the row says."""
    try:
        response = read_response(data_dir, Capture(**capture))
    except CaptureDamaged as error:
        return str(error), False
    if differences := differing(capture, response):
        return f"the record and its row differ: {'; '.join(differences)}", False
    return "read now, the bytes are the ones that were kept", True


def differing(capture: Row, response: HttpResponse) -> list[str]:
    pairs = {"address": (response.url, capture["url"]), "HTTP status": (response.status, capture["http_status"]),
             "robots": (response.robots, capture["robots"]), "time": (response.fetched_at, capture["fetched_at"])}
    return [f"{name} {one} in the file, {other} in the row" for name, (one, other) in pairs.items() if one != other]


def disagreements(found: ArticleRows, tags: list[TagOrigin], pages: list[PageOrigin]) -> list[str]:
    """One sentence for each thing that is not as the rows say."""
    article = found.article
    out = [f"Version {page.version}: {page.verified}" for page in pages if not page.agrees]
    out += [f"Version {row['version']}: its text does not have the SHA-256 that was noted." for row in found.versions
            if row["body_sha256"] != sha256(row["body"])]
    if article["body_sha256"] != sha256(article["body"]):
        out.append("The article's text does not have the SHA-256 that was noted.")
    if not found.versions or (found.versions[-1]["headline"], found.versions[-1]["body"]) != (article["headline"], article["body"]):
        out.append("The newest version is not the text of the article.")
    out += [f"The words of a tag in {tag.table} do not stand at {tag.field} {tag.start_char}-{tag.end_char}: “{tag.text}”." for tag in tags
            if not tag.agrees]
    return out


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- for people


def as_json(chain: Chain) -> str:
    return json.dumps(dataclasses.asdict(chain) | {"agrees": not chain.disagreements}, ensure_ascii=False, indent=1, default=plain)


def as_text(chain: Chain, *, width: int) -> str:
    """The chain for a terminal of so many columns: what disagrees first."""
    width = min(width, COLUMNS_MAX)
    article = chain.article
    head = [*wrapped(article["headline"] or "(no headline)", width), f"Article {article['article_id']}", article["url"]]
    parts = [head, verdict(chain, width), page_lines(chain, width), field_lines(chain, width), tag_lines(chain, width), end_lines(chain, width)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def verdict(chain: Chain, width: int) -> list[str]:
    if chain.disagreements:
        said = [line for each in chain.disagreements for line in wrapped(f"- {each}", width, "  ")]
        return [f"DOES NOT AGREE: {counted(len(chain.disagreements), 'point')}", *said]
    kept = sum(page.capture is not None for page in chain.pages)
    read = f"{counted(kept, 'kept page')} read again, SHA-256 as noted; " if kept else "no page was kept (import); "
    return wrapped(f"Everything agrees: {read}{counted(len(chain.tags), 'tag')} stand where they say.", width)


def page_lines(chain: Chain, width: int) -> list[str]:
    lines = ["Pages"]
    for page in chain.pages:
        changes = f"; changed: {', '.join(page.changes)}" if page.changes else ""
        lines += ["", *wrapped(f"Version {page.version}, first seen {moment(page.seen_at)}{changes}", width, "  ")]
        lines += capture_lines(page, width) if page.capture else wrapped(page.verified, width, "    ")
    if chain.other_captures:
        lines += ["", *wrapped(f"{counted(chain.other_captures, 'further capture')} of the same article brought no new text.", width, "  ")]
    return lines


def capture_lines(page: PageOrigin, width: int) -> list[str]:
    row = page.capture
    assert row is not None, "the caller has looked"
    lines = [unbroken("    asked", row["url"])]
    if row["final_url"] != row["url"]:
        lines.append(unbroken("    answered", row["final_url"]))
    text = f"; its text is the one of {page.robots['base']}, SHA-256 {page.robots['sha256']}, in robots_files" if page.robots else ""
    answer = f"{row['fetched_at']:%Y-%m-%d %H:%M:%S} UTC, HTTP {row['http_status']}, {row['content_type'] or 'no content type'}"
    lines += labelled("    answer", answer, width)
    lines += labelled("    robots", f"{row['robots']}{text}", width)
    lines += labelled("    capture", f"{row['capture_id']}, by run {row['run_id']}", width)
    lines += [unbroken("    file", row["warc_file"]), f"{'':14}byte {row['warc_offset']}, {row['warc_length']} bytes"]
    if page.payload_in:
        holder = page.payload_in
        lines += labelled("    payload", f"the same bytes as capture {holder['capture_id']}, which alone holds them:", width)
        lines += [unbroken("", holder["warc_file"]), f"{'':14}byte {holder['warc_offset']}, {holder['warc_length']} bytes"]
    return [*lines, unbroken("    SHA-256", row["payload_sha256"]),
            *labelled("    verified", page.verified if page.agrees else f"NO: {page.verified}", width)]


def field_lines(chain: Chain, width: int) -> list[str]:
    lines = ["Fields (* chosen, - not chosen)", ""]
    for origin in chain.fields:
        value = ", ".join(origin.value) if isinstance(origin.value, list) else origin.value
        shown = f"{value:%Y-%m-%d %H:%M:%S} UTC" if hasattr(value, "tzinfo") else "(none)" if value is None else str(value)
        lines += field_line(origin.field, shown if origin.field != "body" else f"{len(shown):,} characters", width)
        lines += [line for source, said, chosen in origin.candidates for line in candidate_line(source, said, chosen, width)]
        if origin.made_by != "candidates":
            lines += wrapped(f"from {origin.made_by}", width, "    ")
    return lines


def field_line(name: str, text: str, width: int) -> list[str]:
    return wrapped(f"{name}: {text}", width, "  ")


def candidate_line(source: str, said: str, chosen: bool, width: int) -> list[str]:
    return bullet(f"{'*' if chosen else '-'} {source}: {said}", width)


def bullet(text: str, width: int) -> list[str]:
    """An item of a list, further lines under its text."""
    first, *more = wrapped(text, width - 2, "    ")
    return [first, *(f"  {line}" for line in more)]


def tag_lines(chain: Chain, width: int) -> list[str]:
    lines, before = ["Tags, with the words that they rest on"], None
    for tag in chain.tags:
        if (tag.field, tag.sentence) != before:
            before = tag.field, tag.sentence
            lines += ["", *wrapped(f"{tag.field}: {tag.sentence}", width, "  ")]
        sure = f", confidence {tag.confidence:g}" if tag.confidence is not None else ""
        wrong = "" if tag.agrees else "  DOES NOT STAND THERE"
        words = "all of it" if tag.text == tag.sentence else f"“{tag.text}”"
        lines += bullet(f"- {tag.what}. {words}, {tag.start_char}-{tag.end_char}; {tag.rule}{sure}{wrong}", width)
    topics = [f"{row['name']} ({row['scheme']} {row['code']}): {row['method']}, confidence {row['confidence']:g}" for row in chain.subjects]
    lines += ["", "  topics of the whole text", *(line for topic in topics for line in bullet(f"- {topic}", width))] if topics else []
    return lines if len(lines) > 1 else ["Tags", "  none"]


def end_lines(chain: Chain, width: int) -> list[str]:
    lines = ["Rows"]
    if copy := chain.copy:
        other = f", compared with {copy['other_article_id']}" if copy["other_article_id"] else ""
        lines += wrapped(f"copies: {copy['relation']} in group {copy['copy_id']}, containment {copy['containment']:.2f}{other}", width, "  ")
    for run in chain.runs:
        wrote = ", which wrote the article's row" if run["run_id"] == chain.article["run_id"] else ""
        what = f"{run['kind']} of {moment(run['started_at'])}, Nightdesk {run['nightdesk_version']}"
        lines += wrapped(f"run {run['run_id']}: {what}{wrote}", width, "  ")
    lines += wrapped(f"read by {chain.article['extractor']}", width, "  ")
    return [*lines, "", *wrapped("Whether today's program reads the same out of the page: nightdesk reprocess --dry-run", width)]
