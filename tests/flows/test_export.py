"""`nightdesk export`: a release that can be checked, read elsewhere, and made again byte by byte."""

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.exporting import safe_cell


def command(*words, data_dir) -> list[str]:
    return [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), *map(str, words)]


def environment(**more) -> dict:
    return {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))} | more


def nightdesk(*words, data_dir, **more) -> subprocess.CompletedProcess:
    done = subprocess.run(command(*words, data_dir=data_dir), capture_output=True, text=True, timeout=120, env=environment(**more), check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def files_of(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_holds_every_article_and_the_hash_of_every_file(demo_world, tmp_path):
    done = nightdesk("export", tmp_path / "release", data_dir=demo_world.data_dir)
    assert done.returncode == 0, done.stderr
    files = files_of(tmp_path / "release")
    manifest = json.loads(files["manifest.json"])
    assert {each["path"]: (each["sha256"], each["bytes"]) for each in manifest["files"]} == {
        name: (hashlib.sha256(content).hexdigest(), len(content)) for name, content in files.items() if name not in ("manifest.json", "SHA256SUMS")}
    assert f"{hashlib.sha256(files['manifest.json']).hexdigest()}  manifest.json\n".encode() in files["SHA256SUMS"]
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for name in ("articles", "article_versions", "mentions", "captures", "checks"):
            kept = sorted(map(str, connection.execute(f"select * from {name}").fetchall()))
            written = sorted(map(str, connection.execute(f"select * from '{tmp_path / 'release' / name}.parquet'").fetchall()))
            assert written == kept
        run_id, ended_at = connection.execute("select run_id, ended_at from runs order by ended_at desc limit 1").fetchone()
    assert (manifest["run_id"], manifest["as_of"]) == (run_id, ended_at.isoformat())
    assert manifest["tables"]["figures"]["columns"]["low"] == {"type": "BIGINT", "definition": "Lowest number meant."}
    assert pq.read_schema(tmp_path / "release" / "figures.parquet").field("low").metadata[b"description"] == b"Lowest number meant."


def test_what_speaks_of_this_machine_only_is_left_out_and_that_is_said(demo_world, tmp_path):
    nightdesk("export", tmp_path / "release", data_dir=demo_world.data_dir)
    manifest = json.loads((tmp_path / "release" / "manifest.json").read_text())
    assert not (tmp_path / "release" / "links.parquet").exists()
    assert "parameters" not in pq.read_schema(tmp_path / "release" / "runs.parquet").names
    assert ("links" in manifest["left_out"]["tables"], manifest["left_out"]["columns"]) == (True, {"runs": ["parameters"]})


def test_the_same_published_file_gives_the_same_bytes_in_every_zone(demo_world, tmp_path):
    for name, zone in (("one", "UTC"), ("two", "Asia/Yangon")):
        assert nightdesk("export", tmp_path / name, "--csv", "--json-ld", data_dir=demo_world.data_dir, TZ=zone).returncode == 0
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_spreadsheets_get_no_formula_and_parquet_the_text_as_it_was(demo_world, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copy(demo_world.database, tmp_path / "data" / "news.duckdb")
    with duckdb.connect(str(tmp_path / "data" / "news.duckdb")) as connection:
        connection.execute("update articles set headline = '=HYPERLINK(\"http://x\")', section = '၁' where article_id = (select min(article_id) from articles)")
    nightdesk("export", tmp_path / "release", "--csv", data_dir=tmp_path / "data")
    with open(tmp_path / "release" / "csv" / "articles.csv", encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["headline"], first["section"]) == ("'=HYPERLINK(\"http://x\")", "၁")
    assert pq.read_table(tmp_path / "release" / "articles.parquet")["headline"][0].as_py() == '=HYPERLINK("http://x")'


@pytest.mark.parametrize(("value", "cell"), [
    ("=1+1", "'=1+1"), ("+95 9", "'+95 9"), ("-5", "'-5"), ("@x", "'@x"), ("\tx", "'\tx"), (" =x", "' =x"), ("＝x", "'＝x"), (-5, -5), (-1.5, -1.5),
    ("a=b", "a=b"), (["=x"], '["=x"]'), (None, None), ("", ""),
])
def test_text_that_begins_like_a_formula_gets_an_apostrophe(value, cell):
    assert safe_cell(value) == cell


def test_json_ld_says_what_is_known_in_the_terms_of_schema_org(demo_world, tmp_path):
    nightdesk("export", tmp_path / "release", "--json-ld", data_dir=demo_world.data_dir)
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        query = "select article_id, url, body, copy_id from articles where headline like 'Young herders wounded%'"
        name, url, body, original = connection.execute(query).fetchone()
        (original_url,) = connection.execute("select url from articles where article_id = ?", [original]).fetchone()
    said = json.loads((tmp_path / "release" / "json_ld" / name[:2] / f"{name}.json").read_text(encoding="utf-8"))
    assert (said["@type"], said["@id"], said["articleBody"], said["isBasedOn"]) == ("NewsArticle", url, body, original_url)
    assert said["datePublished"] == "2026-03-03T01:55:00+06:30"
    assert said["publisher"] == {"@type": "NewsMediaOrganization", "name": "Borderland Network", "url": "http://borderlandnetwork.example/"}
    assert {"Buthidaung"} <= {each["name"] for each in said["mentions"]}


def test_a_release_is_never_written_over(demo_world, tmp_path):
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "notes.txt").write_text("mine")
    done = nightdesk("export", tmp_path / "release", data_dir=demo_world.data_dir)
    assert done.returncode == 2
    assert "holds something already. A release is never written over: name a new folder." in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["release", "notes.txt"]


def test_a_killed_export_leaves_no_release_and_the_next_one_is_whole(demo_world, tmp_path):
    child = subprocess.Popen(command("export", tmp_path / "release", "--csv", "--json-ld", data_dir=demo_world.data_dir), env=environment(),
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (tmp_path / ".release.partial" / "articles.parquet").exists():
        assert child.poll() is None, "the export ended before it could be killed"
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "release").exists()
    (tmp_path / ".release.partial" / "left.parquet").write_bytes(b"half")
    assert nightdesk("export", tmp_path / "release", data_dir=demo_world.data_dir).returncode == 0
    assert not (tmp_path / "release" / "left.parquet").exists()
    assert not (tmp_path / ".release.partial").exists()


def test_nothing_published_and_no_place_to_write_are_one_sentence(demo_world, tmp_path):
    assert "nothing was published yet" in nightdesk("export", tmp_path / "release", data_dir=tmp_path / "none").stderr
    (tmp_path / "file").write_text("")
    done = nightdesk("export", tmp_path / "file" / "release", data_dir=demo_world.data_dir)
    assert (done.returncode, "the release cannot be written there" in done.stderr) == (2, True)
