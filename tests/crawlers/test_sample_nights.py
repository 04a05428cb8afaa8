"""The crawl child in the sample world: what is found, fetched and rejected is what its authors planted."""

import json
import subprocess
import sys

import pytest

from crawlers.crawl import read_report
from crawlers.sample_world.server import serve
from crawlers.sample_world.stories import OUTLETS_DIR
from crawlers.sample_world.truth import expected, expected_rejections


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """The reports of both nights by outlet; on the second, everything of the first is due for another look."""
    folder = tmp_path_factory.mktemp("nights")
    outlets = sorted(path.stem for path in OUTLETS_DIR.glob("*.toml"))
    reports = {}
    expected(1)  # reads the stories once, before the threads of the server would do so at the same time
    with serve() as world:
        for night in (1, 2):
            world.night = night
            captures = [capture for report in reports.get(1, ()) for capture in report.captures]
            for outlet in outlets:
                rows = [{"url": c.url, "due": True, "etag": c.etag, "last_modified": c.last_modified} for c in captures if c.outlet_id == outlet]
                (folder / f"{outlet}.known").write_text("".join(json.dumps(row) + "\n" for row in rows))
            job = {
                "run_id": f"n{night}",
                "data_dir": str(folder),
                "outlets_dir": str(OUTLETS_DIR),
                "outlets": outlets,
                "proxy_url": world.proxy_url,
                "known": {outlet: str(folder / f"{outlet}.known") for outlet in outlets},
                "backoff_s": 0.05,
            }
            (folder / "job.json").write_text(json.dumps(job))
            subprocess.run([sys.executable, "-m", "crawlers.crawl", str(folder / "job.json")], check=True, stdout=subprocess.DEVNULL)
            reports[night] = [read_report(folder / "runs" / f"n{night}" / f"{outlet}.jsonl") for outlet in outlets]
    return reports


def found(reports, *outcomes):
    return {(report.outlet_id, link.url) for report in reports for link in report.links if link.outcome in outcomes}


def test_every_article_of_the_first_night_is_fetched(nights):
    assert {(article.outlet_id, article.url) for article in expected(1)} <= found(nights[1], "fetched")


def test_the_second_night_sees_every_article_again_and_what_is_gone(nights):
    articles = expected(2)
    assert {(article.outlet_id, article.url) for article in articles if article.gone} == found(nights[2], "gone")
    assert {(article.outlet_id, article.url) for article in articles if not article.gone} <= found(nights[2], "fetched", "not_modified")


@pytest.mark.parametrize("night", [1, 2])
def test_planted_faults_of_fetching_are_rejected_as_planted(nights, night):
    planted = {(r.outlet_id, r.url, r.reason) for r in expected_rejections(night) if r.stage == "fetch"}
    assert {(r.outlet_id, r.url, r.reason) for report in nights[night] for r in report.rejections if r.stage == "fetch"} == planted
