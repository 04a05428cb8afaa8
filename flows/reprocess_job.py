"""Reprocessing: steps run again over kept captures, always computed anew, without the network."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flows.ahead import Reading
from flows.collect import add_outcomes, by_outlet, loadable, new_batch, read_all, take_in_pending
from flows.copying import group_all_copies
from flows.progress import Progress
from flows.proposing import propose_names
from flows.running import Run, Step, Summary, close_run, give_up, open_run, plainly
from warehouse.errors import AskedWrongly
from warehouse.load import articles_to_tag, current_fields, kept_captures, load, tag_changes, write_tags
from warehouse.records import ArticleReading, Capture, Rejected, Tags
from warehouse.settings import Settings

STEPS = ("extract", "dedupe", "tag")
TEXTS_PER_BATCH = 500  # tagged before one transaction
TEXTS_AT_ONCE = 25  # more at once are tagged no faster
CAPTURES_PER_BATCH = 200  # while one batch is loaded the next is read; the last one is loaded when nothing is left to read
COMPARED = (
    "headline", "description", "body", "language", "encoding", "kind", "section", "byline", "authors", "newsroom", "dateline_place", "dateline_date",
    "source_outlet", "date_published", "date_published_source", "published_on", "is_truncated",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an article that a new reading would change."""

    article_id: str
    url: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which captures, by outlet and by day of capture (UTC, both included), and which steps."""

    outlet_ids: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    steps: tuple[str, ...] = STEPS

    def __post_init__(self) -> None:
        if not self.steps:
            raise AskedWrongly(f"--steps names no step. Use {', '.join(STEPS)}, separated by commas.")
        if self.first and self.last and self.first > self.last:
            raise AskedWrongly(f"--from {self.first} lies after --to {self.last}.")
        for name in self.steps:
            if name not in STEPS:
                raise AskedWrongly(f"--steps {name}: there is no such step. Use {', '.join(STEPS)}, separated by commas.")


def reprocess(settings: Settings, asked: Asked, *, progress: Progress = Progress(), step: Step = plainly) -> Summary:  # noqa: B008
    """Reads the captures anew and writes what came out. Texts that change are tagged and grouped anew in any case: their offsets moved."""
    started = time.monotonic()
    with open_run(settings, "reprocess", dataclasses.asdict(asked), progress, step, asked.outlet_ids) as run:
        run.do("recover", take_in_pending, run)
        if "extract" in asked.steps:
            run.do("extract", read_again, run, asked)
        elif "tag" in asked.steps:
            run.do("tag", tag_again, run, asked)
        if "dedupe" in asked.steps:
            run.do("dedupe", group_all_copies, run.connection)
        return run.do("check and publish", close_run, run, started)


def read_again(run: Run, asked: Asked) -> None:
    captures = captures_asked(run, asked)
    with run.progress.bar("reading captures", len(captures)) as bar:
        groups = [[capture for _, capture in group] for group in batches_of_articles(captures)]
        for group, found in zip(groups, Reading(run.pool, groups).batches(bar), strict=True):
            batch = new_batch(run, "reprocess")
            batch.reread = True
            for outlet_id, mine in by_outlet(group).items():
                batch.counts[outlet_id] = {"discovered": len(mine), "fetched": len(mine)}
            add_outcomes(batch, [(item, loadable(run, item, outcome)) for item, outcome in sorted(found, key=lambda each: str(each[0]))])
            batch.captures.clear()  # They are in the table, with the run that fetched them.
            load(run.connection, batch)


def captures_asked(run: Run, asked: Asked) -> list[tuple[str, Capture]]:
    """(article or capture id, capture) in the order of the ids, so that all captures of an article come together."""
    # What `recover` has taken in just now was read by this very program.
    found = kept_captures(run.connection, list(asked.outlet_ids) or None, asked.first, asked.last, loaded_before=run.started_at)
    usable = [(key, capture) for key, capture in found if capture.outlet_id in run.outlets]
    if len(usable) < len(found):
        run.alerts.append(f"{len(found) - len(usable)} captures belong to outlets without a usable definition; they stay as they are.")
    return usable


def batches_of_articles(captures: list[tuple[str, Capture]]) -> Iterator[list[tuple[str, Capture]]]:
    """Batches of about CAPTURES_PER_BATCH captures that never part the captures of one article."""
    batch: list[tuple[str, Capture]] = []
    for _, group in groupby(captures, key=lambda each: each[0]):
        batch += group
        if len(batch) >= CAPTURES_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def tag_again(run: Run, asked: Asked) -> None:
    rows = articles_to_tag(run.connection, list(asked.outlet_ids) or None)
    with run.progress.bar("tagging", len(rows)) as bar:
        for start in range(0, len(rows), TEXTS_PER_BATCH):
            chunk = rows[start:start + TEXTS_PER_BATCH]
            write_tags(run.connection, tags_of(run, chunk))
            bar.advance(len(chunk))


def tags_of(run: Run, rows: list[dict[str, Any]]) -> dict[str, Tags]:
    """{article id: tags} of the rows of `articles_to_tag`."""
    from flows.steps.tag import TextToTag, tag_all  # making the patterns of the taggers takes half a second; only `--steps tag` alone needs them here

    names = ("headline", "description", "body", "captions", "language", "outlet_id", "country", "dateline_place", "published_on", "kind")
    texts = [TextToTag(**{name: row[name] for name in names}) for row in rows]
    found = [tags for start in range(0, len(texts), TEXTS_AT_ONCE) for tags in tag_all(texts[start : start + TEXTS_AT_ONCE])]
    found = propose_names(run.settings, texts, found)
    kept = found if run.settings.private_persons else [tags.without_private_persons() for tags in found]
    return {row["article_id"]: tags for row, tags in zip(rows, kept, strict=True)}


# ---------------------------------------------------------------- dry run


def differences(settings: Settings, asked: Asked, *, progress: Progress = Progress()) -> list[Difference]:  # noqa: B008
    """What `reprocess` would change, field by field, of what the articles say now; without the step extract, how many tags of each kind.

    No article is touched and nothing is published: what is written is the run's own row and folder, the definitions of the outlets, and what
    every run puts in order first. Readings of captures that are not the newest of their article are left out: they make older versions.
    """
    with open_run(settings, "reprocess", dataclasses.asdict(asked) | {"dry_run": True}, progress, plainly, asked.outlet_ids) as run:
        if "extract" not in asked.steps:
            result = tags_changed(run, asked) if "tag" in asked.steps else []
            give_up(run, "incomplete" if run.alerts else "completed")
            return result
        captures = captures_asked(run, asked)
        before, newest = current_fields(run.connection), newest_captures(run)
        with run.progress.bar("reading captures", len(captures)) as bar:
            found = list(read_all(run, [capture for _, capture in captures], bar))
        readings = [outcome for _, outcome in found if isinstance(outcome, ArticleReading)]
        current = [each for each in newest_readings(readings) if is_current(each, before.get(each.article_id), newest)]
        result = [change for reading in current for change in fields_changed(before.get(reading.article_id), reading)]
        owners = {capture.capture_id: key for key, capture in captures if key in before and capture.fetched_at >= newest[key]}
        result += [now_rejected(owners[item.capture_id], item, outcome) for item, outcome in found
                   if isinstance(item, Capture) and item.capture_id in owners and isinstance(outcome, Rejected)]
        give_up(run, "incomplete" if run.alerts else "completed")  # Ends the run without publishing.
    return sorted(result, key=lambda each: (each.url, each.field))


def tags_changed(run: Run, asked: Asked) -> list[Difference]:
    """For each article and table of tags that would change: the rows now, and the rows then with how many are new and gone."""
    rows = articles_to_tag(run.connection, list(asked.outlet_ids) or None)
    result: list[Difference] = []
    with run.progress.bar("tagging", len(rows)) as bar:
        for start in range(0, len(rows), TEXTS_PER_BATCH):
            chunk = rows[start:start + TEXTS_PER_BATCH]
            changes = tag_changes(run.connection, tags_of(run, chunk))
            urls = {row["article_id"]: row["url"] for row in chunk}
            result += [
                Difference(
                    each.article_id, urls[each.article_id], each.table, f"{each.before} rows", f"{each.after} rows: {each.new} new, {each.gone} gone",
                )
                for each in changes
            ]
            bar.advance(len(chunk))
    return sorted(result, key=lambda each: (each.url, each.field))


def newest_captures(run: Run) -> dict[str, datetime]:
    """{article id, or capture id where it is no article: when its newest capture was fetched}, whatever days are asked for."""
    found = kept_captures(run.connection, None, None, None, loaded_before=run.started_at)
    return {key: capture.fetched_at for key, capture in found}  # in the order of time within each key, so the newest stays


def is_current(reading: ArticleReading, before: dict[str, Any] | None, newest: dict[str, datetime]) -> bool:
    """Whether the row of the article would be written from this reading: no capture of it, and no import, is newer."""
    if before is None:
        return True
    was_imported_later = before["capture_id"] is None and before["last_seen_at"] > reading.seen_at
    return not was_imported_later and reading.seen_at >= newest.get(reading.article_id, reading.seen_at)


def now_rejected(article_id: str, capture: Capture, outcome: Rejected) -> Difference:
    return Difference(article_id, capture.url, "article", "an article", f"rejected: {outcome.reason}")


def newest_readings(found: Iterable[ArticleReading]) -> list[ArticleReading]:
    newest: dict[str, ArticleReading] = {}
    for reading in sorted(found, key=lambda each: (each.seen_at, each.observation_id)):
        newest[reading.article_id] = reading
    return list(newest.values())


def fields_changed(before: dict[str, Any] | None, reading: ArticleReading) -> list[Difference]:
    if before is None:
        return [Difference(reading.article_id, reading.url, "article", None, "new")]
    after = {name: getattr(reading.extracted, name) for name in COMPARED} | {"authors": list(reading.extracted.authors)}
    return [
        Difference(reading.article_id, reading.url, name, as_text(before[name]), as_text(after[name]))
        for name in COMPARED if before[name] != after[name]
    ]


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)
