"""Reading: from a kept capture, or an import line, to an article with identity and tags. Runs in the child processes of the pool."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawlers.links import article_id, canonical_url
from crawlers.outlet import Outlet
from flows.inputs import LONE_SURROGATE, ImportLine, Input, Outcome, SavedPage
from flows.steps import copies, extract, language, tag
from warehouse.captures import read_response
from warehouse.content_codings import decoded_body
from warehouse.errors import CaptureDamaged
from warehouse.records import ArticleReading, Capture, Extracted, FieldCandidate, Page, Rejected
from warehouse.versions import content_sha256


def read(item: Input, data_dir: Path, outlets: dict[str, Outlet]) -> Outcome:
    """The article of a capture or import line, or the named reason why there is none."""
    if isinstance(item, ImportLine):
        return read_line(item, outlets)
    if isinstance(item, SavedPage):
        return read_page(item.page, outlets[item.outlet_id], "saved page")
    return read_capture(item, data_dir, outlets[item.outlet_id])


def read_capture(capture: Capture, data_dir: Path, outlet: Outlet) -> Outcome:
    try:
        response = read_response(data_dir, capture)
        body = decoded_body(response)
    except CaptureDamaged as error:
        return Rejected("extract", "capture_damaged", str(error))
    page = Page(capture.url, capture.final_url, body, capture.content_type, capture.fetched_at, response.candidates, response.headers)
    outcome = read_page(page, outlet, capture.capture_id)
    return outcome if isinstance(outcome, Rejected) else replace(outcome, capture_id=capture.capture_id)


def read_page(page: Page, outlet: Outlet, observation_id: str) -> Outcome:
    extracted = extract.extract(page, outlet.rules)
    if isinstance(extracted, Rejected):
        return extracted
    url = identity_url(page.final_url, extracted.canonical_url, outlet)
    aliases = {canonical_url(page.url, outlet), canonical_url(page.final_url, outlet)} - {url}
    reading = reading_of(extracted, outlet, url, observation_id, page.fetched_at)
    reservations = tuple(replace(reservation, url=url) for reservation in extracted.reservations)
    return replace(reading, aliases=tuple(sorted(aliases)), reservations=reservations)


def identity_url(final_url: str, stated: str | None, outlet: Outlet) -> str:
    """The address that names the article: the one that answered, or the canonical one that the page states, where that can be believed.

    Many templates state the home page, a section or another story as canonical, so it must lie on the outlet's own hosts and end in the
    same slug or id.
    """
    own = canonical_url(final_url, outlet)
    if not stated or not outlet.serves(stated):
        return own
    canonical = canonical_url(stated, outlet)
    return canonical if slug(canonical) and slug(canonical) == slug(own) else own


def slug(url: str) -> str:
    """Last part of the path without its ending."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[0] if "." in last else last


def reading_of(extracted: Extracted, outlet: Outlet, url: str, observation_id: str, seen_at: datetime) -> ArticleReading:
    """The article with its id, tags and text key."""
    key = copies.text_key(extracted.body)
    return ArticleReading(
        article_id=article_id(outlet.outlet_id, url), outlet_id=outlet.outlet_id, url=url, observation_id=observation_id, seen_at=seen_at,
        extracted=extracted, tags=tag.tag(text_to_tag(extracted, outlet)), text_sha256=key.text_sha256, token_count=key.token_count,
        word_count=key.token_count, sketch=key.sketch,
    )


def text_to_tag(extracted: Extracted, outlet: Outlet) -> tag.TextToTag:
    return tag.TextToTag(
        headline=extracted.headline, description=extracted.description, body=extracted.body, captions=extracted.captions,
        language=extracted.language, outlet_id=outlet.outlet_id, country=outlet.country, dateline_place=extracted.dateline_place,
        published_on=extracted.told_on, kind=extracted.kind,
    )


# ---------------------------------------------------------------- import lines

TEXT_KEYS = ("headline", "description", "kind", "section", "byline", "newsroom", "dateline_place", "source_outlet")
LIST_KEYS = ("authors", "keywords")
IMPORT_KEYS = frozenset(
    {"outlet_id", "url", "body", "language", "date_published", "date_modified", "dateline_date", "is_truncated", *TEXT_KEYS, *LIST_KEYS}
)

class BadValue(ValueError):
    """A value of an import line that is not what its key asks for."""


def read_line(line: ImportLine, outlets: dict[str, Outlet]) -> Outcome:
    if unclean := [key for key in sorted(IMPORT_KEYS & line.values.keys()) if not is_encodable(line.values[key])]:
        return Rejected("import", "bad_value", f"{line.where}: {', '.join(unclean)}: a lone surrogate, half of a character, is no text")
    missing = [key for key in ("outlet_id", "url", "body") if not isinstance(line.values.get(key), str) or not line.values[key].strip()]
    if missing:
        return Rejected("import", "missing_field", f"{line.where}: {', '.join(missing)} must be a text that is not empty")
    outlet = outlets.get(line.values["outlet_id"])
    if outlet is None:
        return Rejected("import", "unknown_outlet", f"{line.where}: there is no outlet {line.values['outlet_id']!r}")
    if scheme_of(line.values["url"]) not in ("http", "https"):
        return Rejected("import", "bad_value", f"{line.where}: url = {line.values['url']!r} is not an http address")
    try:
        extracted = imported(line.values, outlet)
    except BadValue as error:
        return Rejected("import", "bad_value", f"{line.where}: {error}")
    url = canonical_url(line.values["url"], outlet)
    # The moment is part of it: the same text imported again after another one is a reading of its own.
    text = f"{article_id(outlet.outlet_id, url)}\n{content_sha256(extracted.headline, extracted.body)}\n{line.seen_at.isoformat()}"
    return reading_of(extracted, outlet, url, hashlib.sha256(text.encode()).hexdigest()[:16], line.seen_at)


def scheme_of(url: str) -> str | None:
    """The scheme; None where the text is no address at all, such as http://[x."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return None


def imported(values: dict[str, Any], outlet: Outlet) -> Extracted:
    """An import line as an article. Raises BadValue."""
    texts = {key: optional_text(values, key) for key in (*TEXT_KEYS, "language")}
    if texts["kind"] and texts["kind"] not in KINDS:
        raise BadValue(f"kind = {texts['kind']!r} is none of {', '.join(sorted(KINDS))}")
    read_text = language.read_text(texts["headline"], texts["description"], clean_lines(values["body"]), texts["language"])
    published_at, precision = moment(values, "date_published", outlet.time_zone)
    modified_at, _ = moment(values, "date_modified", outlet.time_zone)
    dateline_at, _ = moment(values, "dateline_date", outlet.time_zone)
    zone = ZoneInfo(outlet.time_zone)
    given = sorted(IMPORT_KEYS & values.keys() - {"outlet_id", "url", "body"})
    return Extracted(
        headline=read_text.headline, description=read_text.description, body=read_text.body, language=read_text.language,
        encoding=read_text.encoding, kind=texts["kind"] or "news", section=texts["section"], keywords=text_list(values, "keywords"),
        byline=texts["byline"], authors=text_list(values, "authors"), newsroom=texts["newsroom"], dateline_place=texts["dateline_place"],
        dateline_date=dateline_at.astimezone(zone).date() if dateline_at else None, source_outlet=texts["source_outlet"], date_published=published_at,
        date_published_precision=precision, date_published_source="import" if published_at else None,
        published_on=published_at.astimezone(zone).date() if published_at else None, date_modified=modified_at,
        is_truncated=bool(values.get("is_truncated")), extractor="import",
        candidates=tuple(FieldCandidate(key, str(values[key])[:1000], "import", chosen=True) for key in given if values[key] is not None),
    )


KINDS = frozenset({"news", "opinion", "interview", "analysis", "roundup", "photo", "live", "statement", "other"})


def is_encodable(value: Any) -> bool:
    """Whether no text in a value out of JSON, at whatever depth, holds a lone surrogate."""
    return not LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False))


def clean_lines(body: str) -> str:
    """One paragraph a line, as in every body; nothing is taken away but white space around lines and empty lines."""
    return "\n".join(line.strip() for line in body.replace("\x00", "").splitlines() if line.strip())


def optional_text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        raise BadValue(f"{key} must be a text, not {type(value).__name__}")
    return value.replace("\x00", "").strip()


def text_list(values: dict[str, Any], key: str) -> tuple[str, ...]:
    value = values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadValue(f"{key} must be a list of texts")
    return tuple(value)


def moment(values: dict[str, Any], key: str, time_zone: str) -> tuple[datetime | None, str | None]:
    """(aware moment, precision) of an ISO 8601 date or moment; one without a zone is in the outlet's."""
    text = optional_text(values, key)
    if text is None:
        return None, None
    zone = ZoneInfo(time_zone)
    try:
        if len(text) == len("2026-03-02"):
            return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC), "day"
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC), "second"
    except (ValueError, OverflowError) as error:  # the first and the last day of the calendar have no UTC everywhere
        raise BadValue(f"{key} = {text[:40]!r} is not an ISO 8601 date. Write it like 2026-03-02 or 2026-03-02T18:30:00+06:30") from error
