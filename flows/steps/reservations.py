"""Machine-readable reservations that one page makes: in its headers and its meta elements.

They are recorded as they were written. Nothing is decided by them here, and nothing is withheld for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from flows.steps.lines import one_line
from warehouse.records import Reservation

OUR_TOKEN = "nightdesk"  # noqa: S105 - the name by which robots.txt files, headers and meta elements may speak to us
# Directives of X-Robots-Tag and meta robots that bear on use beyond linking. Others, such as nofollow, speak of crawling only.
_DIRECTIVES = frozenset(["noai", "noimageai", "noarchive", "nocache", "nosnippet", "noindex"])
# Two spellings of the same wish, as Google's documentation of the robots meta element has them.
_MEANS = {"none": "noindex", "max-snippet:0": "nosnippet"}
# TDMRep, www.w3.org/community/reports/tdmrep.
_TDM = ("tdm-reservation", "tdm-policy")
_TAKES_A_VALUE = frozenset(["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"])
_VALUE_CHARS_MAX = 1000


def page_reservations(
    headers: Iterable[tuple[str, str]], metas: Mapping[str, Sequence[str]], *, outlet_id: str, url: str, seen_at: datetime
) -> tuple[Reservation, ...]:
    """The reservations of a page, those of its headers first, one a source and name.

    `metas` are the values of meta elements by name in lower case. The value is the whole header or content as written, all of them joined by
    '; ' where several say the same name. What is addressed to another crawler is left out.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    for source, name, value in (*_in_headers(headers), *_in_metas(metas)):
        found.setdefault((source, name), {})[one_line(value)[:_VALUE_CHARS_MAX]] = None
    return tuple(Reservation(outlet_id, url, source, name, "; ".join(values), seen_at) for (source, name), values in found.items())


def _in_headers(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for header, value in headers:
        name = header.strip().lower()
        if name == "x-robots-tag":
            yield from (("header", directive, value) for directive in _directives(value))
        elif name in _TDM and value.strip():
            yield "header", name, value


def _in_metas(metas: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    for name in ("robots", OUR_TOKEN):
        for value in metas.get(name, ()):
            yield from (("meta", directive, value) for directive in _directives(value))
    for name in _TDM:
        yield from (("meta", name, value) for value in metas.get(name, ()) if value.strip())


def _directives(value: str) -> Iterator[str]:
    """The directives of a value that are for everybody or for us: 'noai, other: noarchive, nosnippet' gives noai."""
    is_ours = True
    for part in value.lower().split(","):
        word = re.sub(r"\s*:\s*", ":", part.strip())
        agent, colon, rest = word.partition(":")
        # A name before a colon addresses what follows, up to the next name; a date after unavailable_after has colons of its own.
        if colon and agent not in _TAKES_A_VALUE and re.fullmatch(r"[\w*.-]+", agent):
            is_ours, word = agent in ("*", OUR_TOKEN), rest
        word = _MEANS.get(word, word)
        if is_ours and word in _DIRECTIVES:
            yield word
