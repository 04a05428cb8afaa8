"""`nightdesk search`: real runs, the real index, and what happens where the index and the file part ways."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tantivy

from crawlers import sample_world
from flows import searching
from flows.jobs import import_files
from flows.searching import Options, Searching, readable
from warehouse import search_index
from warehouse.db import open_work
from warehouse.errors import AskedWrongly
from warehouse.lock import writer_lock
from warehouse.query import open_published
from warehouse.settings import Settings

OUTLETS = Path(sample_world.__file__).parent / "outlets"
KALADAN = "http://kaladanshorejournal.example/news"
STRIKE = (
    "Two jets dropped bombs on the market of Rathedaung on Sunday, and the air strike killed four traders.\n"
    "The ferry to Sittwe stopped. Shops on both banks stayed closed for three days, and the families of the dead were given money."
)
LINES = [
    {"url": f"{KALADAN}/1", "headline": "Air strike on Rathedaung market", "body": STRIKE, "date_published": "2025-11-16"},
    {"url": f"{KALADAN}/2", "headline": "Ferry landing reopens", "date_published": "2025-10-02",
     "body": "The landing of Mrauk-U was mended by 1,500 villagers. Airstrikes had damaged it.\nCafé owners were glad."},
    {"url": f"{KALADAN}/3", "headline": "Rice prices double", "body": "Traders in Rathedaung said that rice cost twice as much. Prices of oil rose too."},
    {"url": "http://kaladanshoreburmese.example/သတင်း/4", "outlet_id": "kaladan_journal_my", "headline": "မြောက်ဦးတွင် တိုက်ပွဲဖြစ်ပွား",
     "body": "မြောက်ဦးမြို့နယ်တွင် တိုက်ပွဲဖြစ်ပွားခဲ့ပြီး အရပ်သား ၁၅၀၀ ခန့် ထွက်ပြေးနေရသည်။ ဒေသခံများက ပြောသည်။", "date_published": "2025-11-18"},
    {"url": "http://borderlandnetwork.example/en/news/5", "outlet_id": "borderland_network", "headline": "Market in Rathedaung bombed",
     "body": STRIKE, "date_published": "2025-11-17"},
]

def lines_file(folder: Path, name: str, *lines: dict) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps({"outlet_id": "kaladan_journal_en"} | line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, outlets_dir=OUTLETS, workers=1)


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> Path:
    """A data folder into which LINES were imported; tests that change anything take a copy."""
    folder = tmp_path_factory.mktemp("search")
    settings = settings_of(folder / "data")
    settings.work_dir.mkdir(parents=True)
    (settings.work_dir / "sample_world").touch()
    import_files(settings, [lines_file(folder, "lines.jsonl", *LINES)])
    return settings.data_dir


@pytest.fixture
def data(imported, tmp_path) -> Path:
    return Path(shutil.copytree(imported, tmp_path / "data"))


def nightdesk(*words, data_dir: Path, status: int = 0) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), "--outlets-dir", str(OUTLETS), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment | {"NIGHTDESK_LOCK_WAIT_S": "0"}, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert done.returncode == status, done.stdout + done.stderr
    return done


def numbers(folder: Path, *words: str, **options) -> list[str]:
    """The last part of the address of each hit, in order."""
    said: list[str] = []
    found = searching.search_for(settings_of(folder), words, Options(**options), say=said.append)
    assert not said, "the index is there"
    return [hit.row["url"].rsplit("/", 1)[1] for hit in found.hits]


def named(folder: Path) -> list[str]:
    return [path.name for path in search_index.named_folders(settings_of(folder))]


def snapshot(folder: Path) -> str:
    with open_published(settings_of(folder).published_database) as connection:
        return search_index.snapshot_of(connection)


# ---------------------------------------------------------------- what is found


@pytest.mark.parametrize(("words", "found"), [
    (["air strike", "rathedaung"], ["1"]),
    (["rathedaung"], ["1", "3"]),
    (["rice"], ["3"]),
    (["trader", "price"], ["3"]),  # traders, prices
    (["airstrike"], ["1", "2"]),
    (["Mrauk-U"], ["2"]),
    (["mrauk", "u"], ["2"]),
    (["cafe"], ["2"]),
    (["1,500"], ["2", "4"]),
    (["၁၅၀၀"], ["2", "4"]),
    (["rathedaung", "NOT", "rice"], ["1"]),
    (["rice", "OR", "landing"], ["2", "3"]),
    (["strike killed"], ["1"]),
    (["killed strike"], []),
    (["traders ferry"], []),  # the end of one paragraph and the beginning of the next
    (["မြောက်ဦး"], ["4"]),
    (["မြောက် ဦး"], ["4"]),
    (["မြောက်\u200bဦး", "တိုက်ပွဲ"], ["4"]),
    (["ေျမာက္ဦးၿမိဳ႕နယ္"], ["4"]),  # in Zawgyi
    (["တိုက်ပွဲ"], ["4"]),
    (["ပြည်နယ်"], []),
])
def test_what_is_found(imported, words, found):
    assert sorted(numbers(imported, *words)) == found


@pytest.mark.parametrize(("options", "found"), [
    ({"outlet_ids": ("kaladan_journal_en",)}, ["1", "3"]),
    ({"outlet_ids": ("borderland_network",)}, ["5"]),  # the copy is there where its original is left out
    ({"languages": ("en",)}, ["1", "3"]),
    ({"every_copy": True}, ["1", "3", "5"]),
    ({"limit": 1}, ["1"]),
])
def test_filters(imported, options, found):
    assert sorted(numbers(imported, "rathedaung", **options)) == found


def test_days_and_what_has_none(imported):
    from datetime import date

    november = {"first": date(2025, 11, 1), "last": date(2025, 11, 30)}
    found = Searching(settings_of(imported)).find(readable(["rathedaung"]), Options(**november))
    assert (found.articles, [hit.row["url"][-1] for hit in found.hits]) == (2, ["1"])
    assert found.notes == ("1 more article with these words has no date of publication and so cannot be chosen by date.",)
    assert numbers(imported, "airstrike", first=date(2025, 11, 17)) == ["5"]
    assert numbers(imported, "airstrike", newest=True) == ["1", "2"]
    assert numbers(imported, "airstrike", newest=True, every_copy=True) == ["5", "1", "2"]


def test_a_copy_is_counted_and_stands_under_its_original(imported):
    found = searching.search_for(settings_of(imported), ["rathedaung"], Options())
    assert (found.articles, [len(hit.copies) for hit in found.hits]) == (3, [1, 0])
    assert searching.closing_line(found) == "3 articles found, 1 copy under its original (--all shows each)."
    (hit,) = searching.search_for(settings_of(imported), ["market in rathedaung"], Options()).hits
    assert "a copy of" in searching.copies_said(hit), "only the copy has this headline"


def test_a_word_of_the_headline_counts_more(imported):
    assert numbers(imported, "market")[0] == "1"
    assert numbers(imported, "rice")[0] == "3"


# ---------------------------------------------------------------- the command


def test_the_command_prints_hits_on_stdout_and_talk_on_stderr(imported):
    done = nightdesk("search", "air strike", "rathedaung", data_dir=imported)
    assert done.stdout.startswith("Air strike on Rathedaung market\n  Kaladan Shore Journal 2025-11-16 ")
    assert "the air strike killed four traders." in " ".join(done.stdout.split())
    assert "\x1b" not in done.stdout
    assert done.stderr == "2 articles found, 1 copy under its original (--all shows each).\n"


def test_json_is_one_object_a_line_with_marks(imported):
    done = nightdesk("--json", "search", "Rathedaung", "--limit", "1", data_dir=imported)
    (line,) = done.stdout.splitlines()
    hit = json.loads(line)
    assert (hit["rank"], hit["found"], hit["outlet_id"], hit["published_on"]) == (1, 3, "kaladan_journal_en", "2025-11-16")
    assert [hit["snippet"][start:end] for start, end in hit["marks"]] == ["Rathedaung"]
    assert [hit["headline"][start:end] for start, end in hit["headline_marks"]] == ["Rathedaung"]
    assert len(hit["copies_found"]) == 1


def test_bold_is_for_terminals_and_wraps_with_the_text(imported):
    found = searching.search_for(settings_of(imported), ["rathedaung"], Options(limit=1))
    text = searching.as_text(found, width=40, bold=True)
    assert "\x1b[1mRathedaung\x1b[0m" in text
    assert text.replace("\x1b[1m", "").replace("\x1b[0m", "") == searching.as_text(found, width=40, bold=False)


def test_an_outlet_cannot_steer_the_terminal(data, tmp_path):
    import_files(settings_of(data), [lines_file(tmp_path, "x.jsonl", {"url": f"{KALADAN}/9", "headline": "Red \x1b[31m alert", "body": "Zinc \x07 mine."})])
    found = searching.search_for(settings_of(data), ["alert"], Options())
    assert "\x1b[31m" not in searching.as_text(found, width=80, bold=True)


def test_nothing_found_is_a_sentence_and_no_failure(imported):
    done = nightdesk("search", "rathedaung ferry", data_dir=imported)
    assert done.stdout == ""
    assert done.stderr == (
        "No article was found for “rathedaung ferry”.\n2 articles have all of these words, but not one after the other: leave the quotation marks out.\n"
    )
    assert "With spaces between them" in nightdesk("search", "မြောက်ဦးဒေသခံများ", data_dir=imported).stderr


@pytest.mark.parametrize(("words", "sentence"), [
    (["x", "--outlet", "kaladan_jornal_en"], "There is no article of an outlet kaladan_jornal_en. Did you mean kaladan_journal_en?"),
    (["x", "--language", "fr"], "There is no article in a language fr. There are: en, my."),
    (["x", "--from", "2025-12-01", "--to", "2025-11-01"], "--from 2025-12-01 lies after --to 2025-11-01."),
    (["x", "--from", "yesterday"], "--from yesterday: this is not a date."),
    (["x", "--limit", "0"], "--limit 0: give a number from 1 to 10000."),
    (["rathe*"], "parts of words cannot be searched for"),
    ([], "Give at least one word that is to be found."),
])
def test_what_is_asked_wrongly_is_named(imported, words, sentence):
    assert sentence in nightdesk("search", *words, data_dir=imported, status=2).stderr


def test_before_anything_was_published(tmp_path):
    assert "nothing was published yet" in nightdesk("search", "x", data_dir=tmp_path, status=2).stderr
    assert not (tmp_path / "search").exists()


# ---------------------------------------------------------------- index and file


def test_a_run_changes_the_index_only_where_articles_changed(data, tmp_path):
    before = {path.name for path in (data / "search" / snapshot(data)).glob("*.idx")}
    lines = [LINES[2] | {"headline": "Prices of salt double"}, {"url": f"{KALADAN}/6", "headline": "Boats return", "body": "Boats came back to Rathedaung."}]
    import_files(settings_of(data), [lines_file(tmp_path, "more.jsonl", *lines)])
    assert named(data) == [snapshot(data)], "the index of the last state is gone"
    assert before < {path.name for path in (data / "search" / snapshot(data)).glob("*.idx")}, "what did not change was not written anew"
    assert sorted(numbers(data, "rathedaung")) == ["1", "3", "6"]
    assert numbers(data, "salt") == ["3"]
    assert numbers(data, "rice prices double") == []


def test_a_search_that_is_open_keeps_its_state(data, tmp_path):
    open_search = Searching(settings_of(data))
    import_files(settings_of(data), [lines_file(tmp_path, "more.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats came back to Rathedaung."})])
    assert open_search.find(readable(["rathedaung"]), Options()).articles == 3
    assert Searching(settings_of(data)).find(readable(["rathedaung"]), Options()).articles == 4


KILLED = """
import os, signal, sys
from warehouse import publish
publish.publish = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from flows.cli import main
main()
"""


def test_killed_between_index_and_publishing_the_old_two_still_belong_together(data, tmp_path):
    line = {"url": f"{KALADAN}/6", "headline": "Boats return", "body": "Boats came back to Rathedaung."}
    file, old = lines_file(tmp_path, "more.jsonl", line), snapshot(data)
    done = subprocess.run([sys.executable, "-c", KILLED, "--data-dir", str(data), "--outlets-dir", str(OUTLETS), "import", str(file)],
                          capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    assert snapshot(data) == old
    assert len(named(data)) == 2, "the index of the state that was never published is there too"
    assert sorted(numbers(data, "rathedaung")) == ["1", "3"]
    import_files(settings_of(data), [file])
    assert named(data) == [snapshot(data)]
    assert sorted(numbers(data, "rathedaung")) == ["1", "3", "6"]


def test_killed_while_the_next_index_was_written(data, tmp_path):
    half = data / "search" / "next"
    shutil.copytree(data / "search" / snapshot(data), half)
    (half / "meta.json").write_text("{")
    import_files(settings_of(data), [lines_file(tmp_path, "more.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats came back to Rathedaung."})])
    assert named(data) == [snapshot(data)]
    assert not half.exists()
    assert numbers(data, "boats") == ["6"]


def damage(folder: Path, how: str) -> None:
    if how == "missing":
        shutil.rmtree(folder.parent)
    elif how == "version":
        state = json.loads((folder / "state.json").read_text()) | {"version": "tantivy 0.1"}
        (folder / "state.json").write_text(json.dumps(state))
    elif how == "no_state":
        (folder / "state.json").unlink()
    elif how == "cut":
        path = next(folder.glob("*.term"))
        path.write_bytes(path.read_bytes()[:-20])
    elif how == "segment":
        next(folder.glob("*.idx")).unlink()
    elif how == "too_few":
        writer = search_index.open_folder(folder).writer()
        writer.delete_documents_by_query(tantivy.Query.term_query(search_index.schema(), "outlet", "borderland_network"))
        writer.commit()
        writer.wait_merging_threads()


@pytest.mark.parametrize("how", ["missing", "version", "no_state", "cut", "segment", "too_few"])
def test_an_index_that_cannot_be_used_is_built_from_the_file_and_that_is_said(data, how):
    damage(data / "search" / snapshot(data), how)
    said: list[str] = []
    found = searching.search_for(settings_of(data), ["rathedaung"], Options(), say=said.append)
    assert [hit.row["url"][-1] for hit in found.hits] == ["1", "3"]
    assert len(said) == 1
    assert "It is built now, from the published file" in said[0]
    assert sorted(numbers(data, "rathedaung")) == ["1", "3"], "and then it is there"


@pytest.mark.parametrize("how", ["version", "segment", "too_few"])
def test_a_run_builds_anew_what_it_cannot_add_to(data, tmp_path, how):
    damage(data / "search" / snapshot(data), how)
    summary = import_files(settings_of(data), [lines_file(tmp_path, "a.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats for Rathedaung."})])
    assert summary.state == "completed"
    assert sorted(numbers(data, "rathedaung")) == ["1", "3", "6"]


def test_a_missing_index_is_built_while_a_run_is_at_work(data):
    shutil.rmtree(data / "search")
    with writer_lock(data / "work", "a-run", wait_s=0):
        assert "It is built now" in nightdesk("search", "rathedaung", data_dir=data).stderr


def test_an_index_that_a_reader_built_of_a_file_that_was_replaced_meanwhile_does_not_stay(data, tmp_path):
    settings = settings_of(data)
    file = lines_file(tmp_path, "a.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats for Rathedaung."})
    searching.build_index(settings, say=lambda _: import_files(settings, [file]))
    assert named(data) == [snapshot(data)]
    assert sorted(numbers(data, "rathedaung")) == ["1", "3", "6"]


def test_a_run_that_takes_the_folder_away_from_a_reader_leaves_it_an_index(data, tmp_path, monkeypatch):
    file = lines_file(tmp_path, "a.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats for Rathedaung."})
    shutil.rmtree(data / "search")
    words, calls = searching.search_words.searchable, []

    def in_the_middle(text):
        calls.append(text)
        if len(calls) == 3:
            import_files(settings_of(data), [file])
        return words(text)

    monkeypatch.setattr(searching.search_words, "searchable", in_the_middle)
    said: list[str] = []
    assert searching.search_for(settings_of(data), ["boats"], Options(), say=said.append).articles == 1
    assert len(said) == 1
    assert [path.name for path in (data / "search").iterdir()] == [snapshot(data)]


def test_who_may_not_write_in_the_folder_reads_the_index_through_links(imported):
    folder = imported / "search" / snapshot(imported)
    with search_index.links_to(folder) as links:
        assert search_index.open_folder(Path(links)).searcher().num_docs == len(LINES)


def test_where_the_index_cannot_be_written_the_run_publishes_all_the_same_and_says_so(data, tmp_path):
    shutil.rmtree(data / "search")
    (data / "search").write_text("a file where a folder should be")
    summary = import_files(settings_of(data), [lines_file(tmp_path, "a.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats for Rathedaung."})])
    assert summary.state == "incomplete"
    assert any("the search index was not written" in alert for alert in summary.alerts)
    assert summary.published
    (data / "search").unlink()
    said: list[str] = []
    assert searching.search_for(settings_of(data), ["boats"], Options(), say=said.append).articles == 1
    assert len(said) == 1


def test_rebuild_builds_anew(data):
    before = {path.name for path in (data / "search").rglob("*.idx")}
    done = nightdesk("search", "--rebuild", data_dir=data)
    assert done.stderr == "The search index was built anew: 5 articles.\n"
    assert not before & {path.name for path in (data / "search").rglob("*.idx")}
    assert sorted(numbers(data, "rathedaung")) == ["1", "3"]


# ---------------------------------------------------------------- withdrawn articles


def words_in_segments(folder: Path, prefix: str) -> list[str]:
    """Words with this beginning in the segments, also those of articles that are only marked as deleted."""
    searcher = search_index.open_folder(folder).searcher()
    return [word for field in ("headline", "text") for word, _ in searcher.terms_with_prefix(field, prefix)]


def test_a_withdrawn_article_is_in_no_segment_any_more(data, tmp_path):
    edited = LINES[1] | {"headline": "Xylotoph reopens"}
    settings = settings_of(data)
    other = {"url": f"{KALADAN}/6", "headline": "Boats return", "body": "Boats came back to Rathedaung."}
    import_files(settings, [lines_file(tmp_path, "a.jsonl", edited, other)])
    import_files(settings, [lines_file(tmp_path, "b.jsonl", edited | {"headline": "Ferry landing is open"})])
    assert words_in_segments(data / "search" / snapshot(data), "xylotoph") == ["xylotoph"], "an edited text stays in its segment for a while"
    before = {path.name for path in (data / "search").rglob("*.idx")}
    nightdesk("forget", edited["url"], "--yes", data_dir=data)
    assert named(data) == [snapshot(data)]
    assert words_in_segments(data / "search" / snapshot(data), "xylotoph") == []
    assert not before & {path.name for path in (data / "search").rglob("*.idx")}, "every segment is new"
    assert numbers(data, "landing") == []
    assert sorted(numbers(data, "rathedaung")) == ["1", "3", "6"]


def test_an_index_built_from_a_file_before_a_withdrawal_is_not_added_to(data, tmp_path):
    settings = settings_of(data)
    old = data / "search" / snapshot(data)
    kept = shutil.copytree(old, tmp_path / "kept")
    nightdesk("forget", LINES[1]["url"], "--yes", data_dir=data)
    # As if the run had been killed before it published, and somebody had searched the old file then.
    shutil.rmtree(data / "search")
    shutil.copytree(kept, old)
    import_files(settings, [lines_file(tmp_path, "a.jsonl", {"url": f"{KALADAN}/6", "headline": "x", "body": "Boats for Rathedaung."})])
    assert named(data) == [snapshot(data)]
    assert words_in_segments(data / "search" / snapshot(data), "villag") == []


# ---------------------------------------------------------------- files of other releases


def test_a_file_from_before_articles_could_be_withdrawn(data):
    settings = settings_of(data)
    connection = open_work(settings)
    connection.execute("drop table withdrawn")
    connection.execute("checkpoint")
    connection.close()
    shutil.copyfile(settings.work_database, settings.published_database)
    shutil.rmtree(data / "search")
    assert searching.search_for(settings, ["rathedaung"], Options()).articles == 3


def test_a_file_without_articles(tmp_path):
    settings = settings_of(tmp_path / "data")
    settings.work_dir.mkdir(parents=True)
    (settings.work_dir / "sample_world").touch()
    import_files(settings, [lines_file(tmp_path, "none.jsonl")])
    assert searching.search_for(settings, ["x"], Options()).articles == 0
    with pytest.raises(AskedWrongly, match="There are: none"):
        searching.search_for(settings, ["x"], Options(languages=("en",)))
