"""Requests and revisits: what any WARC tool reads, and that a page which is kept once is never lost."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from warehouse.captures import CaptureWriter, places_of_responses, read_captures, read_response
from warehouse.errors import CaptureDamaged
from warehouse.records import FieldCandidate, HttpResponse
from warehouse.warc_reading import CutShort, Damage, Originals, Revisit, read_warc

MOMENT = datetime(2026, 3, 2, 19, 0, 0, 123456, tzinfo=UTC)
SENT = (("User-Agent", "Nightdesk/0 (+mail@example.org)"), ("If-None-Match", '"x"'))


def response(number: int, days: int = 0, **changes) -> HttpResponse:
    url = f"http://example.org/news/{number}"
    fields = {
        "outlet_id": "example_en", "url": url, "final_url": f"{url}?full=1", "fetched_at": MOMENT + timedelta(days=days, seconds=number), "status": 200,
        "headers": (("Content-Type", "text/html; charset=utf-8"), ("Date", f"day {days}")), "body": b"<p>Ferry service %d resumes.</p>" % number,
        "robots": "allowed", "run_id": f"run-{days}", "candidates": (FieldCandidate("headline", f"Day {days}", "feed"),), "request_headers": SENT,
    }
    return HttpResponse(**(fields | changes))


def night(folder, days: int, originals=(), numbers=(0, 1, 2)):
    """(file, captures) of a night on which all pages are as they were."""
    writer = CaptureWriter(folder / "captures", "example_en", f"run-{days}", date(2026, 3, 2) + timedelta(days=days))
    captures = writer.write_all([response(number, days) for number in numbers], {capture.url: capture for capture in originals})
    return writer.seal(), captures


@pytest.fixture
def nights(tmp_path):
    first_file, first = night(tmp_path, 0)
    second_file, second = night(tmp_path, 1, first[:2])
    return tmp_path, (first_file, second_file), (first, second)


def records(path):
    with open(path, "rb") as file:
        return [(r.rec_type, dict(r.rec_headers.headers), r.http_headers, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]


def test_each_response_has_its_request_as_it_was_sent(nights):
    _, (path, _), (captures, _) = nights
    found = records(path)
    assert [kind for kind, *_ in found] == ["warcinfo", *["response", "metadata", "request"] * 3]
    request, answer = found[3], found[1]
    assert request[1]["WARC-Concurrent-To"] == answer[1]["WARC-Record-ID"]
    assert request[1]["WARC-Target-URI"] == answer[1]["WARC-Target-URI"] == "http://example.org/news/0?full=1"
    assert (request[2].protocol, request[2].statusline) == ("GET", "/news/0?full=1 HTTP/1.1")
    assert request[2].headers == [("Host", "example.org"), *SENT]


def test_a_password_of_a_proxy_is_not_kept(tmp_path):
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 2))
    capture = writer.write(response(1, request_headers=(*SENT, ("Proxy-Authorization", "Basic c2VjcmV0"))))
    path = writer.seal()
    assert read_response(tmp_path, capture).request_headers == (("Host", "example.org"), *SENT)
    assert b"c2VjcmV0" not in b"".join(str(each).encode() for each in records(path))


def test_warcio_check_finds_every_digest_right(nights):
    _, paths, _ = nights
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    said = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith(("digest", "no digest", "payload", "block"))]
    assert sorted(set(said)) == ["digest pass", "digest present but not checked (revisit)"]  # there is no payload in a revisit to check
    assert said.count("digest present but not checked (revisit)") == 2


def test_header_bytes_stand_in_the_file_as_they_came(tmp_path):
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 2))
    writer.write(response(1, headers=(("X-Place", "မြောက်ဦး".encode().decode("latin-1")), ("X-Folded", "a\r\nb"))))
    path = writer.seal()
    with open(path, "rb") as file:
        block = next(r.raw_stream.read() for r in ArchiveIterator(file, no_record_parse=True) if r.rec_type == "response")
    assert "X-Place: မြောက်ဦး\r\n".encode() in block
    assert b"X-Folded: a  b\r\n" in block


def test_the_same_bytes_are_kept_once_and_read_twice(nights):
    folder, (_, path), (first, second) = nights
    assert [capture.revisit_of for capture in second] == [first[0].capture_id, first[1].capture_id, None]
    places_of_responses.cache_clear()
    again = read_response(folder, second[1])
    assert places_of_responses.cache_info().misses == 0  # found where the metadata says, without a search
    assert again == response(1, 1, request_headers=(("Host", "example.org"), *SENT))
    revisit = next(each for each in records(path) if each[0] == "revisit")
    assert revisit[3] == b""
    assert revisit[1]["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert revisit[1]["WARC-Refers-To-Target-URI"] == "http://example.org/news/0?full=1"
    assert revisit[1]["WARC-Refers-To-Date"] == "2026-03-02T19:00:00.123456Z"
    assert revisit[2].get_header("Date") == "day 1"


def test_other_bytes_are_no_revisit(tmp_path):
    _, (capture, *_) = night(tmp_path, 0)
    writer = CaptureWriter(tmp_path / "captures", "example_en", "run-1", date(2026, 3, 3))
    assert writer.write(response(0, 1, body=b"<p>No ferry.</p>"), capture).revisit_of is None


def test_revisits_are_found_again_from_the_file_alone(nights):
    folder, (_, path), (_, second) = nights
    assert list(read_captures(folder, path, "example_en")) == second


def without_metadata(path):
    """The file without its metadata records: an altered byte in each."""
    raw = bytearray(path.read_bytes())
    with open(path, "rb") as file:
        reader = ArchiveIterator(file)
        for record in reader:
            record.content_stream().read()
            if record.rec_type == "metadata":
                raw[reader.get_record_offset() + reader.get_record_length() // 2] ^= 0xFF
    path.write_bytes(raw)


def test_a_revisit_that_lost_its_metadata_still_finds_its_page(nights):
    folder, (_, path), (first, second) = nights
    without_metadata(path)
    assert read_response(folder, second[0]).body == response(0).body
    kept = [each for each in read_captures(folder, path, "example_en") if not isinstance(each, Damage)]
    assert [capture.revisit_of for capture in kept] == [first[0].capture_id, first[1].capture_id, None]


def test_a_revisit_finds_its_page_where_the_records_of_the_earlier_file_moved(nights):
    folder, (first_file, _), (first, second) = nights
    whole = first_file.read_bytes()
    start, end = first[0].warc_offset, first[1].warc_offset
    first_file.with_name("rewritten.warc.gz").write_bytes(whole[:start] + whole[end:])  # as if the first page had been taken out
    first_file.unlink()
    assert read_response(folder, second[1]).body == response(1).body
    with pytest.raises(CaptureDamaged, match="the record that it refers to is not in the outlet's files"):
        read_response(folder, second[0])


def test_a_revisit_of_a_damaged_page_is_damaged_and_named(nights):
    folder, (first_file, path), (first, second) = nights
    raw = bytearray(first_file.read_bytes())
    raw[first[0].warc_offset + first[0].warc_length // 2] ^= 0xFF
    first_file.write_bytes(raw)
    with pytest.raises(CaptureDamaged, match=rf"{path.name}, byte \d+: this is a revisit"):
        read_response(folder, second[0])
    assert read_response(folder, second[1]).body == response(1).body


def test_a_digest_of_a_revisit_must_be_that_of_the_row(nights):
    folder, _, (_, second) = nights
    with pytest.raises(CaptureDamaged, match="SHA-256 differs"):
        read_response(folder, replace(second[0], payload_sha256="0" * 64))


# ---------------------------------------------------------------- revisits of other archives


def foreign(kind: str, url: str, day: int, *, record_id: str = "", more: str = "", body: bytes = b"") -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    lines = (f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-0{day}T00:00:00Z\r\n"
             f"{f'WARC-Record-ID: {record_id}' if record_id else 'X: y'}\r\n{more}Content-Type: application/http; msgtype={kind}\r\n"
             f"Content-Length: {len(block)}\r\n\r\n")
    return lines.encode() + block + b"\r\n\r\n"


PAGE = b"<p>The river fell.</p>"
URL = "http://example.org/a"
DIGEST = "WARC-Payload-Digest: sha1:ABC\r\n"


@pytest.mark.parametrize(("original", "said", "is_found"), [
    ({}, f"WARC-Refers-To-Target-URI: {URL}\r\nWARC-Refers-To-Date: 2026-03-01T00:00:00Z\r\n", True),
    ({"record_id": "<urn:uuid:1>"}, "WARC-Refers-To: <urn:uuid:1>\r\n", True),
    ({"more": DIGEST}, DIGEST, True),
    ({}, f"WARC-Refers-To-Target-URI: {URL}\r\nWARC-Refers-To-Date: 2026-02-01T00:00:00Z\r\n", False),
    ({"more": DIGEST}, "WARC-Payload-Digest: sha1:DEF\r\n", False),
    ({"more": DIGEST, "record_id": "<urn:uuid:1>"}, "WARC-Refers-To: <urn:uuid:1>\r\nWARC-Payload-Digest: sha1:DEF\r\n", False),
])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_revisit_of_another_archive_gets_the_page_that_it_names(tmp_path, original, said, is_found, is_packed):
    from gzip import compress

    parts = [foreign("response", URL, 1, body=PAGE, **original), foreign("response", "http://example.org/b", 1, body=b"<p>b</p>"),
             foreign("revisit", URL, 2, more=said)]
    path = tmp_path / "foreign.warc"
    path.write_bytes(b"".join(compress(part) if is_packed else part for part in parts))
    *_, last = read_warc(path)
    if is_found:
        assert (last.body, last.fetched_at) == (PAGE, datetime(2026, 3, 2, tzinfo=UTC))
    else:
        assert isinstance(last, Revisit)


def test_a_revisit_may_lie_in_a_later_file_of_the_same_command(tmp_path):
    first, second, originals = tmp_path / "1.warc", tmp_path / "2.warc", Originals()
    first.write_bytes(foreign("response", URL, 1, record_id="<urn:uuid:1>", body=PAGE))
    second.write_bytes(foreign("revisit", URL, 2, more="WARC-Refers-To: <urn:uuid:1>\r\n"))
    assert [each.body for path in (first, second) for each in read_warc(path, originals=originals)] == [PAGE, PAGE]


def test_half_a_page_that_the_archive_calls_so_is_no_page(tmp_path):
    path = tmp_path / "cut.warc"
    path.write_bytes(foreign("response", URL, 1, more="WARC-Truncated: length\r\n", body=PAGE))
    assert [type(each) for each in read_warc(path)] == [CutShort]


@pytest.mark.parametrize("is_packed", [False, True])
def test_each_address_is_asked_about_once_and_what_is_not_wanted_is_not_read(tmp_path, is_packed):
    from gzip import compress

    bad = foreign("response", "http://other.example/", 1, body=PAGE).replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 2x0 OK")
    parts = [foreign("response", URL, 1, body=PAGE), bad, foreign("request", URL, 1), foreign("revisit", "http://other.example/2", 2)]
    path = tmp_path / "mixed.warc"
    path.write_bytes(b"".join(compress(part) if is_packed else part for part in parts))
    asked = []
    found = list(read_warc(path, lambda url: asked.append(url) or "example.org" in url))
    assert asked == [URL, "http://other.example/", "http://other.example/2"]
    assert [each.url for each in found] == [URL]


def test_several_records_in_one_gzip_member_are_each_asked_about(tmp_path):
    from gzip import compress

    path = tmp_path / "one.warc.gz"
    path.write_bytes(compress(b"".join(foreign("response", f"http://{host}.example/", 1, body=PAGE) for host in ("other", "ours", "other"))))
    asked = []
    assert [each.url for each in read_warc(path, lambda url: asked.append(url) or "ours" in url)] == ["http://ours.example/"]
    assert len(asked) == 3
