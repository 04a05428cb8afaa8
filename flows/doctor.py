"""`nightdesk doctor`: what is wrong with the machine, the data folder and the last runs, what to do, and the repairs that are safe.

An examination is one function that takes the settings and yields diagnoses; a further one is a line in EXAMINATIONS.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from flows.diagnosis import Diagnosis, Examination, Level, error
from flows.examinations.configuration import outlet_definitions, settings_and_sources
from flows.examinations.data_folder import folder_and_rights, former_databases, leftover_files, writer_lock_holder
from flows.examinations.databases import (
    captures_by_sample,
    databases,
    every_block,
    every_block_of_any_size,
    every_capture,
    index_of_search,
    key_of_withdrawals,
)
from flows.examinations.machine import clock_and_zones, disk_room, locale_and_limits, memory, prefect_server, python_and_packages
from flows.examinations.recent_runs import alarms, last_runs
from flows.layout import counted, wrapped
from flows.progress import Progress
from warehouse.errors import AskedWrongly, WriterBusy
from warehouse.lock import writer_lock
from warehouse.settings import Settings

EXAMINATIONS: tuple[Examination, ...] = (
    python_and_packages, disk_room, memory, clock_and_zones, locale_and_limits, prefect_server,
    folder_and_rights, writer_lock_holder, leftover_files, former_databases,
    databases, every_block, captures_by_sample, index_of_search, key_of_withdrawals, last_runs, alarms,
    settings_and_sources, outlet_definitions,
)
# With --all, in the place of those that look at a part.
WHOLE: dict[Examination, Examination] = {every_block: every_block_of_any_size, captures_by_sample: every_capture}
# These open what a run writes, or call left over what a run is just writing; while another process has the lock they are left out.
ONLY_UNDER_LOCK = frozenset({
    leftover_files, databases, every_block, captures_by_sample, index_of_search, key_of_withdrawals, last_runs, *WHOLE.values(),
})


@dataclass(frozen=True, slots=True)
class Examined:
    """A diagnosis with the examination that made it, and what was repaired because of it ("" where nothing was)."""

    examination: str
    level: Level
    said: str
    remedy: str
    repaired: str = ""
    would_repair: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All that was found. `left_out` are examinations that have to wait until the run that holds the writer lock has ended."""

    found: tuple[Examined, ...]
    left_out: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """1 where an error stays that was not repaired, else 75 where a run kept parts from being examined, else 0. Warnings give 0."""
        if any(each.level == "error" and not each.repaired for each in self.found):
            return 1
        return 75 if self.left_out else 0


def doctor(settings: Settings, *, whole: bool = False, dry_run: bool = False, progress: Progress = Progress()) -> Health:  # noqa: B008
    """Examines everything and repairs what is safe to repair, unless `dry_run`. Makes no folder and no file where there is none."""
    asked = [WHOLE.get(each, each) if whole else each for each in EXAMINATIONS]
    found: dict[str, list[Examined]] = {spoken(each): [] for each in asked}
    with progress.bar("examining", len(asked)) as bar:
        def examine(group: list[Examination]) -> None:
            for each in group:
                bar.name(spoken(each))
                found[spoken(each)] = [treated(spoken(each), diagnosis, dry_run=dry_run) for diagnosis in diagnoses(each, settings)]
                bar.advance()

        # Who holds the lock is looked at before it is taken.
        waiting = [each for each in asked if each in ONLY_UNDER_LOCK]
        examine([each for each in asked if each not in ONLY_UNDER_LOCK])
        with lock_or_none(settings) as is_ours:
            if is_ours:
                examine(waiting)
    left_out = tuple(map(spoken, waiting)) if settings.work_dir.exists() and not is_ours else ()
    return Health(tuple(each for group in found.values() for each in group), left_out)


@contextlib.contextmanager
def lock_or_none(settings: Settings) -> Iterator[bool]:
    """The writer lock where it can be had; False where another run holds it, where there is no folder yet, and where it cannot be written."""
    if not settings.work_dir.exists():
        yield False
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(writer_lock(settings.work_dir, "doctor", wait_s=settings.lock_wait_s))
        except (WriterBusy, AskedWrongly):  # said by writer_lock_holder and folder_and_rights
            yield False
        else:
            yield True


def diagnoses(examination: Examination, settings: Settings) -> list[Diagnosis]:
    """What the examination finds. One that the system refuses is a finding itself: the others must go on."""
    try:
        return list(examination(settings))
    except AskedWrongly as refused:  # its sentence says what to do
        return [error(f"this could not be examined: {refused}", "Mend that and run `nightdesk doctor` again.")]
    except OSError as refused:
        return [error(f"this could not be examined: {refused}", "Run as the user who owns the data folder, or mend its rights.")]


def spoken(examination: Examination) -> str:
    """The name of an examination for people: `disk room`."""
    return getattr(examination, "__name__", "examination").replace("_", " ")


def treated(name: str, found: Diagnosis, *, dry_run: bool) -> Examined:
    """The diagnosis after its repair, where it has one."""
    if found.repair is None:
        return Examined(name, found.level, found.said, found.remedy)
    if dry_run:
        return Examined(name, found.level, found.said, found.remedy, would_repair=found.repair.does)
    try:
        found.repair.do()
    except OSError as refused:
        return Examined(name, "error", f"{found.said}; the repair failed ({refused})", found.remedy or "Mend that and run doctor again.")
    return Examined(name, found.level, found.said, found.remedy, repaired=found.repair.does)


# ---------------------------------------------------------------- showing

COLUMNS_MAX = 120


def as_json(health: Health) -> str:
    """One object: `found` with examination, level, said, remedy, repaired, would_repair; `left_out`; `exit_status`."""
    found = [{name: getattr(each, name) for name in Examined.__dataclass_fields__} for each in health.found]
    return json.dumps({"found": found, "left_out": health.left_out, "exit_status": health.exit_status}, ensure_ascii=False, indent=1)


def as_text(health: Health, *, width: int) -> str:
    """The findings under the names of their examinations, each with what to do, and a closing line."""
    width, lines, before = min(width, COLUMNS_MAX), list[str](), ""
    for each in health.found:
        if each.examination != before:
            lines += ["", each.examination] if lines else [each.examination]
            before = each.examination
        lines += hanging(f"{each.level.upper() if each.level == 'error' else each.level:<9}{each.said}", width)
        if each.repaired:
            lines += hanging(f"{'':9}Repaired: {each.repaired}.", width)
        elif each.level != "ok":
            lines += [line for text in (each.remedy, each.would_repair and f"Would be repaired: {each.would_repair}.") if text
                      for line in hanging(f"{'':9}→ {text}", width)]
    return "\n".join([*lines, "", *closing_lines(health, width)])


def hanging(text: str, width: int) -> list[str]:
    head, rest = text[:9], text[9:]
    first, *more = wrapped(rest, width - 11) or [""]
    return [f"  {head}{first}", *(f"{'':11}{line}" for line in more)]


def closing_lines(health: Health, width: int) -> list[str]:
    numbers = {level: sum(each.level == level and not each.repaired for each in health.found) for level in ("error", "warning")}
    repaired = sum(bool(each.repaired) for each in health.found)
    said = f"{counted(numbers['error'], 'error')}, {counted(numbers['warning'], 'warning')}, {repaired} repaired."
    if health.left_out:
        said += f" Another run is writing to this folder; not examined: {', '.join(health.left_out)}. Run doctor again when it has ended."
    return wrapped(said if any(numbers.values()) or repaired or health.left_out else "All is well.", width)
