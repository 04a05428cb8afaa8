"""`nightdesk show`: one article for reading in a terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flows.layout import labelled, moment, unbroken, wrapped
from flows.naming import named_article
from warehouse.one_article import ArticleRows, Row
from warehouse.settings import Settings

COLUMNS_MAX = 88  # longer lines are hard to read
NAMES_SHOWN = 12  # of a kind of tag


def show(settings: Settings, asked: str) -> ArticleRows:
    """The article that is meant, by id, first digits of it, or address. Raises AskedWrongly."""
    return named_article(settings, asked)


def as_json(found: ArticleRows) -> str:
    """The row of the article with the rows that belong to it, by table."""
    parts = {"outlet": found.outlet, **found.tables, "copies": found.copies, "copy": found.own_copy}
    versions = [{name: row[name] for name in ("version", "seen_at", "headline", "changes", "capture_id")} for row in found.versions]
    return json.dumps(found.article | parts | {"versions": versions}, ensure_ascii=False, indent=1, default=plain)


def plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_text(found: ArticleRows, *, width: int) -> str:
    """The article for a terminal of so many columns."""
    width = min(width, COLUMNS_MAX)
    parts = [head_lines(found, width), fact_lines(found, width), body_lines(found, width), picture_lines(found, width), tag_lines(found, width)]
    more = f"Where each field and tag comes from: nightdesk why {found.article['article_id']}"
    return "\n\n".join("\n".join(part) for part in (*parts, [more]) if part)


def head_lines(found: ArticleRows, width: int) -> list[str]:
    article = found.article
    lines = wrapped(article["headline"] or "(no headline)", width)
    if article["description"]:
        lines += ["", *wrapped(article["description"], width)]
    # A byline that names the newsroom says the same twice.
    by = list(dict.fromkeys(filter(None, (article["byline"] or ", ".join(article["authors"] or []), article["newsroom"]))))
    place = ", ".join(filter(None, (article["dateline_place"], str(article["dateline_date"] or ""))))
    if signed := "  |  ".join(filter(None, (" / ".join(by), place))):
        lines += ["", *wrapped(signed, width)]
    return lines


def fact_lines(found: ArticleRows, width: int) -> list[str]:
    article, outlet = found.article, found.outlet
    kind = ", ".join(filter(None, (article["kind"], article["section"] and f"section {article['section']}", f"language {article['language']}")))
    facts = [
        ("Outlet", f"{outlet['name']} ({outlet['outlet_id']}{', ' + outlet['country'] if outlet['country'] else ''})"),
        ("Published", published(article, outlet)),
        ("Modified", f"{local(article['date_modified'], outlet):%A %-d %B %Y, %H:%M} {outlet['time_zone']}, as the page says"
         if article["date_modified"] else ""),
        ("Kind", kind + (", converted from Zawgyi" if article["encoding"] == "zawgyi" else "")),
        ("Taken from", article["source_outlet"] or ""),
        ("Seen", seen(article)),
        ("Warning", "Only the beginning: the rest is behind a paywall." if article["is_truncated"] else ""),
        ("Warning", f"The address answers 'not found' since {moment(article['gone_at'])}." if article["gone_at"] else ""),
        *copy_facts(found),
    ]
    addresses = [unbroken("Address", article["url"]), *(unbroken("  or", alias) for alias in article["aliases"] or ())]
    return [*(line for label, text in facts if text for line in labelled(label, text, width)), *addresses]


def local(value: datetime, outlet: Row) -> datetime:
    return value.astimezone(ZoneInfo(outlet["time_zone"]))


def published(article: Row, outlet: Row) -> str:
    """The day in the outlet's zone, with the time where the page gives one, and what it rests on."""
    if article["date_published"] is None:
        return "not known: the page gives no date"
    precision = article["date_published_precision"]
    forms = {"year": "%Y", "month": "%B %Y", "day": "%A %-d %B %Y"}
    said = f"{local(article['date_published'], outlet):{forms.get(precision, '%A %-d %B %Y, %H:%M')}}"
    zone = "" if precision in forms else f" {outlet['time_zone']}"
    if article["date_published_source"] == "update":
        return f"by {said}{zone}, the day of its last update (the page gives no other)"
    return f"{said}{zone} (exact to the {precision}; from {article['date_published_source']})"


def seen(article: Row) -> str:
    version = f"version {article['version']}" if article["version"] > 1 else "one version"
    return f"first {moment(article['first_seen_at'])}, last {moment(article['last_seen_at'])}; {version}"


def copy_facts(found: ArticleRows) -> list[tuple[str, str]]:
    """What it is a copy of, or what is a copy of it; one line for each other member of the group."""
    others = [(f"  {row['relation'] if row['is_copy'] else 'translation'}", other_article(row)) for row in found.copies]
    if not found.own_copy:
        return [("Copies", "the same story in another language:"), *others] if others else []
    words = {
        "original": "the original; its copies are", "exact": "the same words as another article", "near": "nearly the same text as another article",
        "excerpt": "text that stands in another article too, in part", "translation": "the same story in another language",
    }
    return [("Copies", f"{words[found.own_copy['relation']]}:"), *others]


def other_article(row: Row) -> str:
    return f"{row['outlet'] or row['outlet_id']}, {row['published_on'] or 'no date'}: {row['headline'] or '(no headline)'} [{row['article_id']}]"


def body_lines(found: ArticleRows, width: int) -> list[str]:
    lines: list[str] = []
    for paragraph in found.article["body"].splitlines():
        lines += [*([""] if lines else []), *wrapped(paragraph, width)]
    return lines


def picture_lines(found: ArticleRows, width: int) -> list[str]:
    lines = ["Pictures"] if found.tables["images"] else []
    for image in found.tables["images"]:
        lines += labelled(f"  {image['position'] + 1}", " | ".join(filter(None, (image["caption"] or "(no caption)", image["credit"]))), width)
        lines += [unbroken("", image["url"])] if image["url"] else []
    return lines


def tag_lines(found: ArticleRows, width: int) -> list[str]:
    tables = found.tables
    groups = [
        ("Places", names_of(tables["mentions"], "place")),
        ("Groups", names_of(tables["mentions"], "armed_group") + names_of(tables["mentions"], "organization")),
        ("People", names_of(tables["mentions"], "person")),
        ("Figures", [figure(row) for row in tables["figures"]]),
        ("Days", [days(row) for row in tables["dates"]]),
        ("Quoted", unique(row["speaker"] or row["speaker_description"] or "unnamed" for row in tables["quotations"])),
        ("Topics", [row["name"] for row in tables["subjects"]]),
        ("Events", [event(row) for row in tables["events"]]),
    ]
    lines = [line for label, names in groups if names for line in labelled(f"  {label}", shortened(names), width)]
    return ["Tags", *lines] if lines else ["Tags", "  none"]


def names_of(mentions: list[Row], kind: str) -> list[str]:
    """The names of the kind, the most mentioned first, each once, with its id."""
    counts: dict[str, int] = {}
    for row in mentions:
        if row["kind"] == kind:
            name = f"{row['entity'] or row['text']}{' (' + row['entity_id'] + ')' if row['entity_id'] else ''}"
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def figure(row: Row) -> str:
    scope = "" if row["scope"] == "event" else f", {row['scope']}"
    number = row["best"] if row["best"] is not None else f"{value(row['low'])} to {value(row['high'])}"
    qualifier = "" if row["qualifier"] == "exact" else f"{row['qualifier']} "
    return f"{row['role'].replace('_', ' ')}: {qualifier}{number}{scope}"


def value(number: int | None) -> str:
    return "?" if number is None else str(number)


def days(row: Row) -> str:
    first, last = row["start_date"], row["end_date"]
    span = f"{first}" if first == last else f"{first or '?'} to {last or '?'}"
    return f"{span} (“{row['text']}”)"


def event(row: Row) -> str:
    return ", ".join(str(each) for each in (row["sub_event_type"], row["location"], row["event_date"]) if each)


def unique(names: Any) -> list[str]:
    """The names, each in its first spelling: "Residents" and "residents" are one."""
    return list({name.casefold(): name for name in reversed(list(names))}.values())[::-1]


def shortened(names: list[str]) -> str:
    more = f"; and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return "; ".join(names[:NAMES_SHOWN]) + more
