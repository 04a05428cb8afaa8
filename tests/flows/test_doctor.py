"""`nightdesk doctor`: what is broken is named with what to do; what is safe is repaired; what is lost comes back from the captures."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from crawlers import sample_world
from flows import rebuilding
from flows.doctor import EXAMINATIONS, as_text, doctor, spoken
from warehouse import db, health
from warehouse.settings import Settings

SAMPLE_OUTLETS = Path(sample_world.__file__).parent / "outlets"
LINE = {"outlet_id": "kaladan_journal_en", "url": "http://kaladanshorejournal.example/news/imported", "headline": "=Imported", "date_published": "2026-03-01",
        "body": "The ferry ran again on Monday, two boat owners at Kyauktaw said.\nNobody was hurt when the pier fell in."}


def command(*words, data_dir) -> list[str]:
    return [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), "--outlets-dir", str(SAMPLE_OUTLETS), *map(str, words)]


def nightdesk(*words, data_dir, **environment) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    done = subprocess.run(command(*words, data_dir=data_dir), capture_output=True, text=True, timeout=120, env=clean | environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


@pytest.fixture
def folder(demo_world, tmp_path, monkeypatch) -> Path:
    """A copy of the demo's data folder, and no settings of the person who runs the tests."""
    for name in [each for each in os.environ if each.startswith(("NIGHTDESK_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    shutil.copytree(demo_world.data_dir, tmp_path / "data")
    return tmp_path / "data"


def examined(folder: Path, **options):
    return doctor(Settings(data_dir=folder, outlets_dir=SAMPLE_OUTLETS), **options)


def test_a_sound_folder_has_no_warning_and_every_examination_says_something(folder):
    found = examined(folder, dry_run=True, whole=True)
    assert [each for each in found.found if each.level != "ok"] == []
    assert found.exit_status == 0
    silent = {spoken(each) for each in EXAMINATIONS} - {each.examination for each in examined(folder).found}
    assert silent == {"key of withdrawals"}
    assert as_text(found, width=100).endswith("\nAll is well.")


def test_an_alarm_of_the_last_night_is_a_warning_with_what_to_do(folder):
    with duckdb.connect(folder / "news.duckdb") as connection:
        connection.execute("insert into checks select arg_max(run_id, started_at), 'alarm_frozen', 'kaladan_journal_en', 'warning', "
                           "'/feed named nothing new', 'what the front page shows', 'Look for its new address.' from runs where kind = 'nightly'")
    found = [each for each in examined(folder).found if each.examination == "alarms"]
    assert [(each.level, each.said, each.remedy) for each in found] == [
        ("warning", "kaladan_journal_en: alarm frozen: /feed named nothing new; expected what the front page shows", "Look for its new address."),
    ]


def test_a_setting_of_the_file_is_named_with_its_source(folder):
    (folder / "nightdesk.toml").write_text("recheck_days = 3\n", encoding="utf-8")
    lines = [each.said for each in examined(folder).found if each.examination == "settings and sources"]
    assert "NIGHTDESK_RECHECK_DAYS = 3 (nightdesk.toml)" in lines
    assert "NIGHTDESK_WORKERS = 0 (default)" in lines


def flip(path: Path, places) -> None:
    data = bytearray(path.read_bytes())
    for at in places:
        data[at] ^= 4
    path.write_bytes(data)


def flip_blocks(path: Path) -> None:
    """A bit of every block of the database."""
    flip(path, range(12288 + 2000, path.stat().st_size, db.BLOCK_BYTES))


def damage(folder: Path) -> None:
    work = folder / "work" / "work.duckdb"
    flip_blocks(work)


def first_warc(folder: Path) -> Path:
    return min(folder.glob("captures/*/*.warc.gz"))


def in_work(folder: Path, *statements: str) -> None:
    with duckdb.connect(str(folder / "work" / "work.duckdb")) as connection:
        for each in statements:
            connection.execute(each)


def older_work(folder: Path) -> None:
    in_work(folder, "delete from load_log where batch_id in (select batch_id from load_log order by batch_id limit 3)")


def lost_key(folder: Path) -> None:
    in_work(folder, "insert into withdrawn values ('f00', date '2026-03-01')")


BROKEN = [  # what is done to the folder, and (examination, level, words of the sentence, words of the remedy) that must come of it
    (damage, ("databases", "error", "the working database", "doctor --restore")),
    (lambda folder: (folder / "work" / "work.duckdb").write_bytes(b"no database" * 5000), ("databases", "error", "cannot be used", "doctor --restore")),
    (lambda folder: (folder / "work" / "work.duckdb").unlink(), ("databases", "error", "it is not there", "doctor --restore")),
    (lambda folder: flip_blocks(folder / "news.duckdb"), ("databases", "error", "the published file", "nightdesk nightly")),
    (lambda folder: in_work(folder, "insert into schema_migrations values (99, 'later', 'x', now())"), ("databases", "error", "newer Nightdesk (schema 99", "Upgrade")),
    (older_work, ("databases", "error", "3 batches of the published file are not in the working database", "doctor --restore")),
    (lambda folder: in_work(folder, "insert into load_log values ('b', 'r', now(), 1, 0)"), ("databases", "warning", "loaded and not published yet: 1 batch", "nightly")),
    (lambda folder: first_warc(folder).unlink(), ("captures by sample", "error", "1 WARC files are not there", "backup")),
    (lambda folder: shutil.copy(first_warc(folder), first_warc(folder).with_name("2027-01-01-x.warc.gz")), ("captures by sample", "warning", "not loaded", "nightly")),
    (lambda folder: (folder / "work" / "set_aside").mkdir(), ("former databases", "warning", "work/set_aside: 0 MB that a restore", "Delete them")),
    (lambda folder: shutil.rmtree(folder / "search"), ("index of search", "warning", "no search index", "search --rebuild")),
    (lost_key, ("key of withdrawals", "error", "withdrawn.key is gone, and 1 withdrawn address", "Restore it from a backup")),
    (lambda folder: in_work(folder, "insert into withdrawing values ('rebuild', '', null, null)"), ("key of withdrawals", "warning", "not come to its end", "next run")),
    (lambda folder: in_work(folder, "update runs set state = 'failed'"), ("last runs", "error", "is failed", "Run the same command again")),
    (lambda folder: in_work(folder, "update runs set state = 'running', ended_at = null"), ("last runs", "warning", "it was killed", "Run the same command")),
    (lambda folder: in_work(folder, "update run_outlets set alert = 'blocked'"), ("last runs", "warning", "blocked", "README")),
    (lambda folder: in_work(folder, "insert into checks select max(run_id), 'tags_cut_out_their_text', null, 'error', 'three tags', 'none', '' from runs"),
     ("last runs", "error", "check tags_cut_out_their_text: 1 finding, such as three tags", "Nothing is published")),
]


@pytest.mark.parametrize(("breaking", "expected"), BROKEN, ids=[f"{number:02} {expected[0]}: {expected[2]}" for number, (_, expected) in enumerate(BROKEN)])
def test_what_is_broken_is_named_with_what_to_do(folder, breaking, expected):
    breaking(folder)
    found = examined(folder, dry_run=True)
    examination, level, said, remedy = expected
    matching = [each for each in found.found if each.examination == examination and each.level == level and said in each.said]
    assert matching, [each for each in found.found if each.level != "ok"]
    assert remedy in matching[0].remedy
    assert found.exit_status == (1 if level == "error" else 0)


def test_definitions_that_are_not_there_are_named_with_their_own_remedy(folder):
    found = doctor(Settings(data_dir=folder, outlets_dir=folder / "nowhere"), dry_run=True).found
    [said] = [each for each in found if each.examination == "outlet definitions"]
    assert said.level == "error"
    assert "nowhere: there is no such folder. Name the folder of the outlet files with --outlets-dir." in said.said
    assert "rights" not in said.remedy


def test_bytes_that_changed_in_a_kept_page_are_found_by_all(folder):
    path = first_warc(folder)
    flip(path, [path.stat().st_size // 2])
    found = examined(folder, dry_run=True, whole=True)
    assert next(each.level for each in found.found if each.examination == "every capture") == "error"
    assert found.exit_status == 1


REPAIRED = [  # what is done to the folder, the words of the repair, and whether it is mended
    (lambda folder: first_warc(folder).rename(f"{first_warc(folder)}.open"), "cut after the last whole record", lambda folder: not list(folder.rglob("*.open"))),
    (lambda folder: (folder / "work" / "work.duckdb.new").write_bytes(b"half"), "removed work.duckdb.new", lambda folder: not (folder / "work" / "work.duckdb.new").exists()),
    (lambda folder: (folder / "news.duckdb.new").write_bytes(b"half"), "removed news.duckdb.new", lambda folder: not (folder / "news.duckdb.new").exists()),
    (lambda folder: (folder / "captures").chmod(0o755), "open to its owner only", lambda folder: (folder / "captures").stat().st_mode & 0o077 == 0),
    (lambda folder: (folder / "search" / ("0" * 16)).mkdir(), "removed 1 search index of earlier states", lambda folder: not (folder / "search" / ("0" * 16)).exists()),
]


@pytest.mark.parametrize(("breaking", "words", "is_mended"), REPAIRED, ids=[words for _, words, _ in REPAIRED])
def test_what_is_safe_is_repaired_and_a_dry_run_only_says_so(folder, breaking, words, is_mended):
    breaking(folder)
    dry = examined(folder, dry_run=True)
    assert [each for each in dry.found if words in each.would_repair and each.level == "warning" and not each.repaired]
    assert not is_mended(folder)
    assert [each for each in examined(folder).found if words in each.repaired]
    assert is_mended(folder)
    assert [each for each in examined(folder).found if each.level != "ok"] == []


def test_a_torn_file_keeps_its_whole_records(folder):
    path = first_warc(folder)
    whole = path.read_bytes()
    path.unlink()
    path.with_name(f"{path.name}.open").write_bytes(whole + whole[:100])
    assert [each for each in examined(folder).found if each.repaired]
    assert path.read_bytes() == whole


HOLD = """
import sys, pathlib
from warehouse.lock import writer_lock
with writer_lock(pathlib.Path(sys.argv[1]), "run-of-another", wait_s=0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_while_another_run_writes_its_files_are_left_alone_and_named(folder):
    (folder / "work" / "work.duckdb.new").write_bytes(b"what the run is writing")
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder / "work")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        done = nightdesk("--json", "doctor", data_dir=folder, NIGHTDESK_LOCK_WAIT_S="0")
        restoring = nightdesk("doctor", "--restore", data_dir=folder, NIGHTDESK_LOCK_WAIT_S="0")
        other.kill()
    said = json.loads(done.stdout)
    assert (done.returncode, said["exit_status"]) == (75, 75)
    assert {"databases", "leftover files", "last runs"} <= set(said["left_out"])
    assert f"process {other.pid}, run run-of-another" in next(each["said"] for each in said["found"] if each["examination"] == "writer lock holder")
    assert (folder / "work" / "work.duckdb.new").exists()
    assert (restoring.returncode, f"process {other.pid}, run run-of-another" in restoring.stderr) == (75, True)


def test_a_lock_whose_taker_is_gone_names_the_process_that_still_holds_it(folder):
    orphan = "import subprocess, sys; child = subprocess.Popen(['sleep', '60'], pass_fds=(int(sys.argv[1]),), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); print(child.pid)"
    hold = (f"import sys, subprocess, pathlib\nfrom warehouse.lock import writer_lock\nwith writer_lock(pathlib.Path(sys.argv[1]), 'r', wait_s=0) as handle:\n"
            f"    print(subprocess.run([sys.executable, '-c', {orphan!r}, str(handle)], pass_fds=(handle,), stdout=subprocess.PIPE, text=True).stdout)")
    pid = int(subprocess.run([sys.executable, "-c", hold, str(folder / "work")], capture_output=True, text=True, check=True, timeout=30).stdout)
    try:
        settings = Settings(data_dir=folder, outlets_dir=SAMPLE_OUTLETS, lock_wait_s=0)
        [said] = [each for each in doctor(settings, dry_run=True).found if each.examination == "writer lock holder"]
        assert (said.level, f"still holds it: {pid}" in said.said) == ("warning", True)
    finally:
        os.kill(pid, 9)


def test_where_nothing_is_nothing_is_made(tmp_path):
    done = nightdesk("doctor", data_dir=tmp_path / "none")
    assert (done.returncode, "nothing was collected yet" in " ".join(done.stdout.split())) == (0, True)
    assert list(tmp_path.iterdir()) == []


def test_each_setting_is_shown_with_its_source_and_a_misspelled_one_is_named(folder, tmp_path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "bad.toml").write_text("name = 'x'\n")
    done = nightdesk("--json", "doctor", "--outlets-dir", tmp_path / "outlets", data_dir=folder, NIGHTDESK_CONTACT="desk@example.org", NIGHTDESK_CONTAKT="x",
                     PREFECT_API_URL="http://127.0.0.1:9/api", NIGHTDESK_PROXY_URL="http://me:secret@127.0.0.1:3128")
    said = json.loads(done.stdout)["found"]
    lines = {each["said"]: each["level"] for each in said}
    assert f"NIGHTDESK_DATA_DIR = {folder} (command line)" in lines
    assert "NIGHTDESK_CONTACT = desk@example.org (environment)" in lines
    assert "NIGHTDESK_WORKERS = 0 (default)" in lines
    assert "secret" not in done.stdout
    assert lines["NIGHTDESK_CONTAKT is set and no setting reads it"] == "warning"
    assert lines["the Prefect server at http://127.0.0.1:9/api does not answer within 2 s"] == "warning"
    assert {each["level"] for each in said if each["examination"] == "outlet definitions"} == {"error"}
    assert done.returncode == 1


@pytest.mark.parametrize("words", [("--restore", "--rebuild"), ("--swap",), ("--restore", "--dry-run")])
def test_what_does_not_go_together_is_asked_wrongly(tmp_path, words):
    assert nightdesk("doctor", *words, data_dir=tmp_path).returncode == 2


# ---------------------------------------------------------------- the way back

ROWS = {"articles": "select * exclude (run_id) from articles order by all"} | {
    name: f"select * from {name} order by all" for name in (
        "outlets", "article_versions", "field_sources", "images", "copies", "mentions", "figures", "dates", "quotations", "subjects", "events", "captures", "observations")}


def rows(database: Path) -> dict[str, list]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in ROWS.items()}


def test_a_damaged_database_goes_back_to_the_published_file_with_what_was_kept_since(folder, demo_world):
    # What the second night kept of an outlet, as if it had come after the last publication: rows are not there, the files are.
    name = "delta_ferry_news"
    shutil.copyfile(demo_world.database, folder / "news.duckdb")
    with duckdb.connect(str(folder / "news.duckdb")) as connection:
        files = [each for (each,) in connection.execute("select warc_file from capture_files where outlet_id = ?", [name]).fetchall()]
        for table in ("captures", "capture_files"):
            connection.execute(f"delete from {table} where warc_file in (select unnest(?))", [files])
        for table in ("article_versions", "observations", "articles"):
            connection.execute(f"delete from {table} where article_id in (select article_id from articles where outlet_id = ?)", [name])
    damage(folder)
    refused = nightdesk("import", folder / "none.jsonl", data_dir=folder)
    assert refused.returncode == 2
    done = nightdesk("doctor", "--restore", "--json", data_dir=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (Path(said["set_aside"]) / "work.duckdb").exists()
    assert {row["outlet_id"]: row["new"] for row in said["summary"]["outlets"]} == {name: len([r for r in rows(demo_world.database)["articles"] if r[1] == name])}
    found, wanted = rows(folder / "news.duckdb"), rows(demo_world.database)
    assert found["article_versions"] == wanted["article_versions"]
    assert found["captures"] == wanted["captures"]
    assert [each for each in examined(folder).found if each.level == "error"] == []


def test_a_working_database_that_is_gone_is_not_begun_anew_beside_a_published_one(folder):
    (folder / "work" / "work.duckdb").unlink()
    file = folder / "lines.jsonl"
    file.write_text(json.dumps(LINE) + "\n")
    done = nightdesk("import", file, data_dir=folder)
    assert (done.returncode, "nightdesk doctor --restore" in done.stderr) == (1, True)
    assert not (folder / "work" / "work.duckdb").exists()
    assert nightdesk("doctor", "--restore", data_dir=folder).returncode == 0
    assert nightdesk("import", file, data_dir=folder).returncode == 0


def test_a_rebuild_from_captures_alone_equals_the_file_that_it_is_compared_with(folder):
    before = (folder / "work" / "work.duckdb").read_bytes()
    found = rebuilding.rebuild(Settings(data_dir=folder, outlets_dir=SAMPLE_OUTLETS))
    assert found.exit_status == 0, found
    counts = found.comparison.articles
    assert (counts["in_both"], counts["only_lost"], counts["only_rebuilt"]) == (30, 0, 0)
    assert found.comparison.differing == {"gone_at": 1}, "the one thing that no capture says"
    assert found.comparison.unreadable == ()
    assert (folder / "work" / "work.duckdb").read_bytes() == before
    rebuilt, wanted = rows(folder / "work" / "rebuilt.duckdb"), rows(folder / "news.duckdb")
    for name in set(ROWS) - {"articles"}:
        assert rebuilt[name] == wanted[name], name


def test_a_rebuild_that_is_swapped_in_keeps_what_was_there_and_gives_back_the_imports(folder, tmp_path):
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps(LINE) + "\n")
    assert nightdesk("import", file, data_dir=folder).returncode == 0
    url = "http://kaladanshorejournal.example/news/wexilu-2amt.html"
    assert nightdesk("forget", url, "--yes", data_dir=folder).returncode == 0
    damage(folder)
    done = nightdesk("doctor", "--rebuild", "--swap", "--json", data_dir=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert {path.name for path in Path(said["set_aside"]).iterdir()} >= {"work.duckdb", "news.duckdb"}
    assert said["comparison"]["no_way_back"]["imported_articles"] == 1
    state = health.state_of(folder / "news.duckdb")
    assert (state.articles, len(state.withdrawn)) == (29, 1), "without the imported one, and without the withdrawn one"
    assert nightdesk("import", said["imports_file"], data_dir=folder).returncode == 0
    with duckdb.connect(str(folder / "news.duckdb"), read_only=True) as connection:
        found = connection.execute("select headline, body, published_on::varchar from articles where url = ?", [LINE["url"]]).fetchall()
    assert found == [(LINE["headline"], LINE["body"], LINE["date_published"])]
    assert not list((folder / "work").glob("rebuilt*"))


def test_without_any_list_of_what_was_withdrawn_nothing_is_rebuilt(folder):
    assert nightdesk("forget", "http://kaladanshorejournal.example/news/wexilu-2amt.html", "--yes", data_dir=folder).returncode == 0
    for path in (folder / "work" / "work.duckdb", folder / "news.duckdb"):
        path.write_bytes(b"lost")
    done = nightdesk("doctor", "--rebuild", data_dir=folder)
    assert (done.returncode, "They would come in again" in done.stderr) == (1, True)
