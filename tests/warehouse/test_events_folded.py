"""One event, one row: what is folded, and what is left apart."""

from datetime import date

import pytest

from warehouse.db import open_work
from warehouse.event_folds import fold_events, note
from warehouse.publish import refresh_views
from warehouse.settings import Settings


@pytest.fixture
def connection(tmp_path):
    connection = open_work(Settings(data_dir=tmp_path))
    refresh_views(connection)
    return connection


def article(connection, article_id, outlet_id, *, copy_id=None, language="en", day=date(2026, 3, 2)):
    connection.execute(
        "insert into articles by name select ? as article_id, ? as outlet_id, ? as copy_id, ? as language, ? as published_on, 'https://a.example/' || ? as url,"
        " 'text' as body, 1 as version, now() as first_seen_at, now() as last_seen_at, 'x' as body_sha256, true as is_original, 'news' as kind, 'unicode' as encoding, false as is_truncated, 1 as word_count, 'x' as extractor, 'r1' as run_id",
        [article_id, outlet_id, copy_id, language, day, article_id],
    )


def event(connection, event_id, article_id, *, sub_event="Air/drone strike", day=date(2026, 3, 1), precision="day", pcode="MMR012008", actors=("MM-MIL", "Civilians"),
          location="Rathedaung Township", deaths=None):
    connection.execute(
        "insert into events by name select ? as event_id, ? as article_id, ? as event_date, ? as date_precision, 'Explosions/Remote violence' as event_type,"
        " ? as sub_event_type, ? as actor1, ? as actor2, 'Rakhine' as admin1, ? as location, ? as pcode, ? as fatalities, false as alleged, 0.9 as confidence",
        [event_id, article_id, day, precision, sub_event, *actors, location, pcode, deaths],
    )


def folded(connection):
    note(connection, "articles")
    fold_events(connection)
    rows = connection.execute("select event_ids, fatalities_low, fatalities_high, articles, outlets from events_folded order by folded_id").fetchall()
    return [tuple(row) for row in rows]


def test_copies_and_other_outlets_are_one_event_whose_deaths_are_not_added(connection):
    article(connection, "a1", "one")
    article(connection, "a2", "two", copy_id="a1")
    connection.execute("update articles set copy_id = 'a1' where article_id = 'a1'")
    article(connection, "b1", "three", language="my")
    event(connection, "e1", "a1", deaths=3)
    event(connection, "e2", "a2", deaths=3)
    event(connection, "e3", "b1", deaths=5, pcode="MMR012008701", location="ရသေ့တောင်မြို့")
    assert folded(connection) == [(["e1", "e2", "e3"], 3, 5, 3, 3)]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"sub_event": "Shelling/artillery/missile attack"}, "another kind"),
        ({"day": date(2026, 3, 2)}, "another day"),
        ({"precision": "week"}, "no day"),
        ({"pcode": "MMR012007"}, "another township"),
        ({"pcode": "MMR012"}, "only the state"),
        ({"actors": ("AA", "Civilians")}, "another actor"),
        ({"actors": ("MM-MIL", None)}, "an actor that is not known"),
        ({"location": "Kan Thar Village"}, "another village"),
    ],
)
def test_reports_of_two_texts_stay_apart_where_anything_differs(connection, other, why):
    article(connection, "a1", "one")
    article(connection, "b1", "two")
    event(connection, "e1", "a1", location="Kyauk Nwa Village")
    event(connection, "e2", "b1", **other)
    assert [row[0] for row in folded(connection)] == [["e1"], ["e2"]], why


def test_a_text_that_tells_two_such_events_leaves_all_apart(connection):
    article(connection, "a1", "one")
    article(connection, "b1", "two")
    event(connection, "e1", "a1", location="Rathedaung")
    event(connection, "e2", "a1", location="Rathedaung Township")
    event(connection, "e3", "b1")
    assert [row[0] for row in folded(connection)] == [["e1"], ["e2"], ["e3"]]
