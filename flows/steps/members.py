"""Which member of a network of newsrooms wrote a story that the network prints without saying so.

An association such as Burma News International prints its members' stories, mostly without a credit (its own definition says so). What stays
in them is to whom people spoke: "a resident told the Mon News Agency". Where all of a story's speakers spoke to one member, it is the member's.
Elsewhere the same words only mean that a rival is quoted, so this is asked of networks alone. The table is members.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

_SPOKE_TO = r"\b(?:told|telling|tells|speaking (?:to|with)|spoke (?:to|with)|interview with|informed)\s+(?:the\s+)?(?P<name>{names})(?![\w’'-])"


def member_told(body: str, site_names: Iterable[str]) -> str | None:
    """The one member to which people in the text spoke; None where there is none or more than one, and where the site is no network."""
    network = next((name for name in site_names if name in _networks()), None)
    if network is None:
        return None
    members, pattern = _networks()[network]
    told = {members[found["name"]] for found in pattern.finditer(body)}
    return told.pop() if len(told) == 1 else None


@cache
def _networks() -> dict[str, tuple[dict[str, str], re.Pattern[str]]]:
    """By each name of a network: its members by alias, and what finds an alias after a word of speaking."""
    text = resources.files("flows.steps").joinpath("members.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    found: dict[str, tuple[dict[str, str], re.Pattern[str]]] = {}
    for names in dict.fromkeys(row["network"] for row in rows):
        members = {row["alias"]: row["member"] for row in rows if row["network"] == names}
        aliases = "|".join(re.escape(alias) for alias in sorted(members, key=len, reverse=True))
        found |= dict.fromkeys(names.split("|"), (members, re.compile(_SPOKE_TO.format(names=aliases))))
    return found
