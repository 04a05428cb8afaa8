"""What a person calls an article: its id, the first digits of it, or any spelling of its address."""

from __future__ import annotations

from pathlib import Path

from crawlers import sample_world
from crawlers.links import canonical_url, cleaned
from crawlers.outlet import Outlet, read_outlets
from warehouse.one_article import ArticleRows, read_article
from warehouse.settings import Settings


def named_article(settings: Settings, asked: str) -> ArticleRows:
    """The article that is meant, from the published file. Raises AskedWrongly where it is none, or more than one."""
    asked = asked.strip()
    return read_article(settings.published_database, asked if is_address(asked) else asked.lower(), spellings(settings, asked))


def is_address(asked: str) -> bool:
    return asked.lower().startswith(("http://", "https://"))


def spellings(settings: Settings, asked: str) -> list[str]:
    """The address as given and in the canonical form of each outlet that it can belong to; empty for what is no address."""
    if not is_address(asked):
        return []
    outlets = [outlet for outlet in outlets_at_hand(settings) if outlet.serves(asked)]
    forms = [asked, cleaned(asked), canonical_url(asked, None), *(canonical_url(asked, outlet) for outlet in outlets)]
    return list(dict.fromkeys(forms))


def outlets_at_hand(settings: Settings) -> list[Outlet]:
    """The definitions of the outlets folder, and those of the demo, whose articles are looked at without naming their folder."""
    given, _ = read_outlets(settings.outlets_dir)
    samples, _ = read_outlets(Path(sample_world.__file__).parent / "outlets")
    return [*given.values(), *samples.values()]
