"""The morning page as Markdown for mail: the same content, shorter, nothing of an outlet taken for markup."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.briefing.content import Content
from flows.briefing.page import TAKEN_MAX, number, words
from flows.briefing.rows import Row
from flows.briefing.safety import clean, web_address

EVENTS_MAX = 30
DIFFERENCES_MAX = 5
MARKUP = re.compile(r"([\\`*_{}\[\]#+!|~<>&$^=@])")
LINKED = re.compile(r"(https?|ftp|mailto|xmpp|www)([:.])", re.IGNORECASE)  # what mail programs and GitHub make links of by themselves
LIST_MARK = re.compile(r"^(\d*)([-.)])")
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def markdown_of(content: Content) -> str:
    """The page as Markdown (CommonMark with tables and strikethrough)."""
    return environment().get_template("mail.md.j2").render(
        **words(content), page=content, version=version("nightdesk"), taken_max=TAKEN_MAX, events_max=EVENTS_MAX, differences_max=DIFFERENCES_MAX,
        span=span,
    )


@cache
def environment() -> Environment:
    # Markdown is no HTML: `md` escapes what both would read, so that what is left of a mail program's HTML is text too.
    loader = PackageLoader("flows.briefing", ".")
    made = Environment(loader=loader, autoescape=False, undefined=StrictUndefined, trim_blocks=True)  # noqa: S701 - see above
    made.filters |= {"md": escaped, "link": link, "figure": number, "within": within, "struck": struck}
    return made


def escaped(text: str | None) -> str:
    """Text that no Markdown reader takes for markup, a link or HTML: each sign that could be one has a backslash, < > & are entities."""
    made = MARKUP.sub(lambda found: ENTITIES.get(found[1], f"\\{found[1]}"), clean(text))
    return LIST_MARK.sub(r"\1\\\2", LINKED.sub(r"\1\\\2", made))


def within(text: str) -> str:
    """A piece of a sentence, escaped; blanks at its ends stay."""
    start, end = " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""
    return f"{start}{escaped(text)}{end}" if text.strip() else " "


def struck(text: str, sign: str) -> str:
    """A piece between two signs, such as ~~ and ~~, that hold no blank at their inner side; otherwise they would be text."""
    start, end = " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""
    return f"{start}{sign}{escaped(text)}{sign}{end}" if text.strip() else " "


def link(text: str, url: str | None) -> str:
    """A link where the address is one of the web, else the text alone."""
    to = web_address(url)
    return f"[{escaped(text)}](<{to.replace('<', '%3C').replace('>', '%3E')}>)" if to else escaped(text)


def span(row: Row, low: str, high: str) -> Any:
    """Lowest and highest number as one cell."""
    return number(row[high]) if row[low] == row[high] else f"{number(row[low])}–{number(row[high])}"
