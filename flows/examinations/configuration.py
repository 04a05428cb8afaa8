"""The settings with the source of each value, and the definitions of outlets."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawlers.outlet import read_outlets
from flows.diagnosis import Diagnosis, error, ok, warning
from flows.layout import counted
from flows.running import SAMPLE_OUTLETS_DIR
from warehouse.settings import PREFIX, Settings, source_of, variable_of


def settings_and_sources(settings: Settings) -> Iterator[Diagnosis]:
    """One line a setting: its value and where it comes from. Variables that no setting reads are most often typing errors."""
    for name in type(settings).model_fields:
        yield ok(f"{variable_of(name)} = {shown(name, getattr(settings, name))} ({source_of(settings, name)})")
    known = [variable_of(name) for name in type(settings).model_fields]
    for variable in sorted(each for each in os.environ if each.upper().startswith(PREFIX) and each.upper() not in known):
        near = difflib.get_close_matches(variable, known, n=1)
        yield warning(f"{variable} is set and no setting reads it", f"Did you mean {near[0]}?" if near else "Unset it.")
    if not settings.contact and settings.outlets_dir.resolve() != SAMPLE_OUTLETS_DIR.resolve():
        yield warning(
            "NIGHTDESK_CONTACT is empty: no crawl leaves this machine", "Set it to an address or URL at which outlets can reach you.",
        )


def shown(name: str, value: Any) -> str:
    """The value for people; of an address with a password only where it leads."""
    text = str(value)
    if name.endswith("_url") and "@" in text:
        parts = urlsplit(text)
        text = parts._replace(netloc=f"...@{parts.netloc.rpartition('@')[2]}").geturl()
    return text or "empty"


def outlet_definitions(settings: Settings) -> Iterator[Diagnosis]:
    """Faults of the outlets' files."""
    outlets, faults = read_outlets(settings.outlets_dir)
    enabled = sum(outlet.enabled for outlet in outlets.values())
    if not outlets:
        yield error(f"no outlet in {settings.outlets_dir} can be used", "Give the folder of your definitions with --outlets-dir.")
    else:
        yield ok(f"{counted(len(outlets), 'outlet')} in {settings.outlets_dir}, {enabled} enabled")
    for fault in faults:
        yield error(str(fault), "Mend the file; `nightdesk outlets check` looks again.")
