"""The morning page as HTML: one file that opens from the disk, asks no network and runs no script but its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from flows.briefing import content as said
from flows.briefing.content import Content
from flows.briefing.rows import Row
from flows.briefing.safety import language_tag, web_address

BYTES_MAX = 3_000_000  # what mail systems still take; lists are cut, and say so, before the page grows beyond it
LISTED_MAX = 2500
TAKEN_MAX = 8
PLACES_MAX = 20
LATE_MAX = 20
ATTENTION_MAX = 25
NAMES_OF_TAGS_MAX = 4


@dataclass(frozen=True, slots=True)
class Group:
    grouper: Any
    list: list[Any]


def html_of(content: Content) -> str:
    """The page. Lists of stories are shortened until it is no larger than BYTES_MAX; the page says how many it shows."""
    listed = min(LISTED_MAX, len(content.rest))
    page = rendered(content, listed)
    while len(page.encode()) > BYTES_MAX and listed:
        listed //= 2
        page = rendered(content, listed)
    return page


def rendered(content: Content, listed: int) -> str:
    css, js = asset("page.css"), asset("page.js")
    return page_template().render(
        **words(content), **charts(content), page=content, listed=listed, css=css, js=js, policy=policy(css, js), version=version("nightdesk"),
        keys_of=partial(said.keys_of, content=content), places_of=partial(places_of, content=content), groups_of=partial(groups_of, content=content),
        language_tag=language_tag, web_address=web_address, taken_max=TAKEN_MAX, places_max=PLACES_MAX, late_max=LATE_MAX,
        attention_max=ATTENTION_MAX,
        asked=[row for row in content.rows["outlets_of_night"] if row["state"] != "not_crawled"], bad=said.BAD,
    )


def words(content: Content) -> dict[str, Any]:
    """Functions and phrases for numbers, days and names."""
    return {
        "day_words": f"{content.day:%A %-d %B %Y}", "night_words": said.night_words(content.day),
        "history_words": said.history_words(content.history_days),
        "number": number, "usual": said.usual, "short_day": short_day, "month": lambda day: f"{day:%b}", "moment": moment, "printed": printed,
        "language_name": said.language_name, "relations": said.RELATIONS, "states_of_day": said.STATES_OF_DAY,
    }


def charts(content: Content) -> dict[str, Any]:
    """Functions that draw the bar of one row, each on the scale of its chart."""
    rows = content.rows
    of_outlet = max((max(row["articles"], row["median"] or 0) for row in rows["outlets_of_day"]), default=0)
    of_type = max((row["week"] for row in rows["events_by_type"]), default=0)
    of_state = max((row["killed_high_week"] for row in rows["casualties_by_state"]), default=0)
    return {
        "outlet_bar": partial(said.bars_of_outlet, scale=of_outlet), "day_and_week_bar": partial(said.bars_of_day_and_week, scale=of_type),
        "casualties_bar": partial(said.bars_of_casualties, scale=of_state), "level": partial(said.level, top=content.coverage_top),
    }


@cache
def environment() -> Environment:
    made = Environment(loader=PackageLoader("flows.briefing", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["groupby_kept"] = in_groups
    return made


@cache
def page_template() -> Template:
    return environment().get_template("page.html.j2")


@cache
def asset(name: str) -> Markup:
    """A style sheet or script of ours, as it is."""
    return Markup((files("flows.briefing") / name).read_text(encoding="utf-8").strip())  # noqa: S704 - our own file, nothing of outlets


def policy(css: str, js: str) -> str:
    """Content-Security-Policy: nothing is loaded, sent or framed; only this very style sheet and this very script count."""
    return (
        f"default-src 'none'; style-src '{sha256(css)}'; script-src '{sha256(js)}'; img-src data:; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def in_groups(rows: Iterable[Row], column: str) -> Iterator[Group]:
    """Rows that follow each other with one value of the column; their order stays."""
    for value, group in groupby(rows, key=lambda row: row[column]):
        yield Group(value, list(group))


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:,}"


def short_day(day: date) -> str:
    return f"{day:%-d %b %Y}"


def moment(value: datetime) -> str:
    """A moment in the zone of the page."""
    return f"{said.local(value):%-d %b %Y, %H:%M}"


def printed(row: Row) -> str:
    """Day of publication, with the time where the page gives one, in the outlet's zone."""
    when = f"{said.local(row['printed_at'], row['time_zone']):%H:%M}" if row["printed_at"] else ""
    return ", ".join(filter(None, (short_day(row["published_on"]), when)))


def places_of(row: Row, content: Content) -> list[str]:
    """Names of the townships that a story names; of its states where it names none."""
    names = [content.names.places[each] for each in row["township_ids"] if each in content.names.places]
    return shown(names or [content.names.places[each] for each in row["state_ids"] if each in content.names.places])


def groups_of(row: Row, content: Content) -> list[str]:
    return shown([content.names.groups[each] for each in row["group_ids"] if each in content.names.groups])


def shown(names: list[str]) -> list[str]:
    unique = list(dict.fromkeys(names))
    return unique[:NAMES_OF_TAGS_MAX] + ([f"+{len(unique) - NAMES_OF_TAGS_MAX}"] if len(unique) > NAMES_OF_TAGS_MAX else [])
