"""What `nightdesk schedule` looks at before it starts anything, and the examples that it prints."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from loopback.scheduled import wait_for

from crawlers import sample_world
from flows.scheduling import EXAMPLES, ROOT, Place, cut, environment_of, only_one, printed, schedule, unit_word
from warehouse.errors import AskedWrongly
from warehouse.settings import Settings

SAMPLE_OUTLETS = Path(sample_world.__file__).parent / "outlets"
AWKWARD = 'a b $HOME %n "quoted" \\ #hash'


@pytest.fixture(autouse=True)
def no_settings_of_the_person_who_runs_the_tests(monkeypatch):
    for name in [each for each in os.environ if each.startswith(("NIGHTDESK_", "PREFECT_"))]:
        monkeypatch.delenv(name)


def settings(folder: Path, **given) -> Settings:
    return Settings(data_dir=folder / "data", **{"outlets_dir": SAMPLE_OUTLETS, "contact": "desk@example.org"} | given)


def refused(settings: Settings, port: int = 1, host: str = "127.0.0.1") -> tuple[str, list[str]]:
    """The sentence of the refusal, and what was said before it. Nothing was started or made."""
    said: list[str] = []
    with pytest.raises(AskedWrongly) as error:
        schedule(settings, host=host, port=port, say=said.append)
    return str(error.value), said


def test_a_folder_without_outlets_is_refused_before_anything_starts(tmp_path):
    assert "nowhere: there is no such folder" in refused(settings(tmp_path, outlets_dir=tmp_path / "nowhere"))[0]
    assert not (tmp_path / "data").exists()


def test_what_would_fail_every_night_is_said_at_once(tmp_path):
    (tmp_path / "outlets").mkdir()
    shutil.copy(next(SAMPLE_OUTLETS.glob("delta*.toml")), tmp_path / "outlets")
    (tmp_path / "outlets" / "broken_en.toml").write_text('name = "Broken"\n')
    _, said = refused(settings(tmp_path, outlets_dir=tmp_path / "outlets", contact=""), host="203.0.113.1")
    assert [each for each in said if "faults in outlet files" in each]
    assert [each for each in said if "NIGHTDESK_CONTACT is not set, so every night will fail" in each]


def test_a_port_that_is_taken_is_refused_and_nothing_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sentence, said = refused(settings(tmp_path), taken.getsockname()[1])
    assert "cannot be used (Address already in use). Give another --host or --port." in sentence
    assert said == []
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "data").write_text("a file")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "the folder cannot be written (Not a directory). Give another --data-dir" in refused(settings(tmp_path), port)[0]


def test_a_folder_has_one_schedule_at_a_time(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place = Place("127.0.0.1", port, tmp_path / "data" / "prefect")
    place.home.mkdir(parents=True)
    with only_one(place):
        assert "another `nightdesk schedule` works with this folder" in refused(settings(tmp_path), port)[0]
    with only_one(place):
        pass  # the lock is free again


def test_the_server_forgets_runs_with_their_files_unless_it_is_told_otherwise(tmp_path, monkeypatch):
    place = Place("127.0.0.1", 4300, tmp_path)
    env = environment_of(settings(tmp_path, keep_runs_days=30), place)
    names = [f"PREFECT_SERVER_SERVICES_DB_VACUUM_{name}" for name in ("ENABLED", "RETENTION_PERIOD")]
    assert [env[name] for name in names] == ["events,flow_runs", "2592000"]
    monkeypatch.setenv(names[1], "7200")
    assert environment_of(settings(tmp_path), place)[names[1]] == "7200"


def test_a_log_that_has_become_long_begins_anew_and_its_writers_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.scheduling.LOG_BYTES_MAX", 100)
    with open(tmp_path / "schedule.log", "a") as log, subprocess.Popen(["sh", "-c", "echo $0; read _; echo after", "x" * 200], stdin=subprocess.PIPE, stdout=log) as part:
        wait_for(lambda: (tmp_path / "schedule.log").stat().st_size > 100, 30)
        cut(log)
        assert (tmp_path / "schedule.log").read_bytes() == b""
        part.communicate(b"\n")
    assert (tmp_path / "schedule.log").read_text() == "after\n"
    assert (tmp_path / "schedule.log.1").read_text() == "x" * 200 + "\n"


# ---------------------------------------------------------------- examples


def values_of(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_names_the_folders_of_this_schedule(tmp_path):
    unit = values_of(printed("systemd", settings(tmp_path), "127.0.0.1", 4300))
    assert unit["ExecStart"] == [f"{sys.executable} -m flows.cli schedule --host 127.0.0.1 --port 4300"]
    assert unit["WorkingDirectory"] == [str(ROOT)]
    assert unit["ReadWritePaths"] == [str(tmp_path / "data")]
    assert unit["Environment"] == ["NIGHTDESK_CONTACT=desk@example.org", f"NIGHTDESK_DATA_DIR={tmp_path}/data", f"NIGHTDESK_OUTLETS_DIR={SAMPLE_OUTLETS}"]


@pytest.mark.parametrize(("text", "word"), [
    ("/srv/news", "/srv/news"), ("/srv/my news", '"/srv/my news"'), ("100%", "100%%"), ('say "a"', '"say \\"a\\""'), ("back\\slash", '"back\\\\slash"'),
])
def test_words_of_a_unit_are_quoted_where_they_must_be(text, word):
    assert unit_word(text) == word


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("name", ["news", AWKWARD])
def test_systemd_finds_no_fault_in_the_unit(tmp_path, name):
    unit = tmp_path / "nightdesk.service"
    unit.write_text(printed("systemd", settings(tmp_path / name), "127.0.0.1", 4300))
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (found.returncode, [line for line in found.stderr.splitlines() if "nightdesk.service" in line]) == (0, [])


def test_the_compose_file_mounts_the_folders_and_listens_on_this_machine_only(tmp_path):
    written = yaml.safe_load(printed("compose", settings(tmp_path / AWKWARD, contact="desk: $5"), "127.0.0.1", 4300))
    service = written["services"]["nightdesk"]
    mounts = {each["target"]: (each["source"].replace("$$", "$"), each.get("read_only", False)) for each in service["volumes"]}
    assert mounts == {
        "/nightdesk": (str(ROOT), True), "/outlets": (str(SAMPLE_OUTLETS), True), "/data": (f"{tmp_path}/{AWKWARD}/data", False),
        "/packages": ("packages", False),
    }
    assert service["environment"] == {"NIGHTDESK_CONTACT": "desk: $$5", "NIGHTDESK_DATA_DIR": "/data", "NIGHTDESK_OUTLETS_DIR": "/outlets"}
    assert service["ports"] == ["127.0.0.1:4300:4300"]
    assert service["command"].rstrip().endswith('-m flows.cli schedule --host 0.0.0.0 --port 4300"')


def test_every_example_has_its_file():
    assert {f"{name}.txt" for name in EXAMPLES} == {path.name for path in (ROOT / "flows" / "examples").iterdir()}

