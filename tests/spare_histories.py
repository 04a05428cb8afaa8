"""Random histories of a working database, each state published: the published file must be the working file to the byte, whatever lay before.

    python tests/spare_histories.py                       # 200 histories; some minutes
    python tests/spare_histories.py --histories 20 --seed 1000
    python tests/spare_histories.py --variant checksums_only   # a program broken on purpose: must end with status 1

Each history goes through inserts, deletes, the same rows again in another order, columns and tables that come and go, further checkpoints, runs that are
killed with a transaction open, files written anew with blocks of another size, a restore, and people who keep a file by a second name or
open it. It prints how many files were written into the spare one, how much of them, and how many of their blocks could have changed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import duckdb

from warehouse import publish, spare_file
from warehouse.settings import Settings

BLOCKS = (16_384, 65_536, 262_144)
ROWS = 3_000  # most in one step: some blocks of the smallest size


@dataclass
class History:
    """One data folder and its open working database; `seen` counts what happened."""

    settings: Settings
    draw: random.Random
    block_bytes: int
    connection: duckdb.DuckDBPyConnection | None = None
    tables: int = 1
    bytes_written: int = 0
    bytes_published: int = 0
    seen: Counter = field(default_factory=Counter)

    def open(self) -> None:
        self.settings.work_dir.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect()
        form = f"block_size {self.block_bytes}, row_group_size 2048, storage_version 'v1.2.0'"
        if self.settings.work_database.exists():
            form = "row_group_size 2048, storage_version 'v1.2.0'"
        connection.execute(f"attach '{self.settings.work_database}' as work ({form})")
        connection.execute("use work; set threads = 1")  # the same history gives the same blocks
        connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute("create table if not exists t0 (id bigint, hash ubigint, text varchar, words varchar[])")
        self.connection = connection

    def run(self, sql: str) -> None:
        self.connection.execute(sql)

    def table(self) -> str:
        found = self.connection.execute("select table_name from duckdb_tables() where database_name = 'work' and not internal order by 1").fetchall()
        return self.draw.choice(found)[0]


# ---------------------------------------------------------------- steps


def rows_come(history: History) -> None:
    count, seed = history.draw.randrange(1, ROWS), history.draw.randrange(10**6)
    history.run(f"insert into {history.table()} select i + {seed}, hash(i + {seed}), repeat(md5(i::varchar), (i % 9)::int), "
                f"[md5((i * 7)::varchar), 'x'] from range({count}) as r(i)")


def rows_go(history: History) -> None:
    history.run(f"delete from {history.table()} where id % {history.draw.randrange(2, 30)} = 0")


def rows_come_again_in_another_order(history: History) -> None:
    name = history.table()
    history.run(f"create temp table again as select * from {name} where id % 3 > 0 order by hash(id + {history.draw.randrange(1000)})")
    history.run(f"begin; delete from {name} where id % 3 > 0; insert into {name} select * from again; commit; drop table again")


def values_change_alike(history: History) -> None:
    history.run(f"update {history.table()} set hash = {history.draw.randrange(5)} where id % 2 = 0")


def a_table_comes(history: History) -> None:
    history.tables += 1
    history.run(f"create table t{history.tables} as select * from t0 limit {history.draw.randrange(1, 2000)}")


def a_table_goes(history: History) -> None:
    if (name := history.table()) != "t0":
        history.run(f"drop table {name}")


def a_checkpoint(history: History) -> None:
    history.run("checkpoint")


def a_run_is_killed(history: History) -> None:
    """With blocks written for a transaction that never ends."""
    history.run("set checkpoint_threshold = '1KB'")
    history.run("begin")
    rows_come(history)
    with contextlib.suppress(duckdb.Error):
        history.run(f"insert into t0 select i, i, md5(i::varchar), [] from range({ROWS * 10}) as r(i)")
    history.connection.close()
    history.open()


def it_is_written_anew(history: History) -> None:
    history.connection.close()
    spare_file.refuse(history.settings)
    history.block_bytes = history.draw.choice(BLOCKS)
    work = history.settings.work_database
    new = work.with_name("anew.duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{work}' as old; attach '{new}' as anew (block_size {history.block_bytes}, storage_version 'v1.2.0')")
        connection.execute("copy from database old to anew; checkpoint anew")
    os.replace(new, work)
    history.open()


def it_is_written_anew_unseen(history: History) -> None:
    """As if somebody did it by hand: nothing says that the files of before are of no use."""
    it_is_written_anew(history)
    spare_file.end_refusal(history.settings)


def the_published_file_is_gone_back_to(history: History) -> None:
    if history.settings.published_database.exists():
        history.connection.close()
        history.settings.work_database.with_name("work.duckdb.wal").unlink(missing_ok=True)
        history.settings.work_database.write_bytes(history.settings.published_database.read_bytes())
        history.open()


def somebody_keeps_a_second_name(history: History) -> None:
    if history.settings.published_database.exists():
        with contextlib.suppress(FileExistsError):
            os.link(history.settings.published_database, history.settings.data_dir / f"kept{history.draw.randrange(10**9)}")


def the_spare_file_is_cut(history: History) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.truncate(history.settings.spare_database, history.draw.randrange(history.settings.spare_database.stat().st_size + 1))


def somebody_writes_into_the_published_file(history: History) -> None:
    if history.settings.published_database.exists():
        with duckdb.connect(str(history.settings.published_database)) as connection:
            connection.execute(f"create or replace table mine as select hash(i) from range({history.draw.randrange(9000)}) as r(i)")


OFTEN = (rows_come, rows_come, rows_go, rows_come_again_in_another_order, values_change_alike, a_table_comes, a_table_goes, a_checkpoint)
SELDOM = (a_run_is_killed, it_is_written_anew, it_is_written_anew_unseen, the_published_file_is_gone_back_to, somebody_keeps_a_second_name,
          the_spare_file_is_cut, somebody_writes_into_the_published_file)


# ---------------------------------------------------------------- deliberately broken variants


def checksums_only() -> None:
    """Takes blocks for the same where their checksums are."""
    sound = spare_file.bring_up_to_date

    def by_checksums(source, target, block_bytes, sure, *, compares_all):
        both = min(os.fstat(handle).st_size for handle in (source, target))
        places = range(spare_file.HEAD_BYTES, both, block_bytes)
        same = {number for number, at in enumerate(places) if os.pread(source, 8, at) == os.pread(target, 8, at)}
        return sound(source, target, block_bytes, frozenset(same), compares_all=compares_all)

    spare_file.bring_up_to_date = by_checksums


def any_number_of_checkpoints() -> None:
    """Takes the list of free blocks for all that may change, however many checkpoints lie between, and does not look at checksums."""
    spare_file.checksums_agree = lambda *_: True

    def unchanged(*files):
        stay = [frozenset(range(each.block_count)) - each.may_change for each in files[:-1] if each]
        return frozenset.intersection(*stay) if len(stay) == len(files) - 1 else frozenset()

    spare_file.unchanged = unchanged


VARIANTS = {"sound": lambda: None, "checksums_only": checksums_only, "any_number_of_checkpoints": any_number_of_checkpoints}


# ---------------------------------------------------------------- one history


def play(folder: Path, seed: int, publications: int = 12) -> History:
    """Raises AssertionError where a published file is not the working file, or a kept one changed."""
    draw, large = random.Random(seed), random.Random(seed + 1_000_000)
    history = History(Settings(data_dir=folder), draw, draw.choice(BLOCKS))
    history.open()
    for number in range(publications):
        for _ in range(draw.randrange(1, 4)):
            step = draw.choice(OFTEN if draw.random() < 0.9 else SELDOM)
            history.seen[step.__name__] += 1
            step(history)
        kept = {path: path.read_bytes() for path in folder.glob("kept*")}
        compares_all = draw.random() < 0.3
        with mock.patch.object(spare_file, "MUCH_BYTES", large.choice((0, 1 << 40, 1 << 40))):  # after some, the spare file catches up
            done = publish.publish(history.connection, history.settings, compares_all=compares_all)
        history.seen["caught up"] += spare_file.caught_up(history.settings).exists()
        published = history.settings.published_database.read_bytes()
        assert published == history.settings.work_database.read_bytes(), f"history {seed}, publication {number}: {done}"
        assert all(path.read_bytes() == content for path, content in kept.items()), f"history {seed}: a kept file changed"
        cut = history.seen["the_spare_file_is_cut"]
        assert cut or not done.unexpected, f"history {seed}, publication {number}: {done.unexpected} blocks changed that cannot have"
        history.seen[f"published: {done.way}"] += 1
        if done.way == "spare":
            history.bytes_written += done.bytes_written
            history.bytes_published += len(published)
        history.open()
    history.connection.close()
    return history


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variant", default="sound", choices=VARIANTS)
    asked = parser.parse_args()
    VARIANTS[asked.variant]()
    seen, written, published, wrong = Counter(), 0, 0, 0
    for seed in range(asked.seed, asked.seed + asked.histories):
        with tempfile.TemporaryDirectory() as name:
            try:
                history = play(Path(name), seed)
            except AssertionError as error:
                print(f"WRONG {error}", flush=True)
                wrong += 1
                continue
        seen += history.seen
        written, published = written + history.bytes_written, published + history.bytes_published
    for name, count in sorted(seen.items()):
        print(f"{count:>7} {name}")
    print(f"{asked.histories} histories, {wrong} wrong; into the spare file went {written / 1e6:,.0f} of {published / 1e6:,.0f} MB")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
