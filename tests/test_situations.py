"""One world of outlets, each with one peculiarity, crawled by the real command over three runs: every outlet ends in exactly the named state.

The tests speak to the command, to the published tables and to the servers' logs, and to nothing inside.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from loopback.certificates import contexts
from loopback.ends import SIDE_QUESTIONS
from loopback.server import Reply, Site, WorldClock, free_port, serving
from loopback.situations import PAGES_PER_RUN, SITUATIONS
from loopback.world import Ended, Place, Ran, Tables, ended, nightly

RUNS = {
    "night 1": datetime(2026, 3, 2, 20, 0, tzinfo=UTC),
    "morning": datetime(2026, 3, 3, 2, 0, tzinfo=UTC),
    "night 2": datetime(2026, 3, 3, 19, 0, tzinfo=UTC),
}
# The servers' clock is read here, the run's in a child that starts a moment later; and a moment passes between a send and its receipt.
TOLERANCE_S = 0.05
# The limit of the thirty cases, for one process that crawls all outlets at once.
MEMORY_MB_MAX = 300.0
PAUSE_KEPT_S_MAX = 24 * 3600.0


@dataclass
class World:
    """All places and what became of them, by run."""

    folder: Path
    places: dict[str, Place]
    vaults: list[Site]
    elsewhere: Site
    clock: WorldClock
    ran: dict[str, Ran] = field(default_factory=dict)
    ended: dict[str, dict[str, Ended]] = field(default_factory=dict)

    @property
    def tables(self) -> Tables:
        return Tables(self.folder / "data" / "news.duckdb")

    def run(self, run: str, **settings: str) -> None:
        """One run over the outlets that have an end for it."""
        only = [name for name, situation in SITUATIONS.items() if run in situation.ends]
        for name in only:
            if change := SITUATIONS[name].changes.get(run):
                change(self.places[name])
        self.clock.begin(run, RUNS[run])
        self.ran[run] = nightly(self.folder, RUNS[run], () if run == "night 1" else only, **settings)
        self.ended[run] = ended(self.tables, self.places.values(), self.ran[run].said["run_id"])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder, clock = tmp_path_factory.mktemp("situations"), WorldClock()
    vault_port = free_port("127.66.6.6")
    vaults = [Site("vault", host, vault_port, otherwise=Reply(200, {}, b"inside"), clock=clock) for host in ("127.66.6.6", "127.0.0.1")]
    elsewhere = Site("elsewhere", "127.66.7.7", free_port("127.66.7.7"), clock=clock)
    places = {}
    for number, name in enumerate(SITUATIONS):
        host = f"127.30.{number}.1"
        site = Site(name, host, free_port(host), clock=clock)
        places[name] = Place(site, f"127.66.6.6:{vault_port}", f"127.66.7.7:{elsewhere.port}")
    authority = certify(folder, places)
    (folder / "outlets").mkdir()
    for name, situation in SITUATIONS.items():
        situation.build(places[name])
        (folder / "outlets" / f"{name}.toml").write_text(places[name].definition(), encoding="utf-8")
    world = World(folder, places, vaults, elsewhere, clock)
    with ExitStack() as stack:
        stack.enter_context(serving([*vaults, elsewhere, *(place.site for place in places.values())]))
        for run in RUNS:
            world.run(run, NIGHTDESK_PAGES_PER_RUN=str(PAGES_PER_RUN), SSL_CERT_FILE=str(authority))
        yield world


def certify(folder: Path, places: dict[str, Place]) -> Path:
    """Gives three outlets their certificates; the file of the authority that the runs trust."""
    for name, position in (("certificate_self_signed", 1), ("certificate_good", 2), ("certificate_of_another", 3)):
        site = places[name].site
        (folder / name).mkdir()
        found = contexts(folder / name, site.host)
        site.tls = found[position]  # type: ignore[assignment]
    parts = [path.read_bytes() for path in sorted(folder.glob("*/authority.pem"))]
    (folder / "authorities.pem").write_bytes(b"".join(parts))
    return folder / "authorities.pem"


ENDS = [(name, run) for name, situation in SITUATIONS.items() for run in situation.ends]


@pytest.mark.parametrize(("name", "run"), ENDS, ids=[f"{name}-{run.replace(' ', '_')}" for name, run in ENDS])
def test_the_outlet_ends_in_its_state(world, name, run):
    must = SITUATIONS[name].ends[run]
    found = must.differences(world.ended[run].get(name), world.places[name].site, run)
    assert not found, f"{name}, {run}: {SITUATIONS[name].why}\n" + "\n".join(found)


def test_there_are_at_least_sixty_situations_and_every_one_has_its_row():
    assert len(SITUATIONS) >= 60


def test_every_outlet_has_exactly_one_row_a_run_and_nobody_else_has(world):
    for run, rows in world.ended.items():
        assert sorted(rows) == sorted(name for name, situation in SITUATIONS.items() if run in situation.ends)


def test_the_funnel_adds_up(world):
    for run, ran in world.ran.items():
        assert [finding for finding in ran.said["findings"] if finding["name"] == "funnel_adds_up"] == [], run
        assert ran.said["state"] == "incomplete", run  # outlets that are down are not hidden by the others
        assert ran.status == 1


# ---------------------------------------------------------------- the servers' logs


def asked_of(world):
    return [(place, asked) for place in world.places.values() for asked in place.site.asked]


def test_no_request_lies_inside_a_pause_that_the_host_asked_for(world):
    pauses = [(place, since, min(until, since + PAUSE_KEPT_S_MAX)) for place in world.places.values() for since, until in place.site.pauses]
    assert len(pauses) >= 10
    inside = [(place.name, asked.run, asked.path, round(until - asked.at, 2)) for place, since, until in pauses for asked in place.site.asked
              if since + TOLERANCE_S < asked.at < until - TOLERANCE_S]
    assert inside == []


def test_no_forbidden_path_is_asked(world):
    forbidden = {"robots_disallow": "/news/b", "robots_bom": "/news/b", "robots_600_kb": "/news/b", "robots_redirected": "/news/b"}
    assert [(place.name, asked.path) for place, asked in asked_of(world) if forbidden.get(place.name) == asked.path] == []
    later = world.places["robots_forbids_later"].site
    assert [asked.path for asked in later.asked if asked.run == "night 2" and asked.path.startswith("/news/")] == []


def test_nothing_but_robots_txt_is_asked_where_it_cannot_be_read(world):
    unreachable = ("robots_503", "robots_429", "robots_timeout", "robots_hangs_up", "robots_in_private_network")
    assert {asked.path for place, asked in asked_of(world) if place.name in unreachable} == {"/robots.txt"}


def test_nobody_is_sent_into_the_private_network(world):
    assert [(vault.host, asked.path) for vault in world.vaults for asked in vault.asked] == []
    assert [asked.path for asked in world.elsewhere.asked] == []


def test_one_request_is_on_the_wire_at_a_time(world):
    assert [(place.name, asked.path, asked.in_flight) for place, asked in asked_of(world) if asked.in_flight > 1] == []


@pytest.mark.parametrize(("name", "delay_s"), [("paced", 0.4), ("crawl_delay_3", 3.0)])
def test_the_delay_lies_between_any_two_requests(world, name, delay_s):
    moments = [asked.at for asked in world.places[name].site.asked if asked.run == "night 1"]
    gaps = [round(after - before, 3) for before, after in pairwise(moments)]
    assert len(gaps) >= 2
    assert [gap for gap in gaps if gap < delay_s - TOLERANCE_S] == []


def test_side_questions_are_asked_once_and_only_of_hosts_that_may_be_asked(world):
    counts = Counter((place.name, asked.path) for place, asked in asked_of(world) if asked.path in SIDE_QUESTIONS)
    assert [key for key, count in counts.items() if count > 1] == []


def test_everyone_is_told_who_asks(world):
    agents = {asked.headers.get("User-Agent", "").partition("/")[0] for _, asked in asked_of(world)}
    assert agents == {"Nightdesk"}
    assert [asked.headers for _, asked in asked_of(world) if {"Cookie", "Referer", "Authorization"} & set(asked.headers)] == []


def test_bodies_that_are_too_large_are_not_downloaded(world):
    sent = {name: max(asked.sent_bytes for asked in world.places[name].site.asked) for name in ("body_of_200_mb", "endless_body", "header_of_20_mb")}
    # What lies in the buffers of both sides of a connection comes on top of the 100 kB that are taken.
    assert {name: count for name, count in sent.items() if count > 16 << 20} == {}


def test_the_crawl_of_everything_stays_small(world):
    peak_mb = world.ran["night 1"].memory.crawl_child_mb
    assert 0 < peak_mb <= MEMORY_MB_MAX


# ---------------------------------------------------------------- what is kept of an article


def candidates(world, name):
    return set(world.tables.rows("select field, source, value from field_sources join articles using (article_id) where outlet_id = ?", name))


def test_an_article_in_two_lists_keeps_what_both_say(world):
    said = {(field, source) for field, source, _ in candidates(world, "feed_and_sitemap")}
    assert {("headline", "feed"), ("date_published", "feed"), ("date_modified", "sitemap")} <= said


def test_a_title_with_markup_is_kept_as_text(world):
    titles = {value for field, source, value in candidates(world, "feed_html_titles") if (field, source) == ("headline", "feed")}
    assert len(titles) == 1
    assert not {"<", ">"} & set(titles.pop())


def test_the_repaired_text_holds_neither_nul_nor_half_characters(world):
    for name in ("nul_bytes", "invalid_utf_8", "lone_surrogate"):
        (body,) = (row["body"] for row in world.ended["night 1"][name].articles.values())
        assert "\0" not in body
        assert not any("\ud800" <= letter <= "\udfff" for letter in body)


def test_the_version_before_a_correction_stays(world):
    rows = world.tables.rows("select v.version, v.body from article_versions v join articles using (article_id) where outlet_id = 'updated_later' order by 1")
    assert [row[0] for row in rows] == [1, 2]
    assert rows[0][1] != rows[1][1]
