"""`python tests/bench_warehouse.py --articles 1000000`: what a night, one article and the worked queries cost on a large warehouse.

The articles are invented (tests/invented.py), 2,000 a day. The last 50,000 (fewer where fewer are asked for) come in through `nightdesk import`;
the history before them is that import again, by SQL (tests/multiply.sql): other ids, addresses, days, and texts and fingerprints that are no copies,
with captures (rows, no files), links, runs and second versions as nights leave them. Everything that is measured comes in through `import`.

Measured on a hundredth, a tenth and all of the articles: one article, and a night of 2,000 of which a tenth are copies of the day before; CPU
seconds of all processes, with the parts. Then every query of warehouse/queries, the morning page of three days, and the size of the file beside
Parquet. With --data-dir the warehouses are kept there and used again.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb
import invented

from flows import jobs, running
from flows.searching import prepare_index
from warehouse import db, event_folds, publish, search_index
from warehouse.query import open_published
from warehouse.release import release_tables
from warehouse.settings import Settings

PER_DAY = 2_000
BASE = 50_000
LINES_PER_FILE = 10_000
COPIES_OF_NIGHT = 0.1
TIMES = 3  # each query
MULTIPLY = Path(__file__).with_name("multiply.sql")
MB = 1_000_000


def cpu_s() -> float:
    """CPU seconds of this process and of the children that it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


# ---------------------------------------------------------------- making the warehouses


def night(articles: int) -> str:
    """The evening after the last of so many articles since the first day, as NIGHTDESK_NOW."""
    return (invented.FIRST_DAY + timedelta(days=articles / PER_DAY, hours=20)).isoformat(timespec="seconds")


def import_lines(folder: Path, lines: list[str], now: str) -> dict[str, Any]:
    """Imports the lines in a process of their own; {part of the work: CPU seconds}."""
    file = folder / "lines.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    words = [sys.executable, __file__, "--import", str(file), "--data-dir", str(folder)]
    before, began = cpu_s(), time.perf_counter()
    child = subprocess.run(words, env=os.environ | {"NIGHTDESK_NOW": now}, stdout=subprocess.PIPE, text=True, check=True)
    file.unlink()
    said = json.loads(child.stdout)
    return said | {"whole": cpu_s() - before, "seconds": time.perf_counter() - began}


def line(article: invented.Invented) -> str:
    return json.dumps(article.row, ensure_ascii=False) + "\n"


def make_base(folder: Path, writer: invented.Writer, articles: int, now: str) -> None:
    """A data folder that holds so many articles, all of them imported."""
    costs = import_lines(folder, [line(each) for each in writer.articles(articles)], now)
    print(f"imported {articles:,} articles: {costs['whole'] / articles * 1000:.2f} CPU ms an article, {costs['seconds']:.0f} s", flush=True)


def multiply(base: Path, folder: Path, times: int) -> None:
    """A data folder with `times` as many articles as the base, the oldest history first, published and indexed."""
    settings = settings_of(folder)
    settings.work_dir.mkdir(parents=True)
    connection = db.open_work(settings)
    connection.execute("set checkpoint_threshold = '4GB'")
    connection.execute(f"attach '{settings_of(base).work_database}' as base (read_only)")
    for table in ("outlets", "entities"):
        connection.execute(f"insert into {table} from base.{table}")
    (days,) = connection.execute("select date_diff('day', min(published_on), max(published_on)) + 1 from base.articles").fetchall()[0]
    for k in reversed(range(times)):
        (before,) = connection.execute("select count(*) from articles").fetchall()[0]
        connection.execute("begin")
        connection.execute(Template(MULTIPLY.read_text(encoding="utf-8")).safe_substitute(k=k, shift=k * days, rows_before=before))
        connection.execute("commit")
        connection.execute("checkpoint")
        print(f"\r{times - k} of {times} histories", end="", file=sys.stderr, flush=True)
    connection.execute("detach base")
    event_folds.note(connection, "articles")
    event_folds.fold_events(connection)
    publish.refresh_views(connection)
    index = prepare_index(connection, settings)
    search_index.give_name(settings, index, search_index.snapshot_of(connection))
    publish.publish(connection, settings)


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, outlets_dir=folder.parent / "outlets")


# ---------------------------------------------------------------- one import, by its parts


PARTS: tuple[tuple[Any, str, str], ...] = (
    (running, "open_work", "open"), (jobs, "load", "load"), (running, "group_copies", "copies"), (running, "fold_events", "folds"),
    (publish, "run_checks", "checks"), (running.publish, "refresh_views", "views"), (running, "prepare_index", "search"),
    (publish, "publish", "publish"), (publish, "write_new", "copy"),
)


def timed_import(file: Path, folder: Path) -> dict[str, float]:
    """Imports the file in this process; CPU seconds of its parts. What is left of the whole is start, reading and tagging."""
    spent: dict[str, float] = {}
    for module, name, part in PARTS:
        setattr(module, name, partial(timed, getattr(module, name), part, spent))
    began = time.process_time()
    summary = jobs.import_files(settings_of(folder), [file])
    spent["process"] = time.process_time() - began
    if summary.exit_status:
        raise SystemExit(f"the import was not complete: {summary.alerts} {summary.findings}")
    return spent


def timed(call: Callable[..., Any], part: str, spent: dict[str, float], *arguments: Any, **more: Any) -> Any:
    began = time.process_time()
    try:
        return call(*arguments, **more)
    finally:
        spent[part] = spent.get(part, 0.0) + time.process_time() - began


# ---------------------------------------------------------------- measuring


def measure_imports(folder: Path, articles: int, writer: invented.Writer) -> dict[str, dict[str, Any]]:
    """One article, then a night; of the copies in it, the share that was found. The article before them is not counted: only after its publication is
    there a spare file, into which the next ones are written."""
    import_lines(folder, [line(each) for each in writer.articles(1, 0)], night(articles + PER_DAY))
    one = import_lines(folder, [line(each) for each in writer.articles(1, 0)], night(articles + PER_DAY))
    planted = list(writer.articles(PER_DAY, COPIES_OF_NIGHT, of_earlier=True))
    batch = import_lines(folder, [line(each) for each in planted], night(articles + 2 * PER_DAY))
    batch["recall"] = recall(folder, planted)
    return {"one article": one, f"a night of {PER_DAY:,}": batch}


def recall(folder: Path, planted: list[invented.Invented]) -> float:
    """Share of the planted copies that stand in one group with what they copy."""
    with closing(open_published(settings_of(folder).published_database)) as connection:
        found = connection.execute("select split_part(url, '/', -1)::int, coalesce(copy_id, article_id) from articles where url not like '%/news/%/%'")
        group = dict(found.fetchall())
    copies = [each for each in planted if each.copies]
    return sum(group[each.number] == group[each.copies] for each in copies) / len(copies)


def measure_queries(folder: Path) -> list[tuple[str, float, float, int]]:
    """(name, ms, CPU ms, rows) of each worked query: medians, after one run that is not counted."""
    found = []
    with closing(open_published(settings_of(folder).published_database)) as connection:
        for name, sql in db.sql_files("queries").items():
            costs, rows = [], 0
            for _ in range(TIMES + 1):
                cpu, wall = time.process_time(), time.perf_counter()
                rows = connection.execute(sql).to_arrow_table().num_rows
                costs.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
            wall_ms, cpu_ms = (statistics.median(each) for each in zip(*costs[1:], strict=True))
            found.append((name, wall_ms, cpu_ms, rows))
    return found


def measure_briefings(folder: Path, scratch: Path) -> list[tuple[str, float, float, int]]:
    """(day, ms, CPU ms, bytes) of the morning page of the three last full days, each in a process of its own as `nightdesk briefing` makes it."""
    with closing(open_published(settings_of(folder).published_database)) as connection:
        full = "select published_on from articles group by published_on having count(*) >= ? order by published_on desc limit ?"
        days = [day.isoformat() for (day,) in connection.execute(full, [PER_DAY * 0.9, TIMES]).fetchall()]
    found = []
    for day in days:
        page = scratch / f"{day}.html"
        words = [sys.executable, "-m", "flows.cli", "--data-dir", str(folder), "briefing", "--date", day, "--out", str(page)]
        cpu, wall = cpu_s(), time.perf_counter()
        subprocess.run(words, cwd=Path(__file__).resolve().parents[1], stdout=subprocess.DEVNULL, check=True)
        found.append((day, (time.perf_counter() - wall) * 1000, (cpu_s() - cpu) * 1000, page.stat().st_size))
    return found


def sizes(folder: Path, scratch: Path) -> dict[str, int]:
    """Bytes of the published file, of its search index, and of all its tables as Parquet."""
    settings = settings_of(folder)
    with closing(duckdb.connect(str(settings.published_database), read_only=True)) as connection:
        for table in release_tables(connection):
            connection.execute(f"copy {table.name} to '{scratch / table.name}.parquet' (format parquet, compression zstd)")
    parquet = sum(path.stat().st_size for path in scratch.glob("*.parquet"))
    for path in scratch.glob("*.parquet"):
        path.unlink()
    index = sum(path.stat().st_size for path in search_index.search_dir(settings).rglob("*") if path.is_file())
    return {"news.duckdb": settings.published_database.stat().st_size, "search/": index, "Parquet": parquet}


# ---------------------------------------------------------------- the program


def stages_of(articles: int) -> Iterator[tuple[str, int, int]]:
    """(name of the folder, articles imported, how often): a hundredth, a tenth and all."""
    for share in (100, 10, 1):
        size = max(1, articles // share)
        base = min(BASE, size)
        yield f"of_{size}", base, max(1, round(size / base))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--data-dir", type=Path, help="folder in which the warehouses are made, kept and used again (16 GB for a million)")
    parser.add_argument("--import", dest="file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.file:
        print(json.dumps(timed_import(asked.file, asked.data_dir)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        bench(asked.data_dir or Path(scratch) / "warehouses", asked.articles, Path(scratch))
    return 0


def bench(folder: Path, articles: int, scratch: Path) -> None:
    invented.write_outlets(folder / "outlets")
    measured: dict[int, dict[str, dict[str, Any]]] = {}
    for name, base, times in stages_of(articles):
        writer = invented.Writer(PER_DAY, first=articles - base)
        if not (folder / name / "news.duckdb").exists():
            make_stage(folder, name, copy.deepcopy(writer), base, times, night(articles))
        for _ in writer.articles(base):  # so that it knows what stands there
            pass
        measured[base * times] = measure_imports(folder / name, articles, writer)
    print_imports(measured)
    print_queries(measure_queries(folder / name))
    for day, wall_ms, cpu_ms, size in measure_briefings(folder / name, scratch):
        print(f"briefing of {day}: {wall_ms:,.0f} ms, {cpu_ms:,.0f} CPU ms, {size / MB:.2f} MB")
    for what, size in sizes(folder / name, scratch).items():
        print(f"{what}: {size / MB:,.0f} MB, {size / (articles + 2 + PER_DAY):,.0f} bytes an article")


def make_stage(folder: Path, name: str, writer: invented.Writer, base: int, times: int, now: str) -> None:
    """The warehouse of a stage; the import is made once for all stages of which it is the base."""
    source = folder / (f"base_{base}" if times > 1 else name)
    if not (source / "news.duckdb").exists():
        source.mkdir(parents=True, exist_ok=True)
        make_base(source, writer, base, now)
    if times > 1:
        multiply(source, folder / name, times)


def print_imports(measured: dict[int, dict[str, dict[str, Any]]]) -> None:
    """A table of the parts a kind of import, the stages side by side."""
    for kind in next(iter(measured.values())):
        columns = {articles: costs[kind] for articles, costs in measured.items()}
        parts = list(dict.fromkeys(part for costs in columns.values() for part in costs))
        print(f"\n{kind}, CPU s" + "".join(f"{articles:>14,}" for articles in columns))
        for part in parts:
            print(f"  {part:26}" + "".join(f"{costs.get(part, 0):14.2f}" for costs in columns.values()))
        rest = {articles: costs["whole"] - costs.get("copy", 0) for articles, costs in columns.items()}
        print(f"  {'without the copy':26}" + "".join(f"{value:14.2f}" for value in rest.values()))


def print_queries(found: list[tuple[str, float, float, int]]) -> None:
    print(f"\n{'worked query':28}{'ms':>8}{'CPU ms':>8}{'rows':>10}")
    for name, wall_ms, cpu_ms, rows in found:
        print(f"  {name:26}{wall_ms:8.0f}{cpu_ms:8.0f}{rows:10,}")


if __name__ == "__main__":
    sys.exit(main())
