"""The children of tests/kill_matrix.py: each does one stage in a data folder with the program's own functions, and says what it acknowledged.

`python one_stage.py` reads orders, one JSON object a line, and forks a child for each: what the program imports costs more than a stage does.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from flows.steps.copies import text_key
from warehouse import db, load, publish, snapshots
from warehouse.errors import NightdeskError
from warehouse.load import Batch
from warehouse.records import ArticleReading, Capture, Extracted, FieldCandidate, Figure, Image, LinkOutcome, Mention, Rejection, SourceState, Tags
from warehouse.runs import merge, start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
BATCHES, ARTICLES = 3, 6
RUN = "20260302T190000Z-kill"


# ---------------------------------------------------------------- what is loaded


def body(batch: int, number: int) -> str:
    """Some 1,500 characters; the same for one article of every batch, so that there are copies."""
    words = "Ferry service on the Kaladan resumed on Monday after the river fell below the danger mark at Kyauktaw, boat owners said."
    return "\n".join(f"{words} Boat {0 if number == 0 else batch * 100 + number} of row {row} went first." for row in range(10))


def reading(batch: int, number: int) -> ArticleReading:
    """Article `number` of a batch. The last one of each batch is the same article with another text: a further version."""
    name = f"{0xFFFF if number == ARTICLES - 1 else batch * 16 + number:016x}"
    seen_at = NIGHT + timedelta(hours=batch, minutes=number)
    text = body(batch, number)
    key = text_key(text)
    extracted = Extracted(
        headline=f"Ferry resumes {batch}", description=None, body=text, language="en", date_published=seen_at, published_on=seen_at.date(),
        images=(Image(0, "http://one.example/p.jpg", "A boat", "CJ"),), candidates=(FieldCandidate("headline", "Ferry resumes", "feed", chosen=True),),
    )
    tags = Tags(mentions=(Mention("body", 25, 32, text[25:32], "place", None),), figures=(Figure(0, 5, text[:5], "killed", 1, 1, 1),))
    return ArticleReading(
        article_id=name, outlet_id="one_en", url=f"http://one.example/{name}", observation_id=f"{batch:08x}{number:08x}", seen_at=seen_at,
        extracted=extracted, tags=tags, text_sha256=key.text_sha256, token_count=key.token_count, word_count=key.token_count, capture_id=f"{batch:08x}{number:08x}",
    )


def batch_of(number: int) -> Batch:
    """A batch that touches every table that a crawl does, with counts that change together."""
    readings = [reading(number, each) for each in range(ARTICLES)]
    captures = [
        Capture(r.capture_id, "one_en", r.url, r.url, r.seen_at, 200, "text/html", load.sha256(f"{r.url} {number}"), None, None, f"captures/one_en/{number}.warc.gz",
                each * 100, 100, "allowed", RUN)
        for each, r in enumerate(readings)
    ]
    return Batch(
        f"{RUN}/{number}", RUN, NIGHT + timedelta(hours=number), captures=captures, readings=readings,
        links=[LinkOutcome("one_en", r.url, "feed", "fetched", 200, r.seen_at) for r in readings],
        rejections=[Rejection(RUN, "one_en", f"http://one.example/rejected/{number}", "extract", "too_short", "")],
        sources=[SourceState("one_en", "http://one.example/feed", "feed", "listed", "", NIGHT + timedelta(hours=number))],
        capture_files=[("one_en", f"captures/one_en/{number}.warc.gz")],
        counts={"one_en": {"discovered": ARTICLES + 1, "fetched": ARTICLES + 1, "rejected": 1}},
    )


# ---------------------------------------------------------------- the stages


def acknowledge(file: Path, what: str) -> None:
    with open(file, "a", encoding="ascii") as out:
        out.write(f"{what}\n")
        out.flush()
        os.fsync(out.fileno())


def load_stage(settings: Settings, acknowledged: Path, batches: int = BATCHES) -> None:
    """Three batches, each acknowledged when it is loaded, with a checkpoint in the middle of the second one's commit, then the copies."""
    from flows.copying import group_copies
    from warehouse.event_folds import fold_events

    connection = db.open_work(settings)
    if not connection.execute("select 1 from runs").fetchall():
        start_run(connection, RUN, "nightly", NIGHT, {})
    for number in range(1, batches + 1):
        connection.execute(f"set checkpoint_threshold = '{'1KB' if number == 2 else '16MB'}'")
        load.load(connection, batch_of(number))
        acknowledge(acknowledged, f"{RUN}/{number}")
    group_copies(connection)
    fold_events(connection)
    connection.close()


def migrate_stage(settings: Settings, acknowledged: Path) -> None:
    """A database is made, or one of an earlier schema brought up to date."""
    db.open_work(settings).close()
    acknowledge(acknowledged, "migrated")


def load_more_stage(settings: Settings, acknowledged: Path) -> None:
    """One more batch, which a publication then brings."""
    connection = db.open_work(settings)
    load.load(connection, batch_of(BATCHES + 1))
    connection.close()


def publish_stage(settings: Settings, acknowledged: Path) -> None:
    """The working database, with what was loaded since, takes the place of the published one."""
    connection = db.open_work(settings)
    publish.refresh_views(connection)
    with load.transaction(connection):
        merge(connection, "runs", [{
            "run_id": RUN, "kind": "nightly", "started_at": NIGHT, "ended_at": NIGHT + timedelta(hours=9), "state": "completed", "parameters": "{}",
            "nightdesk_version": "1",
        }])
    publish.publish(connection, settings)
    acknowledge(acknowledged, "published")


def restore_stage(settings: Settings, acknowledged: Path) -> None:
    """The published file takes the place of a damaged working database."""
    snapshots.put_in_place(settings.published_database, settings)
    acknowledge(acknowledged, "restored")


STAGES = {"load": load_stage, "create": migrate_stage, "migrate": migrate_stage, "publish": publish_stage,
          "publish_whole": publish_stage, "restore": restore_stage}
PREPARING = {"load_more": load_more_stage}


# ---------------------------------------------------------------- deliberately broken variants


def acknowledges_early(order: Order) -> None:
    """Says that a batch is loaded before it is committed."""
    sound = load.load

    def early(connection, batch):
        acknowledge(order.acknowledged, batch.batch_id)
        return sound(connection, batch)

    load.load = early


def logs_apart(order: Order) -> None:
    """Writes the load log in a transaction of its own, before the rows."""
    insert = load.insert

    def apart(connection, table, incoming):
        if table != "load_log":
            insert(connection, table, incoming)

    def log_first(connection, batch):
        if not connection.execute("select 1 from load_log where batch_id = ?", [batch.batch_id]).fetchall():
            insert(connection, "load_log", [
                {"batch_id": batch.batch_id, "run_id": batch.run_id, "loaded_at": batch.loaded_at, "article_count": len(batch.readings)}])
            connection.execute("begin")
            load.write(connection, batch)
            connection.execute("commit")

    load.insert, load.load = apart, log_first


HALF_BYTES, HALF_S = 300_000, 0.2


def renames_nothing(order: Order) -> None:
    """Writes under the final name at once: copies of a database, for publishing and for migrating, are there half."""
    copy_file, connect = publish.copy_file, db.connect

    def final(path):
        return Path(str(path).removesuffix(".new"))

    def copy_at_once(source, target):
        if final(target) != Path(source):
            # A copy of a small file is over before a reader of the tests comes by; that of a large one lies there half for seconds.
            final(target).write_bytes(Path(source).read_bytes()[:HALF_BYTES])
            time.sleep(HALF_S)
            copy_file(source, final(target))

    publish.copy_file = db.copy_file = copy_at_once
    publish.spare_file.keep_as_spare = lambda settings, temporary: None
    db.connect = lambda path, settings: connect(final(path), settings)
    for module in (db, publish):
        module.flush = lambda path: None
        module.rename_durably = lambda source, target: None


VARIANTS = {"sound": lambda order: None, "acknowledges_early": acknowledges_early, "logs_apart": logs_apart, "renames_nothing": renames_nothing}


# ---------------------------------------------------------------- failpoints: our own calls, without any tool


class Failpoint:
    """The n-th of our own calls (files and statements) is not done, or is the last thing that is done. `count` counts all of them.

    The fault `kill half` counts copies of files only: the n-th ends with half of the file.
    """

    def __init__(self, at: int, fault: str) -> None:
        self.at, self.fault, self.count, self.is_active = at, fault, 0, False

    def around(self, call, *, is_copy: bool = False):
        def stepping(*arguments, **options):
            if not self.is_active or (self.fault == "kill half" and not is_copy):
                return call(*arguments, **options)
            self.count += 1
            if self.count == self.at:
                self.strike(before=True)
            found = call(*arguments, **options)
            if self.count == self.at:
                if self.fault == "kill half":
                    os.truncate(arguments[1], Path(arguments[1]).stat().st_size // 2)
                self.strike(before=False)
            return found

        return stepping

    def strike(self, *, before: bool) -> None:
        if (before and self.fault == "kill before") or (not before and self.fault in ("kill after", "kill half")):
            os.kill(os.getpid(), signal.SIGKILL)
        if before and self.fault in ("ENOSPC", "EIO"):
            number = getattr(errno, self.fault)
            raise OSError(number, os.strerror(number))

    def install(self) -> None:
        for module, name in ((os, "replace"), (os, "fsync"), (os, "unlink"), (os, "link"), (os, "pwrite"), (os, "ftruncate")):
            setattr(module, name, self.around(getattr(module, name)))
        for module, name in ((publish, "copy_file"), (db, "copy_file"), (shutil, "copyfile")):
            setattr(module, name, self.around(getattr(module, name), is_copy=True))
        connect = db.connect
        db.connect = lambda path, settings: Stepping(connect(path, settings), self)


class Stepping:
    """A real connection whose statements are points at which a process can be killed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, point: Failpoint) -> None:
        self.connection, self.point = connection, point

    def __getattr__(self, name):
        found = getattr(self.connection, name)
        return self.point.around(found) if name in ("execute", "close") and self.point.fault.startswith("kill") else found


@dataclass(frozen=True)
class Order:
    """What a child does. `at` is the failpoint (0: none, -1: only count); `is_stopped` lets a tracer come first."""

    stage: str  # load:2 loads only two batches
    data_dir: str
    variant: str = "sound"
    at: int = 0
    fault: str = ""
    is_stopped: bool = False

    @property
    def acknowledged(self) -> Path:
        return Path(f"{self.data_dir}.acknowledged")

    @property
    def said(self) -> Path:
        """Where the child writes what the program said of a failure, or how many failpoints it passed."""
        return Path(f"{self.data_dir}.said")


def obey(order: Order) -> int:
    """Does the stage: 0 when done, 3 where the program reported a failure."""
    settings = Settings(data_dir=Path(order.data_dir), memory_limit_mb=512)
    point = Failpoint(order.at, order.fault)
    if order.at:
        point.install()
    else:
        connect = db.connect

        def with_one_thread(path, settings):
            # Whatever is written is then written by this thread, so that its calls come in the same order every time.
            connection = connect(path, settings)
            connection.execute("set threads = 1")
            return connection

        db.connect = with_one_thread
    VARIANTS[order.variant](order)
    name, _, batches = order.stage.partition(":")
    point.is_active = True
    try:
        (STAGES | PREPARING)[name](settings, order.acknowledged, *([int(batches)] if batches else []))
    except (NightdeskError, duckdb.Error, OSError) as error:
        order.said.write_text(f"failed: {error}")
        return 3
    point.is_active = False
    order.said.write_text(str(point.count))
    return 0


def serve() -> None:
    """Forks a child for each order; says its process id first, and how it ended when it has."""
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if not child:
            status = 99  # an error that nobody foresaw; its traceback is on stderr
            try:
                if order.is_stopped:
                    os.kill(os.getpid(), signal.SIGSTOP)
                status = obey(order)
            finally:
                sys.stderr.flush()
                os._exit(status)
        print(child, flush=True)
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    serve()
