"""`nightdesk why`: the chain from a tag to the bytes on the disk, and what it says when a link of it is broken."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import date, timedelta

import duckdb
import pytest

from flows.layout import columns_of
from warehouse.captures import CaptureWriter, read_response
from warehouse.load import merge
from warehouse.records import Capture


def nightdesk(*words, data_dir) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))} | {"COLUMNS": "80"}
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


@pytest.fixture
def demo_copy(demo_world, tmp_path):
    """A data folder of one's own, with the published file and the captures of the demo."""
    shutil.copytree(demo_world.data_dir / "captures", tmp_path / "captures")
    shutil.copy(demo_world.database, tmp_path / "news.duckdb")
    return tmp_path


def changed_article(folder) -> dict:
    """The article of the demo whose figures changed on the second night."""
    with duckdb.connect(str(folder / "news.duckdb"), read_only=True) as connection:
        query = "select articles.*, warc_file, warc_offset from articles join captures using (capture_id) where headline like 'Death toll rises%'"
        return connection.execute(query).to_arrow_table().to_pylist()[0]


def test_the_chain_leads_from_each_tag_to_the_kept_bytes(demo_copy):
    article = changed_article(demo_copy)
    done = nightdesk("why", article["article_id"], data_dir=demo_copy)
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert "Everything agrees: 2 kept pages read again, SHA-256 as noted; " in said
    assert f"{article['warc_file']} byte {article['warc_offset']}, " in said
    assert "verified read now, the bytes are the ones that were kept" in said
    assert "robots allowed; its text is the one of http://kaladanshorejournal.example, SHA-256 " in said
    assert "date_published: 2026-03-01 17:30:00 UTC * outlet_rule: 2026-03-02 - dateline: 2026-03-02 - listing: 2026-03-02" in said
    assert "body: Nine stalls and four houses were destroyed. - stands behind an event: report. all of it, " in said
    assert "- houses destroyed: 4; counts houses. “four houses were destroyed”, " in said


def test_json_holds_losers_sentences_and_places(demo_copy):
    article = changed_article(demo_copy)
    chain = json.loads(nightdesk("--json", "why", article["article_id"], data_dir=demo_copy).stdout)
    (headline,) = [each for each in chain["fields"] if each["field"] == "headline"]
    assert [chosen for _, _, chosen in headline["candidates"]].count(True) == 1
    assert ["listing", "Three killed, seven injured as junta jet bombs village market in Rathedaung Twsp", False] in headline["candidates"]
    assert all(tag["text"] in tag["sentence"] for tag in chain["tags"])
    assert (chain["pages"][-1]["capture"]["warc_offset"], chain["agrees"], chain["disagreements"]) == (article["warc_offset"], True, [])


def test_altered_bytes_in_the_file_are_named(demo_copy):
    article = changed_article(demo_copy)
    with open(demo_copy / article["warc_file"], "r+b") as file:
        file.seek(article["warc_offset"] + 900)
        file.write(b"\xff\xff\xff\xff")
    done = nightdesk("why", article["article_id"], data_dir=demo_copy)
    assert done.returncode == 1
    assert "DOES NOT AGREE: 1 point" in done.stdout
    assert f"- Version 2: {article['warc_file']}, byte {article['warc_offset']}: " in " ".join(done.stdout.split())


def test_a_file_that_is_gone_is_named(demo_copy):
    article = changed_article(demo_copy)
    (demo_copy / article["warc_file"]).unlink()
    chain = json.loads(nightdesk("--json", "why", article["article_id"], data_dir=demo_copy).stdout)
    assert [page["agrees"] for page in chain["pages"]] == [True, False]
    assert "the capture cannot be read (No such file or directory)" in chain["disagreements"][0]


@pytest.mark.parametrize(("change", "said"), [
    ("update articles set body = body || '.' where article_id = $id", "The article's text does not have the SHA-256 that was noted."),
    ("update articles set headline = 'Another' where article_id = $id", "The newest version is not the text of the article."),
    ("update article_versions set body = 'x' where version = 1 and article_id = $id", "Version 1: its text does not have the SHA-256 that was noted."),
    ("update mentions set text = 'Nowhere' where text = 'Mrauk-U' and article_id = $id", "The words of a tag in mentions do not stand at dateline_place 0-7: “Nowhere”."),
    ("update captures set http_status = 404 where capture_id = (select capture_id from articles where article_id = $id)",
     "Version 2: the record and its row differ: HTTP status 200 in the file, 404 in the row"),
    ("update article_versions set capture_id = 'none' where version = 1 and article_id = $id", "Version 1: the table captures has no row none"),
])
def test_a_row_that_was_altered_is_named(demo_copy, change, said):
    article = changed_article(demo_copy)
    with duckdb.connect(str(demo_copy / "news.duckdb")) as connection:
        connection.execute(change, {"id": article["article_id"]})
    done = nightdesk("--json", "why", article["article_id"], data_dir=demo_copy)
    assert done.returncode == 1
    assert said in json.loads(done.stdout)["disagreements"]


def test_no_line_is_wider_than_the_terminal(demo_world):
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        (name,) = connection.execute("select min(article_id) from articles where language = 'my'").fetchone()
    said = nightdesk("why", name, data_dir=demo_world.data_dir).stdout
    long = [line for line in said.splitlines() if columns_of(line) > 80 and not line.startswith(("    asked", "http", "    file", "    SHA-256"))]
    # Addresses are not cut, wherever they stand.
    assert [line for line in long if "http" not in line] == []


def test_a_revisit_names_the_capture_that_holds_its_bytes(demo_copy):
    article = changed_article(demo_copy)
    with duckdb.connect(str(demo_copy / "news.duckdb")) as connection:
        query = "select * from captures where capture_id = ?"
        original = Capture(**connection.execute(query, [article["capture_id"]]).to_arrow_table().to_pylist()[0])
        later = replace(read_response(demo_copy, original), fetched_at=original.fetched_at + timedelta(days=1))
        writer = CaptureWriter(demo_copy / "captures", original.outlet_id, "20260304T190000Z-0000", date(2026, 3, 4))
        revisit = writer.write(later, original)
        writer.seal()
        merge(connection, "captures", [asdict(revisit)])
        connection.execute("insert into observations values (?, ?, ?, 'x')", [revisit.capture_id, article["article_id"], revisit.fetched_at])
        connection.execute("update article_versions set capture_id = ? where article_id = ? and version = 2", [revisit.capture_id, article["article_id"]])
    done = nightdesk("why", article["article_id"], data_dir=demo_copy)
    said = " ".join(done.stdout.split())
    assert f"payload the same bytes as capture {original.capture_id}, which alone holds them: {original.warc_file} byte {original.warc_offset}, " in said
    assert "Everything agrees" in said
    assert "1 further capture of the same article brought no new text." in said
