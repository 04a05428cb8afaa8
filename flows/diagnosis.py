"""What an examination of `nightdesk doctor` finds: a level, a sentence, what to do, and where it is safe, how to repair it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from warehouse.settings import Settings

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that can be put right without a question: nothing that anybody kept is lost by it. `does` completes "repaired: "."""

    does: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding. `ok`: as it should be; `warning`: someone should act this week; `error`: runs or readers fail, or data is in danger.

    `remedy` says what to do, and is empty only where all is well or `repair` does it.
    """

    level: Level
    said: str
    remedy: str = ""
    repair: Repair | None = None


Examination = Callable[[Settings], Iterable[Diagnosis]]


def ok(said: str) -> Diagnosis:
    return Diagnosis("ok", said)


def warning(said: str, remedy: str = "", repair: Repair | None = None) -> Diagnosis:
    return Diagnosis("warning", said, remedy, repair)


def error(said: str, remedy: str = "", repair: Repair | None = None) -> Diagnosis:
    return Diagnosis("error", said, remedy, repair)
