"""Versions of an article: which of its readings differ, in the order in which they were met. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading of an article: when, a hash of what it said, and one of the bytes that it was read from (None for an import line)."""

    observation_id: str
    seen_at: datetime
    content_sha256: str
    payload_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its number from 1, when it was first met, and the observation that first said it."""

    number: int
    seen_at: datetime
    content_sha256: str
    observation_id: str


def content_sha256(headline: str | None, body: str) -> str:
    """What makes two readings the same version: headline and body, white space and Unicode forms aside.

    The standfirst is left out: sources disagree on it without any change of the article.
    """
    text = "\n".join(" ".join(unicodedata.normalize("NFC", part or "").split()) for part in (headline, body))
    return hashlib.sha256(text.encode()).hexdigest()


def version_history(observations: Iterable[Observation]) -> list[Version]:
    """The versions that the observations show, whatever the order in which they arrived.

    A text that comes back after another one was there is a version of its own.
    """
    versions: list[Version] = []
    for seen in in_order(observations):
        if not versions or versions[-1].content_sha256 != seen.content_sha256:
            versions.append(Version(len(versions) + 1, seen.seen_at, seen.content_sha256, seen.observation_id))
    return versions


def same_bytes_same_text(new: Iterable[Observation], known: Iterable[Observation]) -> list[Observation]:
    """The new observations in the order of time, each with the content of the first known, else the first new, observation of the same payload.

    An outlet that sends the same bytes has changed nothing, whatever a newer extractor, or another title in the feed, makes of them.
    """
    contents: dict[str, str] = {}
    for seen in in_order(known):
        contents.setdefault(seen.payload_sha256 or "", seen.content_sha256)
    settled = []
    for seen in in_order(new):
        if seen.payload_sha256:
            seen = replace(seen, content_sha256=contents.setdefault(seen.payload_sha256, seen.content_sha256))
        settled.append(seen)
    return settled


def in_order(observations: Iterable[Observation]) -> list[Observation]:
    return sorted(observations, key=lambda each: (each.seen_at, each.observation_id))
