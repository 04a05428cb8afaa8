"""Captures: what is written can be read back byte for byte, and damage is found, named, and stays where it is."""

import random
import threading
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from gzip import compress
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from warehouse.captures import CaptureWriter, read_captures, read_response, recover, recover_open_files
from warehouse.content_codings import decoded_body
from warehouse.errors import CaptureDamaged
from warehouse.records import FieldCandidate, HttpResponse
from warehouse.warc_reading import Damage, gzip_members, read_warc

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


def test_a_page_is_read_while_its_file_is_being_sealed(tmp_path):
    """The crawl gives the file its final name while reading processes look for it under the one that it had."""
    begun, failures = threading.Event(), []

    def read_on(captures, sealed):
        while not sealed.is_set():
            for capture in captures:
                try:
                    read_response(tmp_path, capture)
                except CaptureDamaged as error:
                    failures.append(str(error))
            begun.set()

    for number in range(150):
        writer = CaptureWriter(tmp_path / "captures", f"outlet_{number}", "run-1", date(2026, 3, 2))
        first = writer.write(response(outlet_id=writer.path.parent.name))
        again = writer.write_all([response(2, outlet_id=writer.path.parent.name, url=first.url, final_url=first.url)], {first.url: first})[0]
        assert again.revisit_of
        begun.clear()
        sealed = threading.Event()
        reader = threading.Thread(target=read_on, args=((first, again), sealed))
        reader.start()
        assert begun.wait(20)
        writer.seal()
        sealed.set()
        reader.join()
    assert failures == []


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


def test_text_that_no_utf_8_can_hold_is_replaced_and_costs_no_neighbour(tmp_path):
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 2))
    captures = writer.write_all([response(0), response(1, candidates=(FieldCandidate("headline", "Ferry \ud83d", "feed"),)), response(2)])
    writer.seal()
    assert [read_response(tmp_path, capture).candidates[0].value for capture in captures] == ["Ferry resumes ပြန်", "Ferry ?", "Ferry resumes ပြန်"]


def test_what_cannot_be_packed_leaves_no_trace_of_its_neighbours(tmp_path):
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 2))
    with pytest.raises(AttributeError):
        writer.write_all([response(0), response(1, headers=((None, "x"),))])
    assert not writer.open_path.exists()


def foreign(number: int, *, length: int | None = None, without: str = "", extra: bytes = b"") -> bytes:
    """A record as other programs write it."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>%d</p>" % number
    headers = {"WARC-Type": "response", "WARC-Target-URI": f"http://example.org/{number}", "WARC-Date": "2026-03-02T19:00:00Z",
               "Content-Type": "application/http; msgtype=response", "Content-Length": len(http) if length is None else length}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name != without)
    return b"WARC/1.0\r\n" + lines.encode() + extra + b"\r\n" + http + b"\r\n\r\n"


def found_in(path: Path) -> list[str]:
    return [each.detail if isinstance(each, Damage) else each.url[-1] for each in read_warc(path)]


@pytest.mark.parametrize(("bad", "said"), [
    (foreign(2, without="WARC-Date"), "WARC-Date"), (foreign(2, without="WARC-Target-URI"), "cannot be read"),
    (foreign(2, without="Content-Length"), "how long"), (foreign(2, length=9), "where it says"), (foreign(2, length=200), "where it says"),
    (foreign(2, length=10**9), "shorter"), (b"no record\r\n", "no WARC record"),
])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_bad_record_of_another_program_costs_only_itself(tmp_path, bad, said, is_packed):
    path = tmp_path / "foreign.warc"
    path.write_bytes(b"".join(compress(part) if is_packed else part for part in (foreign(1), bad, foreign(3))))
    first, damage, last = found_in(path)
    assert (first, last) == ("1", "3")
    assert is_packed or said in damage


def test_header_bytes_may_be_any_bytes(tmp_path):
    path = tmp_path / "foreign.warc"
    path.write_bytes(foreign(1, extra=b"X-Odd: \xff\xfe\x80\x00\r\n") + foreign(2, extra=b"\xff\x80\r\n") + foreign(3))
    assert found_in(path)[::2] == ["1", "3"]


def test_metadata_of_another_program_does_no_harm(tmp_path):
    said = b'{"candidates": [1, ["headline"], ["headline", "Ferry", "feed"]]}'
    metadata = b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(said), said)
    path = tmp_path / "foreign.warc"
    path.write_bytes(foreign(1) + metadata)
    assert [each.candidates for each in read_warc(path)] == [(FieldCandidate("headline", "Ferry", "feed"),)]


def test_a_record_that_unpacks_to_more_than_the_limit_is_passed_over_without_being_held(tmp_path):
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(compress(foreign(1)) + compress(b"WARC/1.0\r\n" + bytes(200 << 20), 1) + compress(foreign(3)))
    tracemalloc.start()
    found = found_in(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["1", "the record is larger than 65 MiB", "3"]
    assert peak < 100 << 20


def test_a_file_with_a_record_that_is_too_large_is_recovered_whole(tmp_path):
    path = tmp_path / "a.warc.gz.open"
    whole = compress(foreign(1)) + compress(b"WARC/1.0\r\n" + bytes(70 << 20), 1) + compress(foreign(3))
    path.write_bytes(whole)
    recovered = recover(path)
    assert (recovered.cut_bytes, recovered.warc_file.read_bytes()) == (0, whole)


def test_reading_goes_on_after_damage_without_holding_the_rest(tmp_path):
    path = tmp_path / "long.warc.gz"
    noise = random.Random(1).randbytes(3_000_000)
    members = [compress(foreign(n % 10, extra=b"X-Noise: " + noise[n:n + 300_000].hex().encode() + b"\r\n"), 1) for n in range(30)]
    damaged = bytearray(members[0])
    damaged[len(damaged) // 2:] = bytes(len(damaged) // 2 + len(damaged) % 2)
    path.write_bytes(damaged + b"".join(members[1:]))
    with open(path, "rb") as file:
        reads: list[int] = []
        read, file_read = file.read, lambda count=-1: reads.append(count) or read(count)

        class Watched:
            seek, tell, readline = file.seek, file.tell, file.readline
            read = staticmethod(file_read)

        found = [(each.offset, each.length, isinstance(each.content, Damage)) for each in gzip_members(Watched(), 0)]
    starts = [sum(map(len, members[:n])) for n in range(31)]
    assert found == [(start, end - start, start == 0) for start, end in pairwise(starts)]
    assert -1 not in reads
    assert max(reads) <= 1 << 20
