"""Machine-readable reservations that a site makes as a whole: Content-Signal and Content-Usage lines of robots.txt, and tdmrep.json.

They are recorded as they were written. Nothing is decided by them here, and nothing is withheld for them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

OUR_TOKEN = "nightdesk"  # noqa: S105 - the name that robots.txt files know us by, as in crawlers.robots
# Content-Signal: contentsignals.org. Content-Usage: IETF draft-ietf-aipref-attach.
_ROBOTS_NAMES = ("content-signal", "content-usage")
_BYTES_MAX = 512_000
_VALUE_CHARS_MAX = 1000
_ROWS_MAX = 500
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def robots_reservations(text: str) -> tuple[tuple[str, str], ...]:
    """(name, value) of the wishes that robots.txt has for everybody or for us, in their order; empty where it has none.

    Names are in lower case, values as written; where one name has several lines, its value is all of them, joined by '; '. A line before
    the first group holds for everybody.
    """
    return tuple((name, value) for (name,), value in _joined(((name,), value) for name, value in _own_lines(text) if name in _ROBOTS_NAMES))


def _own_lines(text: str) -> Iterator[tuple[str, str]]:
    """(key in lower case, value) of the lines outside groups, of the group for everybody and of ours."""
    agents: list[str] = []
    is_open = True  # a further User-agent line joins the group that the one before it began
    for line in text[:_BYTES_MAX].removeprefix("\ufeff").splitlines():
        key, colon, value = (part.strip() for part in line.split("#", 1)[0].partition(":"))
        if not colon:
            continue
        if key.lower() == "user-agent":
            agents = [*agents, value.lower()] if is_open else [value.lower()]
            is_open = True
            continue
        is_open = False
        if not agents or {"*", OUR_TOKEN} & set(agents):
            yield key.lower(), value


def tdmrep_reservations(body: bytes) -> tuple[tuple[str, str, str], ...]:
    """(location, name, value) of the rules in a tdmrep.json, in their order; empty for anything that is not such a file.

    The file is a list of objects with `location` (a path, may hold `*`), `tdm-reservation` (0 or 1) and `tdm-policy` (an address); see
    www.w3.org/community/reports/tdmrep. Names come as tdm-reservation and tdm-policy, values as written.
    """
    try:
        rules = json.loads(body[: _BYTES_MAX + 1].decode("utf-8-sig")) if len(body) <= _BYTES_MAX else None
    except (ValueError, RecursionError):  # cut, no JSON, no UTF-8, numbers of ten thousand digits, a million brackets
        return ()
    if isinstance(rules, dict):
        rules = [rules]  # a common mistake; what it says is clear
    found = (row for rule in (rules if isinstance(rules, list) else [])[:_ROWS_MAX] if isinstance(rule, dict) for row in _rule_rows(rule))
    return tuple((location, name, value) for (location, name), value in _joined(found))


def _rule_rows(rule: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    location = rule.get("location")
    if not isinstance(location, str) or not location.strip():
        return
    for name in ("tdm-reservation", "tdm-policy"):
        value = rule.get(name)
        if isinstance(value, str | int | float):
            yield (_encodable(location)[:_VALUE_CHARS_MAX], name), value if isinstance(value, str) else json.dumps(value)


def _joined(rows: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each key once, with its different values joined: a second line of the same name must not hide the first."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for key, value in rows:
        text = " ".join(_encodable(value).split())
        if text and (key in found or len(found) < _ROWS_MAX):
            found.setdefault(key, {})[text] = None
    return ((key, "; ".join(values)[:_VALUE_CHARS_MAX]) for key, values in found.items())


def _encodable(text: str) -> str:
    """U+FFFD for lone surrogates and NUL, which JSON can escape and no database can hold."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
