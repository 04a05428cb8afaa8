"""Armed groups and organisations: abbreviations and general words only where the text makes them sure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.steps.tag import RULES_VERSION, TextToTag, known_entities, tag

ROOT = Path(__file__).resolve().parents[2]


def groups(body, **fields):
    usual = {
        "headline": None,
        "description": None,
        "captions": "",
        "language": "en",
        "outlet_id": "sample_daily",
        "dateline_place": None,
        "published_on": None,
    }
    return [(m.text, m.entity_id) for m in tag(TextToTag(body=body, **(usual | fields))).mentions if m.kind != "place"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The Arakan Army (AA) spoke. The AA left.", [("Arakan Army", "AA"), ("AA", "AA"), ("AA", "AA")]),
        ("The Arakkha Army left.", [("Arakkha Army", "AA")]),
        ("The Karenni Nationalities Defense Force left.", [("Karenni Nationalities Defense Force", "KNDF")]),
        ("The AA holds Minbya and Kyauktaw.", [("AA", "AA")]),  # its own state and two signs of Myanmar
        ("The AA holds Lashio and Muse Township.", []),  # not its state
        ("TNLA troops entered.", [("TNLA", "TNLA")]),
        ("Two AA batteries were stolen in Sittwe and Minbya.", []),
        ("The Automobile Association (AA) towed a car from Sittwe to Minbya. The AA said so.", []),
        ("Download the PDF.", []),
        ("The PDF file lists homes in Kanbalu and Shwebo.", []),
        ("PDF fighters left Kanbalu for Shwebo.", [("PDF", "PDF")]),
        ("Kanbalu PDF and the People’s Defence Force - Katha met.", [("PDF", "PDF"), ("People’s Defence Force", "PDF")]),
        ("The AA, TNLA and MNDAA met.", [("AA", "AA"), ("TNLA", "TNLA"), ("MNDAA", "MNDAA")]),  # a list with sure ones
        ("The AA met. Later TNLA and MNDAA left.", [("TNLA", "TNLA"), ("MNDAA", "MNDAA")]),
        ("In Sittwe and Minbya the SAC-M spoke of the SAC.", [("SAC", "MM-MIL")]),  # the Special Advisory Council is another body
        ("The Karen National Union (KNU) met. The KNU-PC left.", [("Karen National Union", "KNU"), ("KNU", "KNU")]),
        ("The National Unity Government (NUG) spoke.", [("National Unity Government", "NUG"), ("NUG", "NUG")]),
    ],
)
def test_names_abbreviations_and_what_only_looks_like_them(body, expected):
    assert groups(body) == expected


def test_an_outlet_may_use_the_bare_abbreviation_that_its_readers_know():
    assert groups("The AA has closed the road.", outlet_id="dmg_en") == [("AA", "AA")]
    assert groups("The AA has closed the road.") == []
    assert groups("Two AA batteries were stolen.", outlet_id="dmg_en") == []


def test_a_new_word_is_one_line_of_csv(tmp_path):
    """In a copy of the project, as the vocabularies are data of the package."""
    for package in ("flows", "warehouse"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "from flows.steps.tag import TextToTag, rules_version, tag\n"
        "text = TextToTag(None, None, 'The Kaladan River Guard left.', '', 'en', 'sample_daily', None, None)\n"
        "print([(m.text, m.entity_id) for m in tag(text).mentions], rules_version())"
    )
    run = [sys.executable, "-c", program]
    before = subprocess.run(run, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True).stdout
    with (tmp_path / "flows" / "steps" / "terms" / "actor_aliases.csv").open("a", encoding="utf-8") as lines:
        lines.write("AA,Kaladan River Guard,en,name,yes\n")
    after = subprocess.run(run, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True).stdout
    assert before.startswith("[] ")
    assert after.startswith("[('Kaladan River Guard', 'AA')] ")
    assert before.split()[-1] != after.split()[-1], "the version of the rules names the words"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Junta troops shelled Pauktaw and Minbya.", ["Junta troops"]),
        ("Jets bombed Pauktaw and Minbya.", ["Jets"]),
        ("In Pauktaw and Minbya the military balance changed.", []),
        ("In Pauktaw and Minbya the military said nothing.", ["the military"]),
        ("The regime in Tehran and the military said the junta in Niamey fell.", []),
        ("The Pentagon said the military would send fighter jets.", []),
        ("Myanmar's military denied it.", ["Myanmar's military"]),
    ],
)
def test_general_words_for_the_state_forces_need_a_text_about_myanmar(body, expected):
    assert groups(body) == [(text, "MM-MIL") for text in expected]


def test_burmese_names_are_found_with_particles_attached():
    body = "အာရက္ခတပ်တော် (AA) က စစ်ကောင်စီတပ်ကို တိုက်ခိုက်သည်။ AAက သိမ်းသည်။"
    assert groups(body, language="my") == [("အာရက္ခတပ်တော်", "AA"), ("AA", "AA"), ("စစ်ကောင်စီတပ်", "MM-MIL"), ("AA", "AA")]


def test_political_bodies_are_no_armed_groups():
    kinds = {entity.entity_id: entity.kind for entity in known_entities()}
    assert [kinds[body] for body in ("NUG", "KNU", "CDM", "KNLA")] == ["organization", "organization", "organization", "armed_group"]


def test_known_entities_are_unique_and_carry_what_was_verified_only():
    entities = known_entities()
    by_id = {entity.entity_id: entity for entity in entities}
    assert len(by_id) == len(entities) > 1000
    assert (by_id["AA"].ucdp_id, by_id["PDF"].ucdp_id, by_id["AA"].wikidata_id) == (3051, None, None)
    assert (by_id["MMR012003"].name, by_id["MMR012003"].admin1_pcode) == ("Mrauk-U", "MMR012")
    assert (by_id["MMR007-008"].pcode, by_id["MMR007-008"].admin1_pcode) == (None, "MMR007")


def test_the_rules_version_names_rules_and_terms():
    number, digest = RULES_VERSION.split("-")
    assert (number.isdigit(), len(digest)) == (True, 12)
