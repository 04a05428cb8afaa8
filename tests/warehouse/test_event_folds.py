"""The table of folded events: after whatever came, in whatever order, it is what a fold of all events gives."""

import dataclasses
import itertools
import random
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.copying import group_all_copies, group_copies
from flows.steps.copies import text_key
from flows.withdrawing import finish
from warehouse import event_folds, withdrawal
from warehouse.db import migrations, open_work, statement
from warehouse.event_folds import fold_events
from warehouse.load import Batch, load, write_tags
from warehouse.publish import refresh_views, run_checks
from warehouse.records import ArticleReading, Event, Extracted, Tags
from warehouse.runs import start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
WORDS = "ferry river market trader village school teacher harvest road bridge clinic nurse flood rain council elder boat nets cargo permit night".split()
NUMBERS = itertools.count()


def story(seed):
    chosen = random.Random(seed)
    return "\n".join(" ".join(chosen.choice(WORDS) for _ in range(10)) + "." for _ in range(8))


def event(chosen, number):
    """An event out of so few kinds, days, places and sides that many are alike."""
    day = chosen.choice([date(2026, 3, 1), date(2026, 3, 2), None])
    return Event(
        event_id=f"{number:08x}", event_date=day, date_precision=chosen.choice(["day", "day", "week"]) if day else "unknown", event_type="Battles",
        sub_event_type=chosen.choice(["Armed clash", "Air/drone strike"]), actor1=chosen.choice(["AA", "MM-MIL", None]), actor2="MM-MIL", admin1="Rakhine",
        location=chosen.choice(["Rathedaung", "Kyauk Nwa Village", "Kan Thar Village"]), pcode=chosen.choice(["MMR012008", "MMR012008701", "MMR012"]),
        latitude=None, longitude=None, geo_precision=None, fatalities=chosen.choice([None, 3, 5]), alleged=chosen.random() < 0.5,
        start_char=0, end_char=4, confidence=0.5, rule="r",
    )


def tags(seed):
    chosen = random.Random(f"tags{seed}")
    return Tags(events=tuple(event(chosen, number) for number in range(chosen.randrange(4))))


def reading(name, text, *, seed=None, seen=0, hours=0):
    body, published = story(text), NIGHT + timedelta(hours=hours)
    key = text_key(body)
    extracted = Extracted(
        headline="Ferry resumes", description=None, body=body, language="my" if name.endswith("3") else "en", date_published=published,
        date_published_precision="minute", published_on=None if hours > 40 else published.date(),
    )
    return ArticleReading(
        article_id=name, outlet_id=f"o{text}_{name}", url=f"http://o.example/{name}", observation_id=f"{name}@{seen}", seen_at=NIGHT + timedelta(hours=seen),
        extracted=extracted, tags=tags(name if seed is None else seed), text_sha256=key.text_sha256, token_count=key.token_count, word_count=80, sketch=key.sketch,
    )


WORLD = [reading(f"{number:016x}", number % 6, hours=number * 5 % 47) for number in range(16)]


def new_database(folder):
    opened = open_work(Settings(data_dir=folder))
    start_run(opened, "run-1", "nightly", NIGHT, {})
    refresh_views(opened)
    return opened


def bring(connection, *batches):
    """Batches, each in a run of its own."""
    for readings in batches:
        load(connection, Batch(f"batch-{next(NUMBERS)}", "run-1", NIGHT, readings=list(readings)))
        settle(connection)


def settle(connection):
    group_copies(connection)
    fold_events(connection)


def kept(connection):
    return connection.execute("from event_folds order by all").fetchall()


def from_scratch(connection):
    """What one fold of all events gives; the table stays as it was."""
    connection.execute("begin")
    connection.execute("delete from event_folds")
    event_folds.note(connection, "articles")
    connection.execute("create or replace temp table folds_slice as from folds_pending")
    connection.execute(statement("folds_insert"))
    found = kept(connection)
    connection.execute("rollback")
    return found


def is_right(connection):
    assert connection.execute("select count(*) from folds_pending").fetchone() == (0,)
    assert kept(connection) == from_scratch(connection)
    assert [finding for finding in run_checks(connection, "run-1") if finding.name == "events_are_folded"] == []
    return kept(connection)


@pytest.fixture
def connection(tmp_path):
    with closing(new_database(tmp_path)) as opened:
        yield opened


def test_order_batches_and_repeats_do_not_matter(tmp_path):
    chosen, seen = random.Random(5), []
    for number, size in enumerate((3, 7, 16)):
        order = chosen.sample(WORLD, len(WORLD))
        with closing(new_database(tmp_path / str(number))) as connection:
            bring(connection, *[order[at:at + size] for at in range(0, len(order), size)])
            seen.append(is_right(connection))
            bring(connection, order[:5])
            group_all_copies(connection)
            assert is_right(connection) == seen[-1]
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) < sum(len(each.tags.events) for each in WORLD), "nothing was folded"
    assert any(row[1] is None for row in seen[0]), "no event without a day"


def test_a_new_version_moves_its_events(connection):
    bring(connection, WORLD)
    before = is_right(connection)
    bring(connection, [reading(each.article_id, number % 5 + 10, seed=f"new{number}", seen=30) for number, each in enumerate(WORLD[:7])])
    assert is_right(connection) != before


def alone():
    """An article that shares its text with no other, and tells an event of a day that no other has and one of no day."""
    made = [event(random.Random(number), number) for number in (1, 2)]
    told = Tags(events=(dataclasses.replace(made[0], event_date=date(2026, 1, 5)), dataclasses.replace(made[1], event_date=None)))
    return dataclasses.replace(reading("a" * 16, 50), tags=told)


def test_what_a_new_version_no_longer_tells_is_gone(connection):
    bring(connection, WORLD)
    before = is_right(connection)
    bring(connection, [alone()])
    assert len(is_right(connection)) == len(before) + 2
    bring(connection, [dataclasses.replace(reading("a" * 16, 51, seen=30), tags=Tags())])
    assert is_right(connection) == before


def test_tags_written_anew_are_folded_anew(connection):
    bring(connection, WORLD)
    before = is_right(connection)
    write_tags(connection, {each.article_id: tags(f"again{each.article_id}") for each in WORLD[4:]})
    fold_events(connection)
    assert is_right(connection) != before
    write_tags(connection, {each.article_id: each.tags for each in WORLD[4:]})
    fold_events(connection)
    assert is_right(connection) == before


def test_a_page_that_becomes_another_article_takes_its_events_along(connection):
    bring(connection, WORLD)
    before = is_right(connection)
    bring(connection, [alone()])
    moved = dataclasses.replace(alone(), article_id="b" * 16, url="http://o.example/b", tags=Tags())
    load(connection, Batch(f"batch-{next(NUMBERS)}", "run-1", NIGHT, readings=[moved], reread=True))
    settle(connection)
    assert connection.execute("select article_id from articles where article_id in ('aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb')").fetchall() == [("b" * 16,)]
    assert is_right(connection) == before


def test_what_is_withdrawn_leaves_the_events_too(tmp_path):
    settings = Settings(data_dir=tmp_path)
    connection = new_database(tmp_path)
    bring(connection, WORLD)
    gone = WORLD[1].article_id
    assert gone in str(kept(connection))
    asked = withdrawal.find(connection, [WORLD[1].url])
    withdrawal.begin(connection, settings, asked, [WORLD[1].url], NIGHT.date())
    with closing(finish(connection, settings)) as connection:
        assert gone not in str(is_right(connection))


def test_a_fold_that_failed_half_way_goes_on_where_it_was(connection, monkeypatch):
    monkeypatch.setattr(event_folds, "SLICE_DAYS", 1)
    monkeypatch.setattr(event_folds, "SLICE_TEXTS", 3)
    load(connection, Batch("b", "run-1", NIGHT, readings=WORLD))
    group_copies(connection)
    event_folds.fold_slice(connection)
    connection.execute("begin")
    event_folds.fold_slice(connection)
    connection.execute("rollback")
    assert kept(connection) != from_scratch(connection)
    assert [finding.observed for finding in run_checks(connection, "run-1") if finding.name == "events_are_folded"]
    fold_events(connection)
    is_right(connection)


def test_more_texts_than_one_slice_holds_come_to_an_end(connection):
    connection.execute("insert into folds_pending select null, 'text' || range from range(?)", [event_folds.SLICE_TEXTS * 2 + 1])
    fold_events(connection)
    assert is_right(connection) == []


def test_a_file_of_the_schema_before_is_folded_by_the_next_run(connection):
    bring(connection, WORLD)
    before = is_right(connection)
    connection.execute("delete from event_folds")
    migration = next(each for each in migrations() if each.name == "event_folds")
    connection.execute(migration.sql.partition("-- Whatever was loaded")[2].partition("\n")[2].partition(";")[0])
    fold_events(connection)
    assert is_right(connection) == before


@pytest.mark.parametrize(("first", "last"), [("2026-03-02", "2026-03-03"), ("2026-03-03", None), (None, "2026-03-03"), (None, None)])
def test_events_between_two_days_are_the_events_that_articles_of_these_days_tell(connection, first, last):
    bring(connection, WORLD)
    ends = {"first": first, "last": last}
    found = connection.execute("select folded_id, told_on, fatalities_low, fatalities_high, articles from events_between($first::date, $last::date) order by all", ends).fetchall()
    by_hand = connection.execute("""
        with told as (
            select folded_id, list(distinct published_on order by published_on nulls last) as told_on
            from (select folded_id, unnest(event_ids) as event_id from event_folds) join events using (event_id) join articles using (article_id)
            where ($first is null or published_on >= $first::date) and ($last is null or published_on <= $last::date)
            group by folded_id
        )
        select folded_id, told.told_on, fatalities_low, fatalities_high, articles from told join events_folded using (folded_id) order by all""", ends).fetchall()
    assert found == by_hand
    assert found
