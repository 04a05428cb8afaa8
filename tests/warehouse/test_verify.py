"""Rows and files: a disagreement is found, whichever side is wrong, and is as bad as what it costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from warehouse.captures import CaptureWriter
from warehouse.db import open_work
from warehouse.load import Batch, load
from warehouse.publish import record
from warehouse.records import HttpResponse
from warehouse.runs import start_run
from warehouse.settings import Settings
from warehouse.verify import SAMPLE, captures_agree_with_files

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
PAGES = 3


def response(number: int, night: int) -> HttpResponse:
    url = f"http://example.org/news/{number}"
    return HttpResponse(
        "example_en", url, url, NIGHT + timedelta(days=night, seconds=number), 200, (("Content-Type", "text/html"),), b"<p>Ferry %d.</p>" % number,
        "allowed", f"run-{night}",
    )


def loaded_night(connection, folder, night: int, originals=(), pages: int = PAGES):
    """(file, captures) of a night, loaded."""
    start_run(connection, f"run-{night}", "nightly", NIGHT + timedelta(days=night), {})
    writer = CaptureWriter(folder / "captures", "example_en", f"run-{night}", (NIGHT + timedelta(days=night)).date())
    captures = writer.write_all([response(number, night) for number in range(pages)], {each.url: each for each in originals})
    load(connection, Batch(
        f"night {night}", f"run-{night}", NIGHT + timedelta(days=night, hours=1), captures=captures, capture_files=[("example_en", writer.relative)],
    ))
    return writer.seal(), captures


@pytest.fixture
def nights(tmp_path):
    """Two nights; in the second, all pages are as they were."""
    connection = open_work(Settings(data_dir=tmp_path))
    first_file, first = loaded_night(connection, tmp_path, 0)
    second_file, second = loaded_night(connection, tmp_path, 1, first)
    assert all(capture.revisit_of for capture in second)
    yield connection, tmp_path, (first_file, second_file), (first, second)
    connection.close()


def found(connection, folder, run_id="run-1"):
    return [(finding.level, finding.observed, finding.detail) for finding in captures_agree_with_files(connection, folder, run_id)]


def test_what_agrees_gives_no_finding(nights):
    connection, folder, _, _ = nights
    assert found(connection, folder) == []
    assert found(connection, folder, "run-0") == []


@pytest.mark.parametrize(("harm", "said"), [
    ("update captures set warc_offset = warc_offset + 1 where revisit_of is not null", "there is no row for this record"),
    ("update captures set warc_length = 7 where revisit_of is not null", "length: "),
    ("update captures set url = 'http://example.org/other' where revisit_of is not null", "address: http://example.org/news/0 in the file"),
    ("update captures set payload_sha256 = 'x' where revisit_of is not null", "SHA-256 of the payload"),
    ("update captures set revisit_of = null", "revisit: True in the file, False in the row"),
    ("delete from captures where run_id = 'run-1'", "there is no row for this record"),
])
def test_rows_of_this_run_that_say_otherwise_are_errors(nights, harm, said):
    connection, folder, (_, path), _ = nights
    connection.execute(harm)
    findings = found(connection, folder)
    assert {level for level, _, _ in findings} == {"error"}
    assert len(findings) >= PAGES
    assert said in findings[0][1]
    assert f"{path.name}, byte " in findings[0][2]


def test_a_row_without_a_record_is_an_error(nights):
    connection, folder, (_, path), (_, second) = nights
    path.write_bytes(path.read_bytes()[:second[2].warc_offset])
    assert found(connection, folder) == [("error", "no record begins there", f"{second[2].warc_file}, byte {second[2].warc_offset}")]


def test_damage_in_a_file_of_this_run_is_an_error_and_in_a_recovered_one_a_warning(nights):
    connection, folder, (first_file, second_file), (first, second) = nights
    for path, capture in ((first_file, first[1]), (second_file, second[1])):
        raw = bytearray(path.read_bytes())
        raw[capture.warc_offset + capture.warc_length // 2] ^= 0xFF
        path.write_bytes(raw)
    own = [level for level, observed, _ in found(connection, folder) if "damaged" in observed]
    assert own == ["error"]
    # The same file, loaded by a run that found it: what a killed run left behind.
    start_run(connection, "run-2", "nightly", NIGHT + timedelta(days=2), {})
    load(connection, Batch("taken over", "run-2", NIGHT + timedelta(days=2, hours=1), capture_files=[("example_en", second[0].warc_file)]))
    connection.execute("delete from captures where capture_id = ?", [second[1].capture_id])
    assert [level for level, observed, _ in found(connection, folder, "run-2") if "bytes are damaged" in observed] == ["warning"]


def test_a_file_of_this_run_that_is_not_there_is_an_error(nights):
    connection, folder, (_, path), _ = nights
    path.unlink()
    (finding,) = found(connection, folder)
    assert finding[:2] == ("error", "the file cannot be read (No such file or directory)")


def test_older_files_that_are_gone_are_one_warning_an_outlet(nights):
    connection, folder, (path, _), _ = nights
    path.unlink()
    assert found(connection, folder) == [("warning", "1 WARC files are not there", f"captures/example_en/{path.name}. Restore it from a backup.")]


def test_older_captures_are_read_again_by_chance_and_the_same_ones_for_the_same_run(tmp_path):
    connection = open_work(Settings(data_dir=tmp_path))
    path, captures = loaded_night(connection, tmp_path, 0, pages=3 * SAMPLE)
    start_run(connection, "run-1", "nightly", NIGHT + timedelta(days=1), {})
    raw = bytearray(path.read_bytes())
    for capture in captures:
        raw[capture.warc_offset + capture.warc_length // 2] ^= 0xFF
    path.write_bytes(raw)
    first = found(connection, tmp_path)
    assert len(first) == SAMPLE
    assert found(connection, tmp_path) == first
    assert {level for level, _, _ in first} == {"warning"}
    start_run(connection, "run-2", "nightly", NIGHT + timedelta(days=2), {})
    assert {observed for _, observed, _ in found(connection, tmp_path, "run-2")} != {observed for _, observed, _ in first}
    connection.close()


def test_findings_become_rows_of_checks(nights):
    connection, folder, (path, _), _ = nights
    path.unlink()
    record(connection, captures_agree_with_files(connection, folder, "run-1"))
    assert connection.execute("select name, level, outlet_id from checks").fetchall() == [("captures_agree_with_files", "warning", "example_en")]


def test_a_capture_of_another_run_in_the_same_file_is_compared_too(nights):
    connection, folder, _, (_, second) = nights
    load(connection, Batch("odd", "run-1", NIGHT, captures=[replace(second[0], capture_id="x", warc_offset=3, run_id="run-0")]))
    assert [observed for _, observed, _ in found(connection, folder)] == ["no record begins there"]

