"""Captures: what is written can be read back byte for byte, and damage is found, named, and stays where it is."""

from datetime import UTC, date, datetime, timedelta
from gzip import compress
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from warehouse.captures import (
    CaptureDamaged,
    CaptureWriter,
    Damage,
    decoded_body,
    read_captures,
    read_response,
    read_warc,
    recover_open_files,
)
from warehouse.records import FieldCandidate, HttpResponse

MOMENT = datetime(2026, 3, 2, 19, 0, 0, 123456, tzinfo=UTC)


def response(number: int = 1, body: bytes = b"<p>Ferry service resumes on the Kaladan.</p>", **changes) -> HttpResponse:
    fields = {
        "outlet_id": "example_en", "url": f"http://example.org/news/{number}", "final_url": f"http://example.org/news/{number}",
        "fetched_at": MOMENT + timedelta(seconds=number), "status": 200, "headers": (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"x"')),
        "body": body, "robots": "allowed", "run_id": "run-1", "candidates": (FieldCandidate("headline", "Ferry resumes ပြန်", "feed"),),
    }
    return HttpResponse(**(fields | changes))


def written(folder: Path, count: int = 3) -> tuple[Path, list]:
    writer = CaptureWriter(folder / "captures", "example_en", "run-1", date(2026, 3, 2))
    captures = [writer.write(response(number)) for number in range(count)]
    return writer.seal(), captures


def test_a_response_comes_back_as_it_was_written(tmp_path):
    _, captures = written(tmp_path)
    assert read_response(tmp_path, captures[1]) == response(1)


def test_any_warc_reader_reads_the_file(tmp_path):
    path, captures = written(tmp_path)
    with open(path, "rb") as file:
        records = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert [kind for kind, _, _ in records] == ["warcinfo", *["response", "metadata"] * 3]
    assert records[1][1:] == ("http://example.org/news/0", response(0).body)


def test_a_header_that_would_lie_about_the_kept_body_is_renamed(tmp_path):
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 2))
    capture = writer.write(response(headers=(("Transfer-Encoding", "chunked"), ("Content-Type", "text/html"))))
    writer.seal()
    assert read_response(tmp_path, capture).headers[0] == ("X-Received-Transfer-Encoding", "chunked")


def test_all_captures_of_a_file_are_found_again_with_the_same_ids(tmp_path):
    path, captures = written(tmp_path)
    assert list(read_captures(tmp_path, path, "example_en")) == captures


@pytest.mark.parametrize("cut", [1, 40, 200, 400])
def test_a_torn_tail_is_cut_off_and_the_records_before_it_stay(tmp_path, cut):
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 2))
    captures = [writer.write(response(number)) for number in range(3)]
    whole = writer.open_path.read_bytes()
    writer.open_path.write_bytes(whole[:-cut])
    (recovered,) = recover_open_files(tmp_path / "captures")
    assert recovered.warc_file == writer.path
    kept = list(read_captures(tmp_path, writer.path, "example_en"))
    assert [c.capture_id for c in kept[:2]] == [c.capture_id for c in captures[:2]]
    assert not [c for c in kept if isinstance(c, Damage)]
    assert not list((tmp_path / "captures").rglob("*.open"))


def test_an_altered_byte_is_found_and_later_records_are_still_read(tmp_path):
    path, captures = written(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[captures[1].warc_offset + captures[1].warc_length // 2] ^= 0xFF
    path.write_bytes(raw)
    found = list(read_captures(tmp_path, path, "example_en"))
    assert [type(each).__name__ for each in found].count("Damage") >= 1
    assert captures[0] in found
    assert captures[2] in found
    with pytest.raises(CaptureDamaged, match=r"captures/example_en/.*byte \d+"):
        read_response(tmp_path, captures[1])


def test_a_missing_file_is_one_clear_sentence(tmp_path):
    path, captures = written(tmp_path)
    path.unlink()
    with pytest.raises(CaptureDamaged, match="cannot be read"):
        read_response(tmp_path, captures[0])


def test_plain_and_foreign_warcs_are_read(tmp_path):
    path, _ = written(tmp_path)
    plain = tmp_path / "plain.warc"
    from gzip import decompress

    plain.write_bytes(decompress(path.read_bytes()))
    found = list(read_warc(plain))
    assert [each.url for each in found] == [f"http://example.org/news/{n}" for n in range(3)]
    assert found[0].candidates == response().candidates


def test_a_file_that_is_no_warc_is_damage_and_no_error(tmp_path):
    path = tmp_path / "page.warc.gz"
    path.write_bytes(compress(b"<html>no records here</html>"))
    assert [type(each).__name__ for each in read_warc(path)] == ["Damage"]
    path.write_bytes(b"just text")
    assert [type(each).__name__ for each in read_warc(path)] == ["Damage"]


def test_an_empty_file_holds_nothing(tmp_path):
    path = tmp_path / "empty.warc.gz"
    path.write_bytes(b"")
    assert list(read_warc(path)) == []


PAGE = b"<html><body>" + b"The river rose in the night. " * 50 + b"</body></html>"


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", compress(PAGE)), ("br", brotli.compress(PAGE)), ("identity", PAGE), ("gzip", PAGE),
                                                  ("gzip", compress(PAGE[:300]) + compress(PAGE[300:]))])
def test_a_packed_page_is_unpacked_and_a_wrong_label_does_no_harm(encoding, packed):
    assert decoded_body(response(body=packed, headers=(("Content-Encoding", encoding),))) == PAGE


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", compress(PAGE)[:-20]), ("br", brotli.compress(PAGE)[:-5]), ("gzip", compress(PAGE)[:30] + b"xx" * 20)])
def test_a_cut_or_altered_packed_page_is_named(encoding, packed):
    with pytest.raises(CaptureDamaged, match="packed page"):
        decoded_body(response(body=packed, headers=(("Content-Encoding", encoding),)))


def test_a_bomb_stops_at_the_limit():
    with pytest.raises(CaptureDamaged, match="larger than 64 MiB"):
        decoded_body(response(body=compress(bytes(200 << 20)), headers=(("Content-Encoding", "gzip"),)))
