"""The morning page: its numbers are those of the queries printed beside them, nothing of outlets becomes markup, and odd days look right."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from lxml import html as lxml_html

from flows.briefing import making
from flows.briefing.mail import markdown_of
from flows.jobs import write_briefing
from warehouse.errors import NightdeskError
from warehouse.query import run_query
from warehouse.settings import Settings

from briefing import worlds  # isort: skip - a folder of the tests
from briefing.worlds import DAY, NIGHT, World  # isort: skip

SIGN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]")


def page_of(folder: Path, day: date = DAY) -> str:
    return making.as_html(making.read_content(Settings(data_dir=folder), day))


def tree_of(page: str):
    return lxml_html.document_fromstring(page)


@pytest.fixture(scope="module")
def demo_page(demo_world) -> str:
    return page_of(demo_world.data_dir)


@pytest.fixture(scope="module")
def busy_world(tmp_path_factory) -> Path:
    return worlds.busy(tmp_path_factory.mktemp("busy"))


# ---------------------------------------------------------------- numbers


def numbers_against_queries(page: str, database: Path) -> int:
    """Runs each query that the page prints as `nightdesk sql` does, and compares every marked number with its cell. Returns how many there were."""
    tree = tree_of(page)
    results = {code.get("data-query"): run_query(database, code.text_content()).to_pylist() for code in tree.iter("code") if code.get("data-query")}
    marked = list(tree.iter("data"))
    for element in marked:
        name, at, column = element.get("data-of").split()
        value = results[name][int(at)][column]
        assert element.get("value") == ("" if value is None else str(value)), element.get("data-of")
        shown = element.text_content().replace(",", "")
        assert shown == ("–" if value is None else str(value).removesuffix(".0")), element.get("data-of")
    return len(marked)


def test_every_number_of_the_demo_is_that_of_the_query_beside_it(demo_page, demo_world):
    assert numbers_against_queries(demo_page, demo_world.database) > 150


def test_every_number_of_a_busy_day_is_that_of_the_query_beside_it(busy_world):
    assert numbers_against_queries(page_of(busy_world), busy_world / "news.duckdb") > 300


def test_no_cell_of_numbers_holds_one_without_its_query(demo_page, busy_world):
    for page in (demo_page, page_of(busy_world)):
        for cell in tree_of(page).xpath("//td[contains(concat(' ', @class, ' '), ' n ')] | //*[@class='big'] | //table[@class='heat']/tbody//td"):
            loose = [text for text in cell.xpath(".//text()[not(ancestor::data)]") if re.search(r"\d", text)]
            assert not loose, lxml_html.tostring(cell)


def test_the_map_shows_what_its_query_counts(busy_world):
    page = page_of(busy_world)
    told = run_query(busy_world / "news.duckdb", tree_of(page).xpath("//code[@data-query='events_by_place']")[0].text_content()).to_pylist()
    titles = tree_of(page).xpath("//*[local-name()='g'][@class='week']//*[local-name()='title']/text()")
    assert sorted(titles) == sorted(
        f"{row['township']}, {row['state']}: {row['day']} on the day, {row['week']} in the week" for row in told if row["latitude"] is not None)
    assert len(titles) > 10


def test_the_head_counts_what_the_tables_hold(demo_world):
    content = making.read_content(Settings(data_dir=demo_world.data_dir), DAY)
    head = {row["figure"]: (row["today"], row["yesterday"], row["median"], row["median_of_days"]) for row in content.rows["head"]}
    assert head["articles"] == (9, 8, 8.0, 3)
    assert head["changed"] == (2, 0, 0.0, 3)
    assert head["gone"] == (1, 0, 0.0, 3)
    # Eleven soldiers, four villagers, three soldiers and a boatman, whom two articles tell of.
    assert head["killed_high"][0] == 19


def test_an_event_that_two_outlets_tell_counts_once(tmp_path):
    world = World(tmp_path)
    for outlet, deaths in (("one", 3), ("two", 5)):
        world.event(world.article(world.outlet(outlet), "Air strike"), fatalities=deaths)
    content = making.read_content(Settings(data_dir=world.done()), DAY)
    assert [(row["killed_low"], row["killed_high"], row["articles"]) for row in content.rows["events"]] == [(3, 5, 2)]
    assert [(row["state"], row["killed_low_day"], row["killed_high_day"]) for row in content.rows["casualties_by_state"]] == [("Rakhine", 3, 5)]


def test_injured_are_counted_in_the_passage_of_the_event_only(tmp_path):
    world = World(tmp_path)
    article = world.article(world.outlet("one"), "Air strike", body="Two died and three were hurt. Ten were hurt elsewhere.")
    world.event(article, fatalities=2, start_char=0, end_char=29)
    world.figure(article, role="injured", low=3, best=3, start_char=13, end_char=28, text="three were hurt")
    world.figure(article, role="injured", low=10, best=10, start_char=30, end_char=43, text="Ten were hurt")
    [row] = making.read_content(Settings(data_dir=world.done()), DAY).rows["casualties_by_state"]
    assert (row["killed_high_day"], row["injured_low_day"], row["injured_high_day"]) == (2, 3, 3)


# ---------------------------------------------------------------- stories, changes, coverage


def test_copies_are_folded_under_the_original_with_who_took_them(demo_world):
    stories = {row["story_id"]: row for row in making.read_content(Settings(data_dir=demo_world.data_dir), DAY).rows["stories"]}
    boats = stories["c8fb8b9dcc08bd94"]
    assert (boats["outlet_id"], boats["published_on"]) == ("kaladan_journal_en", DAY - timedelta(days=3))
    assert [(each["outlet_id"], each["relation"]) for each in boats["taken_by"]] == [("borderland_network", "excerpt")]
    assert "1e0ea5c4e3f495de" not in stories


def test_a_change_is_shown_as_its_difference(demo_page):
    heading = tree_of(demo_page).xpath("//article[contains(., 'Correction: Seven')]//dd")[0]
    assert [(piece.tag, piece.text) for piece in heading] == [("del", "Seventeen"), ("ins", "Correction: Seven")]


def test_the_sentence_of_a_figure_is_marked_at_its_words(demo_page):
    rows = tree_of(demo_page).xpath("//section[@id='figures']//tr[@data-o]")
    assert rows[0].xpath(".//mark/text()") == ["killing 11 soldiers"]
    [injured] = [row for row in rows if row.xpath(".//mark[contains(., '70-year-old')]")]
    assert injured.xpath("string(.//td[last()]/span[1])") == "A 70-year-old man was injured and three houses burned down in Pyin Hlwa, the resident said."


def test_blind_is_not_silence(tmp_path):
    content = making.read_content(Settings(data_dir=worlds.all_failed(tmp_path)), DAY)
    states = {(row["outlet_id"], row["day"]): row["state"] for row in content.rows["coverage"]}
    assert {states[f"outlet_{number}", DAY] for number in range(4)} == {"blind"}
    assert {states[f"outlet_{number}", DAY - timedelta(days=1)] for number in range(4)} == {"printed"}
    assert states["outlet_0", DAY - timedelta(days=20)] == "not_asked"


def test_a_later_look_that_goes_well_tells_that_nothing_was_published(tmp_path):
    world = World(tmp_path)
    world.outlet("one")
    world.article("one", "Old", day=DAY - timedelta(days=3))
    world.run("bad", NIGHT - timedelta(days=1), outlets={"one": {"alert": "unavailable"}})
    world.run("good", NIGHT, outlets={"one": {"discovered": 1, "fetched": 1, "extracted": 1}})
    folder = world.done()
    content = making.read_content(Settings(data_dir=folder), DAY)
    assert [row["state"] for row in content.rows["coverage"] if row["day"] >= DAY - timedelta(days=3)] == ["printed", "nothing", "nothing", "nothing"]
    # As the night before knew it, the day was blind.
    before = making.read_content(Settings(data_dir=folder), DAY - timedelta(days=1))
    assert [row["state"] for row in before.rows["coverage"]][-1] == "blind"


def test_what_is_wrong_stands_before_everything_else(tmp_path):
    tree = tree_of(page_of(worlds.all_failed(tmp_path)))
    items = [item.text_content() for item in tree.xpath("//main/*[1][@class='attention']//li")]
    assert len(items) == 7
    assert [item for item in items if "alarm" in item] == []
    assert {"Outlet 0: blocked", "Outlet 2: silence", "Run incomplete", "Blind on this day"} <= {text for item in tree.xpath("//section[@class='attention']//b") for text in [item.text_content()]}


# ---------------------------------------------------------------- odd days


def test_an_empty_file_has_a_page(tmp_path):
    folder = worlds.empty(tmp_path)
    page = page_of(folder)
    assert "No article carries this day’s date." in page
    assert "First day:" in page
    assert "it holds no dated article at all" in page
    assert numbers_against_queries(page, folder / "news.duckdb") > 5
    assert "Nothing is wrong" in page


def test_a_first_day_has_nothing_to_compare_with(tmp_path):
    world = World(tmp_path)
    world.article(world.outlet("one"), "First story")
    page = page_of(world.done())
    assert "<b>First day:</b>" in page
    assert "yesterday" not in tree_of(page).xpath("string(//ul[@class='cards'])")


def test_a_day_outside_the_file_says_so(busy_world):
    page = page_of(busy_world, date(2031, 1, 1))
    assert "The file holds no article of this day:" in page
    assert "it reaches from 2026-02-17 to 2026-03-03" in html.unescape(page)


def test_a_long_day_stays_below_its_size_and_says_what_it_left_out(tmp_path, monkeypatch):
    from flows.briefing import page as pages

    content = making.read_content(Settings(data_dir=worlds.busy(tmp_path, articles=300)), DAY)
    assert "more stories of the day" in pages.html_of(content)
    monkeypatch.setattr(pages, "BYTES_MAX", 260_000)
    cut = pages.html_of(content)
    assert len(cut.encode()) <= 260_000
    assert re.search(r"\d+ of 290 more stories of the day|\d+ of 289 more stories of the day", cut)


def test_the_last_nightly_run_says_which_day_is_meant(demo_world, tmp_path):
    assert making.read_content(Settings(data_dir=demo_world.data_dir)).day == DAY
    world = World(tmp_path)
    world.article(world.outlet("one"), "Imported", day=date(2024, 5, 6))
    assert making.read_content(Settings(data_dir=world.done())).day == date(2024, 5, 6)


def test_a_file_of_another_version_is_named(tmp_path):
    folder = worlds.empty(tmp_path)
    with duckdb.connect(str(folder / "news.duckdb")) as connection:
        connection.execute("drop view events_folded; drop macro table events_between")
    with pytest.raises(NightdeskError, match="another version of Nightdesk"):
        page_of(folder)


# ---------------------------------------------------------------- safety


def test_the_policy_names_the_very_style_and_script(demo_page):
    tree = tree_of(demo_page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    [style], [script] = re.findall(r"<style>(.*?)</style>", demo_page, re.S), re.findall(r"<script>(.*?)</script>", demo_page, re.S)
    digests = ["sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy.startswith(f"default-src 'none'; style-src '{digests[0]}'; script-src '{digests[1]}'; img-src data:; base-uri 'none'; form-action 'none'")
    assert "unsafe" not in policy
    # Before anything that it governs.
    assert demo_page.index("Content-Security-Policy") < demo_page.index("<style>")


@pytest.fixture(scope="module")
def hostile_world(tmp_path_factory) -> Path:
    return worlds.hostile(tmp_path_factory.mktemp("hostile"))


def only_ours(page: str) -> None:
    """Fails where the page holds an element, attribute or address that the template does not make."""
    tree = tree_of(page)
    assert not tree.xpath("//iframe | //object | //embed | //img | //link | //base | //form | //video | //audio | //template | //input | //math | //foreignObject")
    assert len(tree.xpath("//script")) == len(tree.xpath("//style")) == 1
    for element in tree.iter():
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            assert not name.lower().startswith("on"), lxml_html.tostring(element)
            assert name.lower() not in ("style", "src", "srcset", "action", "formaction", "xlink:href", "background"), (name, value)
            if name == "href":
                assert re.match(r"(?:https?://[^\s\"'<>\\@]+$|#[a-z-]+$)", html.unescape(value)) or "good.example" in value, value
    assert all(link.get("rel") == "noopener noreferrer" for link in tree.xpath("//a[starts-with(@href, 'http')]"))


def test_nothing_of_an_outlet_becomes_markup(hostile_world):
    page = page_of(hostile_world)
    only_ours(page)
    assert not SIGN.search(page)
    assert numbers_against_queries(page, hostile_world / "news.duckdb") > 500


def test_nothing_of_an_outlet_becomes_markup_in_mail(hostile_world):
    text = markdown_of(making.read_content(Settings(data_dir=hostile_world), DAY))
    assert not SIGN.search(text)
    assert not re.search(r"<(?!https?://)", text)
    links = re.findall(r"(?<!\\)\]\(<?([^)>]*)", text)
    assert links
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert "![" not in text.replace("\\![", "").replace("\\!\\[", "")


def test_the_json_form_can_be_read_again(hostile_world):
    read = json.loads(making.as_json(making.read_content(Settings(data_dir=hostile_world), DAY)))
    assert read["day"] == "2026-03-03"
    assert {"head", "stories", "events", "figures", "changes", "gone", "coverage"} <= set(read["queries"])


def test_private_persons_are_not_printed(tmp_path):
    world = World(tmp_path)
    body = "U Tha Hla Zan, a farmer, was killed by a mine, his wife Daw Khin Saw said. Senior General Min Aung Hlaing visited Sittwe."
    article = world.article(world.outlet("one"), "Farmer U Tha Hla Zan killed by mine", body=body, description=body)
    world.event(article, end_char=74, fatalities=1)
    world.figure(article, start_char=0, end_char=32, text=body[:32], who="U Tha Hla Zan", best=1)
    world.version(article, 1, NIGHT - timedelta(days=1), "Farmer killed", "A farmer was killed.", [])
    world.version(article, 2, NIGHT, "Farmer killed", body, ["body"])
    content = making.read_content(Settings(data_dir=world.done()), DAY)
    for form in making.FORMS.values():
        text = form(content)
        assert "Tha Hla Zan" not in text
        assert "Khin Saw" not in text
        assert "[name withheld]" in text.replace("\\", "")
        assert "Min Aung Hlaing" in text


# ---------------------------------------------------------------- command, night, withdrawal


def nightdesk(*words: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    call = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), *words]
    return subprocess.run(call, capture_output=True, text=True, check=False, env=clean | environment, timeout=280)


def test_a_night_writes_its_page(demo_world):
    pages = sorted(path.name for path in (demo_world.data_dir / "briefings").iterdir())
    assert pages == ["2026-03-02.html", "2026-03-03.html"]
    assert f"The morning page: {demo_world.data_dir / 'briefings' / '2026-03-03.html'}" in demo_world.output


def test_the_command_writes_the_forms_that_are_asked_for(demo_world, tmp_path):
    done = nightdesk("briefing", "--date", "2026-03-03", "--out", str(tmp_path / "page.html"), data_dir=demo_world.data_dir)
    assert (done.returncode, done.stderr) == (0, "")
    assert "9 articles, 7 without copies; 12 events told, 19 killed in them." in done.stdout
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    assert nightdesk("briefing", "--format", "markdown", data_dir=demo_world.data_dir).stdout.startswith("# Tuesday 3 March 2026")
    asked = json.loads(nightdesk("briefing", "--json", "--date", "2026-03-02", data_dir=demo_world.data_dir).stdout)
    assert asked["day"] == "2026-03-02"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(("words", "said"), [
    (["--date", "yesterday"], "this is not a date"), (["--out", "page.pdf"], "the ending says no form"), (["--out", "/nowhere/at/all/page.html"], "cannot be written there"),
])
def test_a_wrong_request_is_one_sentence(words, said, demo_world):
    done = nightdesk("briefing", *words, data_dir=demo_world.data_dir)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_published_file_the_command_says_what_to_do(tmp_path):
    done = nightdesk("briefing", data_dir=tmp_path)
    assert (done.returncode, "nothing was published yet" in done.stderr) == (2, True)


def test_a_page_that_cannot_be_made_is_an_alarm_and_takes_nothing_from_the_night(demo_world, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, folder)
    shutil.rmtree(folder / "briefings")
    (folder / "briefings").write_text("a file in the way")
    done = nightdesk("--json", "demo", data_dir=folder)
    assert done.returncode == 0, done.stderr
    for night in json.loads(done.stdout)["nights"]:
        assert night["state"] == "completed"
        [alert] = night["alerts"]
        assert alert.startswith("briefing_failed: the morning page was not written")
        assert (folder / "runs" / night["run_id"] / "briefing_failed.txt").is_file()


def test_a_withdrawn_article_leaves_no_page_behind(demo_world, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, folder)
    url = "http://deltaferrynews.example/story.php?id=2083"
    assert "2c8089b92c8e54d6" in (folder / "briefings" / "2026-03-03.html").read_text()
    sample = Path(making.__file__).parents[2] / "crawlers" / "sample_world" / "outlets"
    done = nightdesk("--outlets-dir", str(sample), "forget", url, "--yes", data_dir=folder)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (folder / "briefings").iterdir()] == ["2026-03-02.html"]
    assert "Ferries stop" not in page_of(folder)


def test_nothing_published_means_no_page():
    summary = SimpleNamespace(published=None, notes=[])
    write_briefing(None, summary)
    assert summary.notes == ["No morning page was written, because nothing was published."]
