"""What is given to the reading processes and what comes back. Light, so that the process that only hands them on loads no reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.records import ArticleReading, Capture, Page, Rejected

LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # a decoder joins pairs, so what is left stands alone


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of an import file, already parsed. `where` is file and line for messages."""

    where: str
    values: dict[str, Any]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page that is no capture: a saved file to be inspected."""

    outlet_id: str
    page: Page


Input = Capture | ImportLine | SavedPage
Outcome = ArticleReading | Rejected


def encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which JSON can escape but which neither UTF-8 nor a database can hold."""
    return LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
