"""The sample outlets and their stories, as read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
OUTLETS_DIR = HERE / "outlets"


@dataclass(frozen=True, slots=True)
class SampleOutlet:
    """One outlet of the sample world: its definition, and how its server answers (`servers.toml`)."""

    outlet_id: str
    name: str
    language: str
    zone: ZoneInfo
    homepage: str  # with the slash at the end
    hosts: tuple[str, ...]  # the canonical host first
    shape: str  # the template of its article pages
    routes: dict[str, str]  # path: kind of list
    robots: str | None  # None: /robots.txt answers 404
    validators: bool  # whether pages carry ETag and Last-Modified


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a story with its printed caption line: text, then credit."""

    file: str
    caption: str
    credit: str

    @property
    def printed(self) -> str:
        return f"{self.caption} {self.credit}".strip()


@dataclass(frozen=True, slots=True)
class Edition:
    """What a story says at one time; an updated story has two. `modified_at` is aware, None where only a day is known."""

    headline: str
    description: str | None
    paragraphs: tuple[str, ...]
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """One address of the sample world and what it answers on each night. `key` is `<outlet_id>/<file name>`."""

    key: str
    outlet: SampleOutlet
    path: str  # decoded, with the query where the address needs one
    first_night: int
    gone_on: int | None
    published_on: date | None
    published_at: datetime | None  # None where the outlet gives a day only
    sort_day: date
    editions: tuple[Edition, ...]
    kind: str
    authors: tuple[str, ...]
    newsroom: str | None
    dateline: str | None
    dateline_place: str | None
    copy_of: str | None  # key of the story it was taken from
    source_line: bool  # whether the page names the outlet it was taken from
    page_date: bool  # whether the page of an outlet that may leave it out prints its date
    listed_as: str | None  # the address as the outlet's lists print it, where that is not the plain one
    number: int  # the id that content management systems count with
    answers: str | None  # the misbehaviour of this address, one of MISBEHAVIOURS in world.py
    pictures: tuple[Picture, ...]

    @property
    def url(self) -> str:
        """The canonical address: scheme and host of the homepage, path in percent-encoded UTF-8, no tracking."""
        return self.outlet.homepage.rstrip("/") + quote(self.path, safe="/?=&")

    def is_up(self, night: int) -> bool:
        return self.first_night <= night and (self.gone_on is None or night < self.gone_on)

    def version(self, night: int) -> int:
        return min(len(self.editions), night - self.first_night + 1)

    def edition(self, night: int) -> Edition:
        return self.editions[self.version(night) - 1]

    def answers_to(self, path: str, query: dict[str, list[str]]) -> bool:
        """Whether a request for this decoded path and query means this story; further query keys do not matter."""
        mine = urlsplit(self.path)
        return mine.path == path and parse_qs(mine.query).items() <= query.items()


@cache
def outlets() -> dict[str, SampleOutlet]:
    """The six sample outlets by id."""
    servers = tomllib.loads((HERE / "servers.toml").read_text(encoding="utf-8"))
    return {outlet_id: _outlet(outlet_id, server) for outlet_id, server in servers.items()}


@cache
def stories() -> dict[str, Story]:
    """All stories by key, misbehaving ones too."""
    files = sorted(HERE.glob("stories/*/*.toml"))
    raw = {f"{file.parent.name}/{file.stem}": tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    return {key: _story(key, story, raw) for key, story in raw.items()}


def stories_of(outlet: SampleOutlet, night: int) -> list[Story]:
    """The stories that the outlet's lists name on that night, newest first."""
    present = [story for story in stories().values() if story.outlet is outlet and story.is_up(night)]
    return sorted(present, key=_newest_first)


def _newest_first(story: Story) -> tuple[int, float, str]:
    moment = story.published_at or datetime.combine(story.sort_day, time(), story.outlet.zone)
    return -story.sort_day.toordinal(), -moment.timestamp(), story.key


def _outlet(outlet_id: str, server: dict[str, Any]) -> SampleOutlet:
    definition = tomllib.loads((OUTLETS_DIR / f"{outlet_id}.toml").read_text(encoding="utf-8"))
    host = urlsplit(definition["homepage"]).netloc
    return SampleOutlet(
        outlet_id=outlet_id,
        name=definition["name"],
        language=definition["language"],
        zone=ZoneInfo(definition["time_zone"]),
        homepage=definition["homepage"],
        hosts=(host, *definition.get("hosts", ())),
        shape=server["shape"],
        routes={unicodedata.normalize("NFC", path): kind for path, kind in server["routes"].items()},
        robots=server.get("robots"),
        validators=server["validators"],
    )


def _story(key: str, raw: dict[str, Any], everything: dict[str, dict[str, Any]]) -> Story:
    outlet = outlets()[key.partition("/")[0]]
    published = raw.get("published")
    published_at = published.replace(tzinfo=outlet.zone) if isinstance(published, datetime) else None
    published_on = published.date() if isinstance(published, datetime) else published
    return Story(
        key=key,
        outlet=outlet,
        path=unicodedata.normalize("NFC", raw["path"]),
        first_night=raw["night"],
        gone_on=raw.get("gone_on"),
        published_on=published_on,
        published_at=published_at,
        sort_day=published_on or raw["listed_on"],
        editions=tuple(_editions(raw, everything, outlet, published_at)),
        kind=raw.get("kind", "news"),
        authors=tuple(raw.get("authors", ())),
        newsroom=raw.get("newsroom"),
        dateline=raw.get("dateline"),
        dateline_place=raw.get("dateline_place"),
        copy_of=raw.get("copy_of"),
        source_line=raw.get("source_line", False),
        page_date=raw.get("page_date", False),
        listed_as=raw.get("listed_as"),
        number=raw.get("number", 0),
        answers=raw.get("answers"),
        pictures=tuple(Picture(**picture) for picture in raw.get("images", ())),
    )


def _editions(
    raw: dict[str, Any], everything: dict[str, dict[str, Any]], outlet: SampleOutlet, published_at: datetime | None
) -> Iterator[Edition]:
    # A copy holds the very words of its original, so they are written once and taken over here.
    source = everything[raw["copy_of"]] if "copy_of" in raw else raw
    paragraphs = _paragraphs(source)[: raw.get("paragraphs")]
    yield _edition(raw, paragraphs, published_at)
    if change := raw.get("night_2"):
        modified_at = change["modified"].replace(tzinfo=outlet.zone) if "modified" in change else None
        yield _edition({**raw, **change}, _paragraphs({**raw, **change}), modified_at)


def _paragraphs(raw: dict[str, Any]) -> tuple[str, ...]:
    return tuple(paragraph.strip() for paragraph in raw.get("body", "").split("\n\n") if paragraph.strip())


def _edition(raw: dict[str, Any], paragraphs: tuple[str, ...], modified_at: datetime | None) -> Edition:
    # On some pages the standfirst is one of the body's own paragraphs, which the file then names by number.
    description = paragraphs[raw["description_paragraph"] - 1] if "description_paragraph" in raw else raw.get("description")
    return Edition(raw["headline"], description, paragraphs, modified_at)
