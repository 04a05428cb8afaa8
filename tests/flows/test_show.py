"""`nightdesk show`: one article as a person reads it."""

import json
import os
import subprocess
import sys

import duckdb
import pytest

from flows.layout import columns_of, labelled, wrapped


def nightdesk(*words, data_dir, columns: int = 80) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))} | {"COLUMNS": str(columns)}
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def row_of(demo_world, where: str) -> dict:
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        return connection.execute(f"select * from articles where {where} order by article_id limit 1").to_arrow_table().to_pylist()[0]


def test_an_article_is_shown_with_its_text_date_copies_and_tags(demo_world):
    article = row_of(demo_world, "headline like 'Young herders wounded%'")
    shown = nightdesk("show", article["article_id"], data_dir=demo_world.data_dir).stdout
    assert shown.startswith("Young herders wounded as mine explodes on daily path in Buthidaung\n\nResidents of northern Arakan ask")
    assert "\nPublished     Tuesday 3 March 2026, 01:55 Asia/Yangon (exact to the second; from\n              feed)\n" in shown
    assert "\nOutlet        Borderland Network (borderland_network, TH)\n" in shown
    assert f"\nAddress       {article['url']}\n" in shown
    assert "\n  original    Kaladan Shore Journal, 2026-03-01: Two buffalo herders injured by\n" in shown
    assert "\nwounds in both legs." not in shown
    assert "\n  Places      Buthidaung (" in shown
    assert " ".join(article["body"].split()) in " ".join(shown.split())
    assert shown.endswith(f"nightdesk why {article['article_id']}\n")


@pytest.mark.parametrize("where", ["language = 'my'", "language = 'en'", "version = 2"])
def test_no_line_of_text_is_wider_than_the_terminal(demo_world, where):
    shown = nightdesk("show", row_of(demo_world, where)["article_id"], data_dir=demo_world.data_dir).stdout
    assert [line for line in shown.splitlines() if columns_of(line) > 80 and "http" not in line] == []


def test_json_holds_the_row_and_what_belongs_to_it(demo_world):
    article = row_of(demo_world, "version = 2")
    shown = json.loads(nightdesk("show", "--json", article["article_id"], data_dir=demo_world.data_dir).stdout)
    assert (shown["article_id"], shown["body"], shown["outlet"]["outlet_id"]) == (article["article_id"], article["body"], article["outlet_id"])
    assert [each["version"] for each in shown["versions"]] == [1, 2]
    assert all(each["text"] in f"{article['headline']}\n{article['description']}\n{article['body']}" for each in shown["figures"])


def test_first_digits_and_every_spelling_of_the_address_name_the_article(demo_world):
    article = row_of(demo_world, "outlet_id = 'kaladan_journal_my'")
    with_others = article["url"].replace("http://", "https://www.") + "?utm_source=x#top"
    for asked in (article["article_id"][:8], article["article_id"].upper(), article["url"], with_others):
        shown = nightdesk("show", "--json", asked, data_dir=demo_world.data_dir)
        assert json.loads(shown.stdout)["article_id"] == article["article_id"], shown.stderr


@pytest.mark.parametrize(("asked", "sentence"), [
    ("ffff0000ffff0000", "nightdesk: There is no article ffff0000ffff0000 in the published file. The table articles lists all, with their ids and addresses.\n"),
    ("http://kaladanshorejournal.example/none", "nightdesk: There is no article http://kaladanshorejournal.example/none in the published file. The table articles lists all, with their ids and addresses.\n"),
    ("abc", "nightdesk: 'abc' is too short for an id. Give at least its first 4 digits.\n"),
    ("Buthidaung", "nightdesk: 'buthidaung' is neither the id of an article (16 digits and letters a to f, or the first of them) nor an http address.\n"),
])
def test_what_names_no_article_ends_with_one_sentence(demo_world, asked, sentence):
    done = nightdesk("show", asked, data_dir=demo_world.data_dir)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_lines_break_between_words_and_between_burmese_syllables():
    assert wrapped("one two three four five", 20) == ["one two three four", "five"]
    assert wrapped("ကြောင်းကြောင်းကြောင်းကြောင်းကြောင်းကြောင်း", 20)[1].startswith("ကြောင်း")
    assert labelled("Label", "a" * 15 + " " + "b" * 15, 34) == ["Label         aaaaaaaaaaaaaaa", "              bbbbbbbbbbbbbbb"]


def test_what_an_outlet_writes_cannot_steer_the_terminal():
    assert wrapped("red \x1b[31malert\u202e", 40) == ["red [31malert"]
