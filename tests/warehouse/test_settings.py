"""Where a setting comes from, and what a settings file may hold."""

from pathlib import Path

import pytest

from warehouse.errors import AskedWrongly
from warehouse.settings import Settings, read_file, settings_with, source_of


@pytest.fixture(autouse=True)
def no_settings_of_the_person_who_runs_the_tests(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"NIGHTDESK_{name.upper()}", raising=False)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.chdir(tmp_path)


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "nightdesk.toml").write_text(text)
    return folder


def test_the_file_of_the_data_folder_is_used_and_the_environment_wins(tmp_path, monkeypatch):
    folder = write(tmp_path / "news", 'contact = "desk@example.org"\nworkers = 3\nprefect_api_url = "http://127.0.0.1:4200/api"\n')
    monkeypatch.setenv("NIGHTDESK_WORKERS", "5")
    settings = settings_with(folder)
    assert (settings.contact, settings.workers, settings.prefect_api_url) == ("desk@example.org", 5, "http://127.0.0.1:4200/api")
    sources = {name: source_of(settings, name) for name in ("contact", "workers", "prefect_api_url", "pages_per_run", "data_dir")}
    assert sources == {"contact": "nightdesk.toml", "workers": "environment", "prefect_api_url": "nightdesk.toml", "pages_per_run": "default",
                       "data_dir": "command line"}


def test_the_file_is_found_through_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("NIGHTDESK_DATA_DIR", str(write(tmp_path / "news", "recheck_days = 2\n")))
    settings = settings_with()
    assert settings.recheck_days == 2
    assert source_of(settings, "data_dir") == "environment"


def test_a_file_in_the_working_folder_is_none_of_ours(tmp_path):
    (tmp_path / "nightdesk.toml").write_text("recheck_days = 2\n")
    assert settings_with().recheck_days == 7


@pytest.mark.parametrize(("text", "said"), [
    ('contakt = "a"\n', "contakt is no setting. Did you mean contact?"),
    ('data_dir = "elsewhere"\n', "cannot stand in the folder that it names"),
    ("workers = \n", "cannot be read as settings"),
    ('workers = "many"\n', "workers in .*/news/nightdesk.toml = 'many'"),
    ("[workers]\nof = 2\n", "workers in .*/news/nightdesk.toml"),
    ("prefect_api_url = 3\n", "prefect_api_url in .*/news/nightdesk.toml = 3"),
])
def test_what_cannot_be_used_is_said_in_one_sentence(tmp_path, text, said):
    with pytest.raises(AskedWrongly, match=said.replace("?", r"\?")):
        settings_with(write(tmp_path / "news", text))


def test_a_value_of_the_environment_that_cannot_be_used_is_named_as_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("NIGHTDESK_WORKERS", "-1")
    monkeypatch.setenv("NIGHTDESK_DATA_DIR", str(tmp_path / "news"))
    write(tmp_path / "news", 'workers = 2\nlog = "xml"\n')
    with pytest.raises(AskedWrongly, match=r"NIGHTDESK_WORKERS = '-1': .*; log in .*/news/nightdesk.toml = 'xml'"):
        settings_with()


def test_a_file_that_is_no_text_is_said(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "nightdesk.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(AskedWrongly):
        settings_with(folder)


def test_places_for_messages_are_never_shown(tmp_path):
    settings = settings_with(write(tmp_path / "news", 'notify = "ntfy://someone:secret@ntfy.example/topic"\n'))
    assert "secret" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert read_file(tmp_path / "nowhere" / "nightdesk.toml") == {}
