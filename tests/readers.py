"""Readers while a writer publishes: each opens the published file again and again, and none may fail or see a state that no publication had.

    python tests/readers.py                                   # 1,000 opens during 20 publications
    python tests/readers.py --variant renames_nothing         # a program broken on purpose: must end with status 1

Each publication brings a batch that changes several tables together. A reader asks all of them in one connection, at its beginning and again at
its end; what it finds must fit together and must not change under it. Half of the readers open the file as `nightdesk sql` does, half plainly.
"""

from __future__ import annotations

import argparse
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
from loopback import one_stage

from warehouse import db, load, publish
from warehouse.query import open_published
from warehouse.runs import end_run, start_run
from warehouse.settings import Settings

TOGETHER = """
    select (select count(*) from load_log), (select coalesce(sum(article_count), 0) from load_log), (select count(*) from observations),
        (select count(*) from captures), (select count(*) from article_versions), (select count(*) from articles), (select count(*) from mentions),
        (select count(*) from rejections), (select count(*) from runs where state = 'completed'),
        (select count(*) from articles join article_versions using (article_id, version) where articles.body <> article_versions.body)
"""


def torn(found: tuple[int, ...]) -> str | None:
    """Why these counts are of no publication; None where they are of one."""
    batches, logged, observations, captures, versions, articles, mentions, rejections, runs, other_text = found
    each = one_stage.ARTICLES
    wanted = (batches * each, batches * each, batches * each, batches * each, batches * (each - 1) + bool(batches), articles, batches, batches, 0)
    seen = (logged, observations, captures, versions, articles, mentions, rejections, runs, other_text)
    return None if seen == wanted else f"{batches} batches: {seen} instead of {wanted}"


# ---------------------------------------------------------------- a reader


def read_on(path: Path, locked: bool) -> None:
    """Opens and asks until standard input ends; one line an open: the number of batches, or what was wrong."""
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.is_set():
        try:
            with open_published(path) if locked else duckdb.connect(str(path), read_only=True) as connection:
                first = connection.execute(TOGETHER).fetchall()[0]
                last = connection.execute(TOGETHER).fetchall()[0]
            wrong = torn(first) or (f"{first} became {last} in one connection" if first != last else None)
            print(f"torn: {wrong}" if wrong else first[0], flush=True)
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is a finding
            print(f"failed: {type(error).__name__}: {str(error).splitlines()[0]}", flush=True)


ended = threading.Event()


# ---------------------------------------------------------------- the writer


def publish_once(settings: Settings, number: int) -> None:
    """A run with one batch, published."""
    connection = db.open_work(settings)
    run_id = f"run-{number:04}"
    start_run(connection, run_id, "nightly", one_stage.NIGHT, {})
    if number:
        load.load(connection, one_stage.batch_of(number))
        end_run(connection, run_id, "completed", one_stage.NIGHT)
    publish.refresh_views(connection)
    publish.publish(connection, settings)


def readers_while_publishing(opens: int, publications: int, readers: int, variant: str = "sound") -> tuple[Counter, list[str]]:
    """({batches: opens that saw so many}, what was wrong). At least `opens` opens, evenly over the publications."""
    one_stage.VARIANTS[variant](None)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(data_dir=Path(name))
        publish_once(settings, 0)
        children = [
            subprocess.Popen([sys.executable, __file__, "--reader", "locked" if number % 2 else "plain", str(settings.published_database)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for number in range(readers)
        ]
        pumps = [threading.Thread(target=lambda child=child: [lines.put(line.strip()) for line in child.stdout]) for child in children]
        for pump in pumps:
            pump.start()
        seen = [lines.get() for _ in children]  # all of them are at work
        for number in range(1, publications + 1):
            publish_once(settings, number)
            until = time.monotonic() + 60
            while len(seen) + lines.qsize() < opens * number // publications and time.monotonic() < until:
                time.sleep(0.005)
        for child in children:
            child.stdin.close()
        for pump, child in zip(pumps, children, strict=True):
            pump.join()
            child.stdout.close()
            child.wait()
        seen += [lines.get() for _ in range(lines.qsize())]
    return Counter(int(line) for line in seen if line.isdecimal()), [line for line in seen if not line.isdecimal()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--opens", type=int, default=1000)
    parser.add_argument("--publications", type=int, default=20)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--variant", default="sound", choices=("sound", "renames_nothing"))
    parser.add_argument("--reader", nargs=2, metavar=("KIND", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.reader:
        read_on(Path(asked.reader[1]), asked.reader[0] == "locked")
        return 0
    seen, wrong = readers_while_publishing(asked.opens, asked.publications, asked.readers, asked.variant)
    for line, number in Counter(wrong).most_common(10):
        print(f"{number} x {line}")
    print(f"{seen.total() + len(wrong)} opens by {asked.readers} readers during {asked.publications} publications: {len(wrong)} failed or torn; "
          f"{len(seen)} states were seen")
    return int(bool(wrong) or len(seen) < 2)


if __name__ == "__main__":
    sys.exit(main())
