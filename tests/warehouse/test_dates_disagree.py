"""The check that shows where the publication day and another day of the same page differ, and what only an update dates."""

from datetime import UTC, date, datetime

import pytest

from flows.steps.copies import text_key
from warehouse.db import open_work
from warehouse.load import Batch, articles_to_tag, load
from warehouse.publish import run_checks
from warehouse.records import ArticleReading, Extracted, FieldCandidate, Tags
from warehouse.runs import start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
BODY = "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said."


@pytest.fixture
def connection(tmp_path):
    opened = open_work(Settings(data_dir=tmp_path))
    start_run(opened, "run-1", "nightly", NIGHT, {})
    yield opened
    opened.close()


def findings(connection, *days):
    """The findings for one article whose first (source, value) was chosen."""
    candidates = tuple(FieldCandidate("date_published", value, source, chosen=number == 0) for number, (source, value) in enumerate(days))
    at = datetime.fromisoformat(days[0][1]).replace(tzinfo=UTC)
    extracted = Extracted(
        headline="Pier opens", description=None, body=BODY, language="en", date_published=at, date_published_source=days[0][0], published_on=at.date(),
        candidates=candidates,
    )  # fmt: skip
    key = text_key(BODY)
    read = ArticleReading(
        article_id="a", outlet_id="one_en", url="http://one.example/a", observation_id="a@0", seen_at=NIGHT, extracted=extracted, tags=Tags(),
        text_sha256=key.text_sha256, token_count=key.token_count, word_count=key.token_count,
    )  # fmt: skip
    load(connection, Batch("batch-1", "run-1", NIGHT, readings=[read]))
    return [(each.observed, each.expected, each.detail) for each in run_checks(connection, "run-1") if each.name == "dates_disagree"]


def test_a_printed_day_far_from_that_of_a_machine_is_shown(connection):
    shown = findings(connection, ("json_ld", "2026-01-12"), ("outlet_rule", "2026-01-10"))
    assert shown == [("json_ld says 2026-01-12", "within a day of outlet_rule 2026-01-10", "http://one.example/a")]


@pytest.mark.parametrize(
    "days",
    [
        [("json_ld", "2026-01-12"), ("outlet_rule", "2026-01-11")],  # another zone
        [("json_ld", "2026-01-12"), ("meta", "2026-01-02")],  # two machines, nothing that people see
        [("json_ld", "2026-01-12"), ("object_id", "2026-01-02")],  # when the draft was made
        [("json_ld", "2026-01-12"), ("byline", "last Monday")],  # no day
    ],
)
def test_what_is_no_disagreement(connection, days):
    assert findings(connection, *days) == []


def test_a_printed_day_that_was_believed_against_a_machine_is_shown(connection):
    assert len(findings(connection, ("outlet_rule", "2026-01-10"), ("json_ld", "2026-01-12"))) == 1


@pytest.mark.parametrize(("source", "day"), [("update", None), ("json_ld", date(2026, 1, 12))])
def test_tags_made_again_resolve_no_sunday_against_an_update(connection, source, day):
    connection.execute(
        "insert into outlets by name select 'one_en' as outlet_id, 'One' as name, 'http://one.example/' as homepage, 'MM' as country, 'en' as language, "
        "'UTC' as time_zone, ['one.example'] as hosts, true as enabled, '' as definition_sha256"
    )
    findings(connection, (source, "2026-01-12"))
    assert [row["published_on"] for row in articles_to_tag(connection, None)] == [day]
