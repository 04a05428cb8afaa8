"""The golden page of an outlet: a kept page that this program must read as it did before. With a real run over the sample world."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from crawlers.sample_world.server import serve
from crawlers.sample_world.world import NIGHTS

ROOT = Path(__file__).resolve().parents[2]
OUTLETS = ROOT / "crawlers" / "sample_world" / "outlets"


def nightly(data: Path, proxy_url: str, night: int) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    settings = {"NIGHTDESK_PROXY_URL": proxy_url, "NIGHTDESK_OUTLETS_DIR": str(OUTLETS), "NIGHTDESK_NOW": NIGHTS[night].isoformat(),
                "NIGHTDESK_WORKERS": "1"}
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data), "nightly", "--outlet", "delta_ferry_news"]
    return subprocess.run(command, cwd=ROOT, env=kept | settings, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def second_night(tmp_path_factory):
    """A night, then one before which every article was made to look as if another reader had made it, under the same name."""
    data = tmp_path_factory.mktemp("golden") / "data"
    with serve() as world:
        assert nightly(data, world.proxy_url, 0).returncode == 0
        with duckdb.connect(str(data / "work" / "work.duckdb")) as work:
            work.execute("update articles set body = body || chr(10) || 'Read also', body_sha256 = sha256(body || chr(10) || 'Read also')")
            work.execute("update article_versions set body = body || chr(10) || 'Read also', body_sha256 = sha256(body || chr(10) || 'Read also')")
        world.night = 2
        return data, nightly(data, world.proxy_url, 1)


def test_a_page_that_is_read_otherwise_is_told_of_and_makes_the_run_incomplete(second_night):
    data, done = second_night
    assert done.returncode == 1, done.stdout + done.stderr
    assert "delta_ferry_news: golden: a kept page is read otherwise: body" in done.stdout
    assert "nightdesk reprocess --outlet delta_ferry_news" in done.stdout
    with duckdb.connect(str(data / "news.duckdb"), read_only=True) as published:
        [(level, observed)] = published.execute("select level, observed from checks where name = 'alarm_golden'").fetchall()
        [(state, alarms)] = published.execute("select state, alarms from outlet_health where outlet_id = 'delta_ferry_news'").fetchall()
    assert (level, observed) == ("warning", "a kept page is read otherwise: body")
    assert (state, alarms) == ("broken", ["golden"])


def test_outlets_list_shows_the_alarm(second_night):
    data, _ = second_night
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    listed = subprocess.run([sys.executable, "-m", "flows.cli", "--data-dir", str(data), "--outlets-dir", str(OUTLETS), "outlets", "list"],
                            cwd=ROOT, env=kept, capture_output=True, text=True, check=True)
    assert "Alarms of the last night:\n  delta_ferry_news: golden: a kept page is read otherwise: body" in listed.stdout
    assert "nightdesk reprocess --outlet delta_ferry_news" in listed.stdout
