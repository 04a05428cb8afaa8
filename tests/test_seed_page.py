"""The article that this project started from, as its page would be served, through `backfill --warc`, field by field.

The page is another outlet's text and stays beside the project; where it is not there, there is nothing to test.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.query import rows_of

SHARED = Path(__file__).resolve().parents[2] / "shared"
GOLD = SHARED / "data" / "outlets" / "gold_dev.jsonl"
pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="the evaluation pages are not beside this checkout")
TEMPLATES = ("own", "tagdiv", "drupal7", "narinjara", "flat")


@pytest.fixture(scope="module", params=TEMPLATES)
def seed(request, tmp_path_factory):
    """(article row, its images, its mentions) of the seed page in one template."""
    work = tmp_path_factory.mktemp("seed")
    build = [sys.executable, str(SHARED / "score" / "fields.py"), "build", str(GOLD), str(work), "--template", request.param]
    subprocess.run(build, check=True, capture_output=True, cwd=SHARED / "score", env={"PYTHONDONTWRITEBYTECODE": "1", "PATH": ""})
    command = ["--data-dir", str(work / "data"), "--outlets-dir", str(work / "outlets"), "backfill", "--warc", str(work / "pages.warc.gz")]
    subprocess.run([sys.executable, "-m", "flows.cli", *command], check=True, capture_output=True)
    database = work / "data" / "news.duckdb"
    (article,) = rows_of(database, "select * from articles where url like '%/news/rfsua.html'")
    images = rows_of(database, "select * from images where article_id = ? order by position", [article["article_id"]])
    mentions = rows_of(database, "select * from mentions where article_id = ?", [article["article_id"]])
    return article, images, mentions


def test_headline_standfirst_and_date(seed):
    article, _, _ = seed
    assert article["headline"] == "Resistance forces step up attacks as junta attempts to regain territory"
    assert article["description"].startswith("As Myanmar's military attempts to reclaim lost territory nationwide")
    assert article["published_on"].isoformat() == "2025-11-17"


def test_admin_is_no_person_and_the_newsroom_is_kept(seed):
    article, _, _ = seed
    assert article["authors"] == []
    assert article["newsroom"] == "DMG Newsroom"


def test_dateline(seed):
    article, _, _ = seed
    assert (article["dateline_place"], article["dateline_date"].isoformat()) == ("Mrauk-U", "2025-11-17")


def test_one_image_with_caption_and_credit(seed):
    _, images, _ = seed
    assert [(image["caption"][:35], image["credit"]) for image in images] == [("Bamar People's Liberation Army memb", "BPLA")]


def test_the_body_holds_the_lead_once_and_nothing_of_the_frame(seed):
    article, images, _ = seed
    assert article["body"].count(article["description"]) == 1
    for foreign in ("By Admin", "DMG Newsroom", "17 November 2025, Mrauk-U", images[0]["caption"], "Photo:"):
        assert foreign not in article["body"]


def test_armed_groups_and_the_right_mawtaung(seed):
    _, _, mentions = seed
    assert {m["entity_id"] for m in mentions if m["kind"] == "armed_group"} >= {"KNLA", "BPLA", "AA", "TNLA", "MM-MIL"}
    mawtaung = {m["entity_id"] for m in mentions if m["kind"] == "place" and m["text"] == "Mawtaung"}
    assert mawtaung
    assert all(pcode.startswith("MMR006") for pcode in mawtaung)
