"""Faults of files: whatever is cut, flipped or put in between, the records before it are there, it is named, and the records after it are found again."""

import random
from datetime import UTC, date, datetime, timedelta
from gzip import decompress

import pytest

from warehouse.captures import CaptureWriter, recover
from warehouse.records import FieldCandidate, HttpResponse
from warehouse.warc_reading import Damage, read_warc, stretches

COUNT = 8
MOMENT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


def response(number: int) -> HttpResponse:
    noise = random.Random(number)
    words = " ".join(noise.choice(("ferry", "river", "Kyauktaw", "boat", "night", "ရေ", f"{noise.getrandbits(40):x}")) for _ in range(60 + 40 * number))
    url = f"http://example.org/news/{number}"
    return HttpResponse(
        "example_en", url, url, MOMENT + timedelta(minutes=number), 200, (("Content-Type", "text/html; charset=utf-8"),), f"<p>{words}</p>".encode(),
        "allowed", "run-1", (FieldCandidate("headline", f"Story {number}", "feed"),), (("Host", "example.org"), ("User-Agent", "Nightdesk")),
    )


RESPONSES = [response(number) for number in range(COUNT)]
BODIES = [each.body for each in RESPONSES]


@pytest.fixture(scope="module")
def packed_file(tmp_path_factory):
    writer = CaptureWriter(tmp_path_factory.mktemp("captures"), "example_en", "run-1", date(2026, 3, 2))
    writer.write_all(RESPONSES)
    return writer.seal()


@pytest.fixture(scope="module")
def packed(packed_file):
    """(bytes of a file with COUNT responses, (first byte, byte after the last) of each response record, the same of each record)."""
    return with_places(packed_file)


@pytest.fixture(scope="module", params=["gzip", "plain"])
def whole(request, packed_file, tmp_path_factory):
    """The same, and the same unpacked."""
    if request.param == "gzip":
        return with_places(packed_file)
    plain = tmp_path_factory.mktemp("plain") / "plain.warc"
    plain.write_bytes(decompress(packed_file.read_bytes()))
    return with_places(plain)


def with_places(path):
    with open(path, "rb") as file:
        places = [(each.offset, each.offset + each.length) for each in stretches(file, 0)]
    assert [each.body for each in read_warc(path)] == BODIES
    return path.read_bytes(), places[1::3], places


def read(tmp_path, raw: bytes):
    """(bodies of the responses found, damages)."""
    path = tmp_path / "faulty.warc"
    path.write_bytes(raw)
    found = list(read_warc(path))
    return [each.body for each in found if isinstance(each, HttpResponse)], [each for each in found if isinstance(each, Damage)]


def test_a_file_cut_anywhere_keeps_every_record_before_the_cut(tmp_path, whole):
    raw, responses, places = whole
    starts = {start for start, _ in places} | {len(raw)}
    for cut in random.Random(1).sample(range(1, len(raw)), 100):
        found, damages = read(tmp_path, raw[:cut])
        before = [body for body, (_, end) in zip(BODIES, responses, strict=True) if end <= cut]
        assert found == before, cut
        is_between_records = cut in starts or not raw[max(end for _, end in places if end <= cut):cut].strip() if cut > places[0][1] else False
        assert bool(damages) != is_between_records, cut
        assert all(damage.offset < cut for damage in damages)


def test_a_flipped_bit_costs_at_most_the_record_that_it_hits(tmp_path, whole):
    raw, responses, _ = whole
    noise, harmless = random.Random(2), 0
    for _ in range(200):
        at = noise.randrange(len(raw))
        flipped = bytearray(raw)
        flipped[at] ^= 1 << noise.randrange(8)
        found, damages = read(tmp_path, bytes(flipped))
        hit = [number for number, (start, end) in enumerate(responses) if start <= at < end + 4]
        # In a plain file, the line end before a record can be hit, which hides where it begins.
        spared = set(range(COUNT)) - set(hit) - {number for number, (start, _) in enumerate(responses) if 0 < start - at <= 4}
        assert {BODIES[number] for number in spared} <= set(found), at
        assert set(found) <= set(BODIES), at  # nothing altered passes for a page
        if is_packed := raw.startswith(b"\x1f\x8b"):
            assert damages or found == BODIES, at
        harmless += is_packed and not damages
    assert harmless <= 20  # the moment and the system in the header of a gzip member


def test_garbage_between_and_within_records_costs_at_most_the_record_that_it_hits(tmp_path, whole):
    raw, responses, _ = whole
    noise = random.Random(3)
    for _ in range(60):
        at = noise.randrange(1, len(raw))
        found, damages = read(tmp_path, raw[:at] + noise.randbytes(noise.randrange(1, 3000)) + raw[at:])
        spared = [body for body, (start, end) in zip(BODIES, responses, strict=True) if end <= at or start >= at]
        assert [body for body in found if body in spared] == spared, at
        assert set(found) <= set(BODIES)
        assert damages or found == BODIES, at  # a few bytes within the headers of a plain record can pass unseen, where they change no page


def test_records_that_are_appended_to_a_torn_tail_are_read(tmp_path, whole):
    raw, responses, _ = whole
    for cut in random.Random(4).sample(range(responses[0][1], len(raw)), 40):
        found, _ = read(tmp_path, raw[:cut] + raw)
        before = [body for body, (_, end) in zip(BODIES, responses, strict=True) if end <= cut]
        assert found == before + BODIES, cut


@pytest.mark.parametrize("start", [
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x00\xff\xff\x00\x00",  # says that 65,535 bytes as they are belong to it, which the file has not
    b"\x1f\x8b\x08\x80",  # a reserved flag, which the unpacker would pass over
])
def test_a_member_that_claims_what_follows_costs_only_itself(tmp_path, packed, start):
    raw, responses, _ = packed
    first, end = responses[3]
    found, damages = read(tmp_path, raw[:first] + start + raw[first + len(start):])
    assert (found, [damage.offset for damage in damages]) == (BODIES[:3] + BODIES[4:], [first])
    assert f"{end - first} bytes are damaged" in damages[0].detail


def test_recovery_cuts_a_torn_tail_and_nothing_else(tmp_path, packed):
    raw, responses, places = packed
    torn = len(raw) - 7
    damaged = bytearray(raw[:torn])
    damaged[(responses[2][0] + responses[2][1]) // 2] ^= 0xFF
    path = tmp_path / "a.warc.gz.open"
    path.write_bytes(damaged)
    recovered = recover(path)
    assert recovered.cut_bytes == torn - places[-1][0]
    found, damages = read(tmp_path, recovered.warc_file.read_bytes())
    assert found == BODIES[:2] + BODIES[3:]
    assert [damage.offset for damage in damages] == [responses[2][0]]
