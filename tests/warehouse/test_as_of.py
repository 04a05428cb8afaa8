"""articles_as_of: the articles as they were known at a moment."""

import duckdb
import pytest

NIGHT_1, NIGHT_2 = "2026-03-02 20:00:00+00", "2026-03-03 20:00:00+00"


def asked(demo_world, query: str, *parameters) -> list:
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()


@pytest.mark.parametrize(("moment", "headline", "version", "is_newest"), [
    (NIGHT_1, "Three killed, seven injured as junta jet bombs village market in Rathedaung Twsp", 1, False),
    (NIGHT_2, "Death toll rises to five after junta jet bombs village market in Rathedaung Twsp", 2, True),
])
def test_an_article_has_the_text_of_the_moment(demo_world, moment, headline, version, is_newest):
    query = "select headline, version, is_newest from articles_as_of(?) where url = 'http://kaladanshorejournal.example/news/kvtrem.html'"
    assert asked(demo_world, query, moment) == [(headline, version, is_newest)]


def test_what_was_not_known_yet_is_not_there(demo_world):
    ((first, both, now),) = asked(
        demo_world, "select (select count(*) from articles_as_of(?)), (select count(*) from articles_as_of(?)), (select count(*) from articles)",
        NIGHT_1, NIGHT_2)
    assert 0 < first < both == now
    assert asked(demo_world, "select count(*) from articles_as_of('2020-01-01 00:00:00+00')") == [(0,)]


def test_at_the_end_it_is_the_table_of_articles(demo_world):
    query = "select article_id, headline, body, version from {} order by 1"
    assert asked(demo_world, query.format("articles_as_of('2100-01-01 00:00:00+00')")) == asked(demo_world, query.format("articles"))
    assert asked(demo_world, "select count(*) from articles_as_of(?) where was_gone", NIGHT_1) == [(0,)]
