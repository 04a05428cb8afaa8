"""Outlets: one TOML file each, read into typed values, with every fault of every file said at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from crawlers import outlet_checks as check
from crawlers.hosts import DEFAULT_PORTS, host_key, keys_of, port_of, web_parts
from warehouse.errors import AskedWrongly
from warehouse.records import FieldRules, OutletRules

OUTLET_ID = re.compile(r"[a-z0-9_]{2,40}")


# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Source:
    """Where an outlet lists its articles. The url of a listing may hold {page}; that of wordpress is the root of the site."""

    kind: str  # feed | sitemap | listing | wordpress
    url: str


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """What an article page of the outlet looks like."""

    url_pattern: str | None = None
    drop: tuple[str, ...] = ()
    generic_bylines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchRules:
    """Politeness and limits. The defaults are those of the contract: one connection, five seconds between requests, 10 MiB a page."""

    delay_s: float = 5.0
    connections: int = 1
    timeout_s: float = 30.0
    max_bytes: int = 10_485_760
    allow_addresses: tuple[str, ...] = ()  # CIDR blocks of private addresses that may be fetched


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many articles a day are usual; None where nobody said."""

    articles_per_day_min: float | None = None
    articles_per_day_max: float | None = None


@dataclass(frozen=True)
class Outlet:
    """One outlet in one language, as its file defines it. `hosts` are the further hosts; the homepage's host is the canonical one."""

    outlet_id: str
    name: str
    homepage: str
    country: str
    language: str
    time_zone: str
    hosts: tuple[str, ...] = ()
    enabled: bool = True
    discover: tuple[Source, ...] = ()
    article: ArticleRules = ArticleRules()
    fields: tuple[FieldRules, ...] = ()
    fetch: FetchRules = FetchRules()
    expect: Expectation = Expectation()
    definition_sha256: str = field(default="", compare=False)

    @cached_property
    def canonical_host(self) -> str:
        """Host of the homepage, lower case, with its port where that is not the usual one of the scheme."""
        parts = urlsplit(self.homepage)
        port = port_of(parts)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return host if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"

    @cached_property
    def host_keys(self) -> frozenset[tuple[str, int | None]]:
        """(host without alias label, port or None for any port) of every host that serves the articles."""
        return frozenset(host_key(host) for host in (self.canonical_host, *self.hosts))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def rules(self) -> OutletRules:
        """What the steps after the crawl need to know."""
        hosts = tuple(dict.fromkeys((self.canonical_host, *self.hosts)))
        return OutletRules(self.outlet_id, self.name, self.language, self.time_zone, self.country, hosts, self.article.drop,
                           self.article.generic_bylines, self.fields)

    @cached_property
    def article_pattern(self) -> re.Pattern[str] | None:
        return re.compile(self.article.url_pattern) if self.article.url_pattern else None

    def serves(self, url: str) -> bool:
        """Whether the address lies on a host of this outlet, whatever the scheme, and the port where the definition names none."""
        parts = web_parts(url)
        return parts is not None and any(key in self.host_keys for key in keys_of(parts))

    def matches(self, url: str) -> bool:
        """Whether the path (or path and query) of the address is one that `url_pattern` allows; true where there is no pattern.

        Escapes are resolved first, so that a pattern may be written in the script of the outlet.
        """
        if self.article_pattern is None:
            return True
        parts = urlsplit(url)
        path = unquote(parts.path)
        return any(self.article_pattern.search(text) for text in ([path, f"{path}?{unquote(parts.query)}"] if parts.query else [path]))


class OutletIndex:
    """Finds the outlet of an address. Built once; a look-up costs the same for one outlet as for thousands."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self._by_host: dict[tuple[str, int | None], list[Outlet]] = {}
        for outlet in sorted(outlets, key=lambda outlet: outlet.outlet_id):
            for key in outlet.host_keys:
                self._by_host.setdefault(key, []).append(outlet)

    def of(self, url: str) -> Outlet | None:
        """The outlet whose host this is. Where several share it, the one whose url_pattern fits, then one without, then by outlet_id."""
        parts = web_parts(url)
        found = [outlet for key in keys_of(parts) for outlet in self._by_host.get(key, ())] if parts else []
        if len(found) < 2:
            return found[0] if found else None
        found.sort(key=lambda outlet: (not outlet.matches(url), outlet.article_pattern is None, outlet.outlet_id))
        return found[0]


# ---------------------------------------------------------------- faults


@dataclass(frozen=True, slots=True)
class OutletFault:
    """One mistake in one outlet file. `key` is dotted, with the position of repeated blocks: discover[1].kind."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


# ---------------------------------------------------------------- the keys of a file

Check = Callable[[object], object]
# What a selector of [[fields]] may fill: the columns of `articles` and `images` that a page part can hold.
FIELD_NAMES = ("headline", "description", "body", "byline", "authors", "newsroom", "date_published", "date_modified", "section", "keywords",
               "source_outlet", "caption", "credit")
REQUIRED = ("name", "homepage", "country", "language", "time_zone", "kind", "url")
TOP: dict[str, Check] = {
    "name": check.text, "homepage": check.web_address, "country": check.country_code, "language": check.language_tag, "time_zone": check.iana_zone,
    "hosts": check.hosts, "enabled": check.yes_or_no,
}
TABLES: dict[str, dict[str, Check]] = {
    "article": {"url_pattern": check.path_pattern, "drop": check.selectors, "generic_bylines": check.texts},
    "fetch": {"delay_s": check.number(0, 3600), "connections": check.whole_number(1, 64), "timeout_s": check.number(0.1, 600),
              "max_bytes": check.whole_number(1024, 64 << 20), "allow_addresses": check.networks},
    "expect": {"articles_per_day_min": check.number(0, 100_000), "articles_per_day_max": check.number(0, 100_000)},
}
REPEATED: dict[str, dict[str, Check]] = {
    "discover": {"kind": check.kind, "url": check.web_address},
    "fields": {"until": check.day} | dict.fromkeys(FIELD_NAMES, check.selector),
}


def shown(value: object) -> str:
    """The value as it stands in the file, shortened."""
    written = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return written if len(written) <= 120 else written[:117] + "..."


@dataclass(slots=True)
class Reading:
    """One file being read: the faults found so far."""

    file: str
    faults: list[OutletFault] = field(default_factory=list)

    def fault(self, key: str, message: str) -> None:
        self.faults.append(OutletFault(self.file, key, message))

    def table(self, raw: object, keys: Mapping[str, Check], prefix: str = "", also: Iterable[str] = ()) -> dict[str, Any]:
        """The checked values of one table; every mistake in it becomes a fault."""
        if not isinstance(raw, dict):
            self.fault(prefix.rstrip("."), f"{prefix.rstrip('.')} = {shown(raw)} is not a table. Write its keys under [{prefix.rstrip('.')}].")
            return {}
        values: dict[str, Any] = {}
        for key, value in raw.items():
            if key in keys:
                self.value(values, key, value, keys[key], prefix)
            elif key not in also:
                known = [*keys, *also]
                hint = check.nearest(key, known) or f" Known here: {', '.join(known)}."
                self.fault(prefix + key, f"{prefix}{key} is not a key of an outlet file.{hint}")
        for key in keys:
            if key in REQUIRED and key not in raw:
                self.fault(prefix + key, f"{prefix}{key} is missing.")
        return values

    def value(self, values: dict[str, Any], key: str, value: object, allowed: Check, prefix: str) -> None:
        try:
            values[key] = allowed(value)
        except check.Wrong as wrong:
            self.fault(prefix + key, f"{prefix}{key} = {shown(value)} {wrong}")

    def blocks(self, raw: object, keys: Mapping[str, Check], name: str) -> list[dict[str, Any]]:
        """The checked values of every [[name]] block."""
        if not isinstance(raw, list):
            self.fault(name, f"{name} is not a list of blocks. Write each one under [[{name}]].")
            return []
        return [self.table(block, keys, f"{name}[{position}].") for position, block in enumerate(raw)]


# ---------------------------------------------------------------- reading


def read_outlets(folder: Path, only: Iterable[str] | None = None) -> tuple[dict[str, Outlet], tuple[OutletFault, ...]]:
    """The outlets of a folder by id, in order of id, and every fault of every file; a faulty file does not stop the others.

    `only` reads the files of these outlets and no others. Raises AskedWrongly where the folder is not there.
    """
    if not folder.is_dir():
        raise AskedWrongly(f"{folder}: there is no such folder. Name the folder of the outlet files with --outlets-dir.")
    wanted = None if only is None else set(only)
    outlets, faults = {}, []
    for path in sorted(folder.glob("*.toml")):
        if wanted is None or path.stem in wanted:
            outlet, found = read_outlet(path)
            faults += found
            if outlet:
                outlets[outlet.outlet_id] = outlet
    return outlets, tuple(faults)


def read_outlet(path: Path) -> tuple[Outlet | None, list[OutletFault]]:
    """The outlet of one file, or None and what is wrong with the file."""
    reading = Reading(path.name)
    if not OUTLET_ID.fullmatch(path.stem):
        reading.fault("", "the file name is not an outlet id. Use 2 to 40 of a-z, 0-9 and _, such as dmg_en.toml.")
    raw, sha256 = load(path, reading)
    outlet = None if raw is None else outlet_of(path.stem, raw, sha256, reading)
    return (None if reading.faults else outlet), reading.faults


def load(path: Path, reading: Reading) -> tuple[dict[str, Any] | None, str]:
    try:
        definition = path.read_bytes()
        return tomllib.loads(definition.decode()), hashlib.sha256(definition).hexdigest()
    except OSError as error:
        reading.fault("", f"the file cannot be read ({error.strerror}).")
    except UnicodeDecodeError as error:
        reading.fault("", f"the file is not UTF-8 (byte {error.start}). Save it as UTF-8.")
    except tomllib.TOMLDecodeError as error:
        reading.fault("", f"the file is not TOML: {error}.")
    return None, ""


def outlet_of(outlet_id: str, raw: dict[str, Any], sha256: str, reading: Reading) -> Outlet | None:
    """The outlet that the checked values make, or None where a fault leaves it incomplete."""
    top = reading.table(raw, TOP, also=(*TABLES, *REPEATED))
    tables = {name: reading.table(raw[name], keys, f"{name}.") for name, keys in TABLES.items() if name in raw}
    blocks = {name: reading.blocks(raw[name], keys, name) for name, keys in REPEATED.items() if name in raw}
    least, most = (tables.get("expect", {}).get(f"articles_per_day_{end}") for end in ("min", "max"))
    if least is not None and most is not None and least > most:
        reading.fault("expect", f"expect.articles_per_day_min = {least:g} is more than articles_per_day_max = {most:g}.")
    if reading.faults:
        return None
    return Outlet(
        outlet_id, **top, definition_sha256=sha256,
        discover=tuple(Source(**block) for block in blocks.get("discover", ())),
        fields=tuple(field_rules(block) for block in blocks.get("fields", ())), article=ArticleRules(**tables.get("article", {})),
        fetch=FetchRules(**tables.get("fetch", {})), expect=Expectation(**tables.get("expect", {})),
    )


def field_rules(block: dict[str, Any]) -> FieldRules:
    return FieldRules({key: css for key, css in block.items() if key != "until"}, block.get("until"))
