"""What the values of an outlet file may be: one small check a kind of value, each of which says what is allowed. Pure."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError

from crawlers.hosts import host_key, web_parts

KINDS = ("feed", "sitemap", "listing", "wordpress")


class Wrong(Exception):
    """A value that its key does not take; the text goes on after `key = value` and says what is allowed."""


def one_of(words: Iterable[str]) -> str:
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last


def nearest(word: object, known: Iterable[str]) -> str:
    """' Did you mean "x"?' where one of the known words is near, else nothing."""
    near = difflib.get_close_matches(str(word), list(known), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Wrong("is not a text. Write it between quotes.")
    return value.strip()


def texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise Wrong('is not a list of texts. Write it like ["one", "two"].')
    return tuple(item.strip() for item in value)


def yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("is neither true nor false.")
    return value


def number(least: float, most: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise Wrong(f"is not a number from {least:g} to {most:g}.")
        return float(value)

    return check


def whole_number(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Wrong(f"is not a whole number from {least:,} to {most:,}.")
        return value

    return check


def web_address(value: object) -> str:
    address = text(value)
    if web_parts(address) is None:
        raise Wrong("is not a web address. Write it with http:// or https:// and a host.")
    return address


def country_code(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value):
        raise Wrong('is not a country code. Use two capital letters of ISO 3166-1, such as "MM".')
    return value


def language_tag(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise Wrong('is not a language tag. Use BCP 47, such as "en", "my" or "zh-Hans".')
    return value


def iana_zone(value: object) -> str:
    name = text(value)
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise Wrong('is not an IANA time zone. Use a name such as "Asia/Yangon".') from None
    return name


def hosts(value: object) -> tuple[str, ...]:
    names = texts(value)
    for name in names:
        try:
            valid = re.fullmatch(r"[^\s/@?#]+", name) and host_key(name)[0]
        except ValueError:
            valid = None
        if not valid:
            raise Wrong(f'names "{name}", which is not a host. Write hosts without http:// and without a path.')
    return tuple(name.lower() for name in names)


def kind(value: object) -> str:
    if value not in KINDS:
        raise Wrong(f"is not a way to find articles. Use {one_of(KINDS)}.{nearest(value, KINDS)}")
    return str(value)


def path_pattern(value: object) -> str:
    pattern = text(value)
    try:
        re.compile(pattern)
    except re.error as error:
        raise Wrong(f"is not a regular expression: {error}. Write it between single quotes, such as '^/news/.+'.") from None
    return pattern


def selector(value: object) -> str:
    css = text(value)
    try:
        # An ending ::attr(name) or ::text says which part of the element is meant.
        HTMLTranslator().css_to_xpath(re.sub(r"::(text|attr\([\w-]+\))$", "", css))
    except SelectorError as error:
        raise Wrong(f"is not a CSS selector: {error}.") from None
    return css


def selectors(value: object) -> tuple[str, ...]:
    return tuple(selector(css) for css in texts(value))


def networks(value: object) -> tuple[str, ...]:
    blocks = texts(value)
    for block in blocks:
        try:
            ipaddress.ip_network(block)
        except ValueError as error:
            raise Wrong(f'names "{block}", which is not a block of addresses: {error}. Write it like "127.0.0.0/8".') from None
    return blocks


def day(value: object) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Wrong("is not a day. Write it without quotes, like 2021-07-31.")
    return value
