"""The pool of reading processes: whatever happens to one of them costs the input it was reading, and nothing else."""

import os
import signal
from datetime import UTC, datetime

import pytest

from crawlers.outlet import Outlet
from flows.inputs import ImportLine
from flows.pool import Limits, ReadingPool
from flows.reading import SavedPage
from warehouse.records import ArticleReading, Page, Rejected

OUTLETS = {"sample_en": Outlet("sample_en", "Sample Daily", "https://sample.example/", "MM", "en", "Asia/Yangon", ("sample.example",))}
MOMENT = datetime(2026, 2, 3, 1, tzinfo=UTC)
STORY = "<p>" + "The pier in the old harbour was opened again on Saturday, the town committee said. " * 5 + "</p>"
ENDLESS = STORY + "<p>one boat</p>" * 400_000  # 20 CPU seconds and more
LIMITS = Limits(cpu_s=60, memory_mb=1500)


def saved_page(name, text=STORY):
    url = f"https://sample.example/news/{name}"
    body = f"<html><body><article><h1>Pier opens again</h1>{text}</article></body></html>".encode()
    return SavedPage("sample_en", Page(url, url, body, "text/html", MOMENT))


def line(number, body):
    return ImportLine(f"a.jsonl:{number}", {"outlet_id": "sample_en", "url": f"https://sample.example/news/{number}", "body": body}, MOMENT)


def read(items, limits, tmp_path):
    with ReadingPool(tmp_path, OUTLETS, limits, workers=1) as pool:
        return [(item.page.url.rsplit("/", 1)[1], outcome) for item, outcome in pool.read(items)]


def all_but_the_bad_one(found):
    """The rejection of the page named `bad`, where every other input became an article."""
    assert all(isinstance(outcome, ArticleReading) for name, outcome in found if name != "bad")
    return dict(found)["bad"]


NAMES = ("first", "bad", *(f"after-{number}" for number in range(10)))  # more than are given to a worker together


def test_a_page_over_its_cpu_limit_costs_one_rejection(tmp_path):
    found = read([saved_page(name, ENDLESS if name == "bad" else STORY) for name in NAMES], Limits(cpu_s=1, memory_mb=1500), tmp_path)
    assert [name for name, _ in found] == list(NAMES)
    assert all_but_the_bad_one(found) == Rejected("extract", "extract_timeout", "reading the page took more than 1 s of CPU time")


def test_a_page_over_its_memory_limit_costs_one_rejection(tmp_path):
    wide = STORY + "".join(f"<p id='a{number}' class='b{number}'>boat</p>" for number in range(300_000))
    found = read([saved_page(name, wide if name == "bad" else STORY) for name in NAMES], Limits(cpu_s=60, memory_mb=60), tmp_path)
    assert all_but_the_bad_one(found) == Rejected("extract", "extract_memory", "reading the page took more than 60 MB")


@pytest.mark.parametrize(
    ("sent", "reason", "detail"),
    [
        (signal.SIGSEGV, "extract_crashed", "the process that read the page ended with status -11"),
        (signal.SIGKILL, "extract_crashed", "the process that read the page ended with status -9"),
        # A stopped process stands for one that waits for ever: it uses no CPU time.
        (signal.SIGSTOP, "extract_timeout", "reading the page took more than 6 s on the clock"),
    ],
)
def test_a_process_that_dies_or_hangs_over_a_page_costs_one_rejection(tmp_path, sent, reason, detail):
    items = [saved_page(name, ENDLESS if name == "bad" else STORY) for name in NAMES]
    found = []
    with ReadingPool(tmp_path, OUTLETS, Limits(cpu_s=1, memory_mb=1500), workers=1) as pool:
        for item, outcome in pool.read(items):
            if not found:  # the process has gone on to the next page, the bad one
                os.kill(pool.workers[0].process.pid, sent)
            found.append((item.page.url.rsplit("/", 1)[1], outcome))
    assert all_but_the_bad_one(found) == Rejected("extract", reason, detail)


class EndsTheProcess:
    """Ends any process that it is sent to, before that has read anything."""

    def __reduce__(self):
        return os._exit, (3,)


def test_processes_that_die_at_once_end_no_read():
    items = [saved_page(name, STORY * 3_000) for name in NAMES]  # more than a pipe holds: they die while they are still being sent
    with ReadingPool(EndsTheProcess(), OUTLETS, LIMITS, workers=2) as pool:
        found = [(item.page.url.rsplit("/", 1)[1], outcome) for item, outcome in pool.read(items)]
    assert sorted(name for name, _ in found) == sorted(NAMES)
    assert {outcome for _, outcome in found} == {Rejected("extract", "extract_crashed", "the process that read the page ended with status 3")}


def test_large_inputs_and_large_answers_do_not_wait_for_each_other(tmp_path):
    """Each is larger than a pipe holds: the process waited to be rid of an article while this one waited to be rid of the next lines."""
    body = "\n".join(f"The boat of {number} tons was seen at the mouth of the river." for number in range(6_000))
    with ReadingPool(tmp_path, OUTLETS, LIMITS, workers=1) as pool:
        found = [outcome for _, outcome in pool.read([line(number, body) for number in range(12)])]
    assert [outcome.extracted.body for outcome in found] == [body] * 12


def test_a_read_that_is_given_up_leaves_no_process_behind(tmp_path):
    with ReadingPool(tmp_path, OUTLETS, LIMITS, workers=2) as pool:
        reading = pool.read([saved_page(f"page-{number}", ENDLESS if number > 3 else STORY) for number in range(20)])
        next(reading)
        processes = [worker.process for worker in pool.workers]
    assert [process.is_alive() for process in processes] == [False, False]


def test_a_worker_that_has_done_its_share_is_replaced_and_no_input_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.pool.INPUTS_PER_WORKER", 10)
    lines = [line(number, STORY) for number in range(35)]
    with ReadingPool(tmp_path, OUTLETS, LIMITS, workers=1) as pool:
        processes, found = set(), []
        for item, outcome in pool.read(lines):
            processes.add(pool.workers[0].process.pid)
            found.append((item, type(outcome)))
    assert found == [(each, ArticleReading) for each in lines]
    assert len(processes) == 3  # each finishes what it has been given when it has read ten
