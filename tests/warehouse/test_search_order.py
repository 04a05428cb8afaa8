"""The order, the folding and the counting of hits, on an index of made-up rows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from warehouse import runs, search_index
from warehouse.db import open_work
from warehouse.load import insert
from warehouse.search import SearchIndex, Wanted
from warehouse.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ORIGINAL, COPIES = 0x10, 130  # more copies than are looked at at once


def row(number: int, body: str, day: int, original: int | None = None) -> dict:
    return {
        "article_id": f"{number:016x}", "outlet_id": "daily", "url": f"https://daily.example/{number}", "body": body, "language": "en-GB",
        "encoding": "unicode", "kind": "news", "published_on": date(2026, 1, 1) + timedelta(days=day), "is_truncated": False, "word_count": 1,
        "version": 1, "first_seen_at": NOW, "last_seen_at": NOW, "body_sha256": f"{hash(body)}", "is_original": original in (None, number),
        "copy_id": f"{original:016x}" if original else None, "extractor": "x", "run_id": "r",
    }


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    settings = Settings(data_dir=tmp_path_factory.mktemp("order"))
    connection = open_work(settings)
    copies = [row(ORIGINAL + at, "ferry ferry ferry", at % 20, ORIGINAL) for at in range(COPIES)]
    insert(connection, "articles", [*copies, row(1, "ferry and boat", 50), row(2, "the ferry and the boat and more of it", 10), row(3, "boat", 5)])
    runs.start_run(connection, "r", "import", NOW, {})
    prepared = search_index.prepare(connection, settings, str.lower, "v")
    snapshot = search_index.snapshot_of(connection)
    search_index.give_name(settings, prepared, snapshot)
    connection.close()
    return SearchIndex(search_index.search_dir(settings) / snapshot, "v")


def numbers(matches) -> list[int]:
    return [int(hit.row["article_id"], 16) for hit in matches.hits]


FERRY = Wanted(required=((("ferry",),),))


def test_all_copies_are_one_hit_and_do_not_crowd_out_the_others(index):
    matches = index.search(FERRY, limit=3)
    assert matches.found == COPIES + 2
    assert numbers(matches) == [ORIGINAL, 1, 2]
    assert [len(hit.others) for hit in matches.hits] == [COPIES - 1, 0, 0]


def test_without_folding_each_copy_is_a_hit(index):
    matches = index.search(FERRY, limit=200, fold=False)
    assert len(set(numbers(matches))) == len(matches.hits) == COPIES + 2
    assert all(hit.others == () for hit in matches.hits)


def test_hits_of_one_score_come_in_the_order_of_their_ids(index):
    assert numbers(index.search(FERRY, limit=5, fold=False)) == [ORIGINAL + at for at in range(5)]


def test_the_newest_first(index):
    assert numbers(index.search(FERRY, limit=3, newest=True)) == [1, ORIGINAL, 2]
    assert numbers(index.search(FERRY, limit=2, newest=True, fold=False)) == [1, ORIGINAL + 19]


def test_days_count_from_the_first_to_the_last(index):
    wanted = Wanted(required=((("boat",),),), first=date(2026, 1, 6), last=date(2026, 1, 11))
    assert sorted(numbers(index.search(wanted, limit=9))) == [2, 3]


def test_a_language_is_found_by_its_code_and_by_its_beginning(index):
    for language, found in (("en", 3), ("en-GB", 3), ("my", 0)):
        assert index.search(Wanted(required=((("boat",),),), languages=(language,)), limit=1).found == found


def test_nothing_found_is_nothing(index):
    matches = index.search(Wanted(required=((("nowhere",),),)), limit=5)
    assert (matches.found, matches.hits) == (0, ())


def test_texts_made_to_hurt_are_indexed_and_found(tmp_path):
    settings = Settings(data_dir=tmp_path)
    connection = open_work(settings)
    texts = ["a" * 200_000 + " ferry", "\x00\u202e ferry", "ferry " * 50_000, "𝕱 🚢 ferry \U0010ffff", "¶ ferry"]
    insert(connection, "articles", [row(number, text, number) for number, text in enumerate(texts, start=1)])
    runs.start_run(connection, "r", "import", NOW, {})
    prepared = search_index.prepare(connection, settings, str.lower, "v")
    search_index.give_name(settings, prepared, "0" * 16)
    connection.close()
    index = SearchIndex(search_index.search_dir(settings) / ("0" * 16), "v")
    assert index.search(FERRY, limit=9).found == len(texts)
    assert index.search(Wanted(required=((("a" * 200_000,),),)), limit=9).found == 0
