"""`nightdesk briefing`, and the last step of a night: one day's page out of the published file, written whole or not at all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.briefing.content import Content, content_of
from flows.briefing.day import news_day, noon, values_of
from flows.briefing.mail import markdown_of
from flows.briefing.page import html_of, page_template
from flows.briefing.rows import Row, rows_of
from flows.layout import counted
from warehouse.briefing_rows import all_answers, last_moments, open_day
from warehouse.clock import Clock
from warehouse.db import Connection
from warehouse.errors import AskedWrongly
from warehouse.file_copy import flush, rename_durably
from warehouse.settings import Settings

ENDINGS = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".json": "json"}


def load() -> None:
    """Makes ready what each page takes: with this module its libraries, here its template."""
    page_template()


def read_content(settings: Settings, day: date | None = None) -> Content:
    """The content of the page of a day; of the last one that a nightly run worked for where none is given. Raises AskedWrongly without a file."""
    with open_day(settings.published_database, settings.memory_limit_mb) as connection:
        chosen = day or last_day(connection)
        return content_of(chosen, rows_of(all_answers(connection, values_of(chosen))))


def last_day(connection: Connection) -> date:
    """The day of the last nightly run; without one the last day of publication, and today in a file without any date."""
    known = last_moments(connection)
    if known["last_nightly_at"]:
        return news_day(known["last_nightly_at"])
    day: date | None = known["last_day"]
    return day or news_day(Clock().now())


# ---------------------------------------------------------------- forms


def as_html(content: Content) -> str:
    return html_of(content)


def as_json(content: Content) -> str:
    """The page as one JSON object: what is wrong, and per query its question, its text as a person can run it, and its rows."""
    asked = {
        name: {"question": answer.question, "sql": answer.sql, "rows": [row_as_json(row) for row in content.rows[name]]}
        for name, answer in content.rows.queries.items() if name != "names"
    }
    whole = {
        "day": content.day, "time_zone": "Asia/Yangon", "noticed_from": noon(content.day), "noticed_until": values_of(content.day)["noticed_until"],
        "days_of_history": content.history_days, "names_withheld": content.rows.withheld,
        "attention": [dataclasses.asdict(each) for each in content.attention], "queries": asked,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, default=plain) + "\n"


def row_as_json(row: Row) -> dict[str, Any]:
    return {name: "".join(value) if name == "sentence" and isinstance(value, list) else value for name, value in row.values.items()}


def plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else str(value)


FORMS: dict[str, Callable[[Content], str]] = {"html": as_html, "markdown": markdown_of, "json": as_json}


def form_of(out: Path) -> str:
    """The form that a file's ending asks for. Raises AskedWrongly for another ending."""
    form = ENDINGS.get(out.suffix.lower())
    if form is None:
        raise AskedWrongly(f"{out}: the ending says no form. Use .html, .md or .json, or give --format.")
    return form


# ---------------------------------------------------------------- writing


def page_path(settings: Settings, day: date) -> Path:
    return settings.briefings_dir / f"{day.isoformat()}.html"


def write(text: str, path: Path) -> Path:
    """Writes the text under a temporary name and renames it, so that nobody ever reads half a page. Raises AskedWrongly where that cannot be."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        if path.parent.name == "briefings":
            path.parent.mkdir(exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        flush(temporary)
        rename_durably(temporary, path)
    except OSError as error:
        raise AskedWrongly(f"{path}: the page cannot be written there ({error.strerror or error}).") from error
    finally:
        if temporary.exists():
            temporary.unlink()
    return path


def write_night(settings: Settings, started_at: datetime) -> Path:
    """The page of the day that a run worked for, in the folder of the briefings."""
    day = news_day(started_at)
    return write(as_html(read_content(settings, day)), page_path(settings, day))


def as_text(content: Content, path: Path) -> str:
    """What a person is told after a page was written."""
    head = {row["figure"]: row["today"] for row in content.rows["head"]}
    low, high = head["killed_low"], head["killed_high"]
    killed = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    lines = [
        f"{content.day:%A %-d %B %Y}: {counted(head['articles'], 'article')}, {head['originals']:,} without copies; "
        f"{counted(head['events'], 'event')} told, {killed} killed in them.",
        *(f"  {each.level}: {each.title}: {each.text}" for each in content.attention),
        f"The page: {path}",
    ]
    return "\n".join(lines)
