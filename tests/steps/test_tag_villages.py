"""Villages: the list built from a file in the form of the public package, and what is tagged with it. All names are invented."""

import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from flows.steps.tag import TextToTag
from flows.steps.taggers.evidence import read
from flows.steps.taggers.places import without_villages
from flows.steps.taggers.reading import Reading
from flows.steps.taggers.villages import read_villages, with_villages

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path("flows") / "steps" / "terms" / "build_villages.py"
BOGALE, MINBYA = "MMR017024", "MMR012005"
VILLAGES = [
    (900001, BOGALE, "Zin Gyi Lwe", "ဇင်ကြီးလွဲ", 16.2, 95.4),
    (900002, BOGALE, "Ta Nyin Lel", "တညင်းလယ်", None, None),
    (900003, BOGALE, "Ma Yan Kwin", None, 16.3, 95.5),
    (900004, BOGALE, "Ma Yan Kwin", None, 16.4, 95.6),
    (900005, MINBYA, "Zin Gyi Lwe", "ဇင်ကြီးလွဲ", 20.3, 93.2),
    (900006, "MMR999999", "Lost Place", None, None, None),  # a township that places.csv does not have
    (900007, BOGALE, None, "ကျ", None, None),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with the list built from a wheel of the package's form, as the list is data of the package."""
    folder = tmp_path_factory.mktemp("project")
    for package in ("flows", "warehouse"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "villages.csv"))
    with closing(sqlite3.connect(folder / "made.db")) as database:
        database.execute("create table villages (village_pcode integer, township_pcode text, village_eng text, village_mmr text, latitude real, longitude real)")
        database.executemany("insert into villages values (?, ?, ?, ?, ?, ?)", VILLAGES)
        database.commit()
    with zipfile.ZipFile(folder / "made-0.0-py3-none-any.whl", "w") as wheel:
        wheel.write(folder / "made.db", "made/database/made.db")
        wheel.writestr("made/__init__.py", "raise SystemExit('nothing of the package is run')")
    return folder


def build(project, file):
    return subprocess.run([sys.executable, BUILD, file], cwd=project, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def listed(project):
    done = build(project, "made-0.0-py3-none-any.whl")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("5 villages in ")
    assert "2 rows without a name or a known township left out" in done.stdout
    return read_villages((project / "flows" / "steps" / "terms" / "villages.csv").read_text(encoding="utf-8"))


def reading_of(body, language="en") -> Reading:
    return read(TextToTag(None, None, body, "", language, "sample_daily", None, None))


def villages(body, listed, language="en"):
    reading = reading_of(body, language)
    found = with_villages(reading, list(without_villages(reading)), listed)
    return [(one.text, one.entity_id) for one in found if not (one.entity_id or "").startswith("MMR")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Shells fell on Zin Gyi Lwe village in Bogale Township.", [("Zin Gyi Lwe village", "900001")]),
        ("Shells fell on Zin Gyi Lwe village in Minbya Township.", [("Zin Gyi Lwe village", "900005")]),
        ("Residents fled to Bogale. In Zingyilwe Village two homes burned.", [("Zingyilwe Village", "900001")]),
        ("In Bogale Township's Ta Nyin Lel and Zin Gyi Lwe villages homes burned.", [("Ta Nyin Lel", "900002"), ("Zin Gyi Lwe villages", "900001")]),
        ("The village of Ta Nyin Lel in Bogale Township burned.", [("Ta Nyin Lel", "900002")]),
        ("Residents of Ta Nyin Gone village in Bogale Township fled.", []),  # another sound: not listed
        ("A column entered Zin Gyi Lwe village of Bogale Township, then Minbya Township.", [("Zin Gyi Lwe village", None)]),  # one in each
        ("Ma Yan Kwin village in Bogale Township burned.", [("Ma Yan Kwin village", None)]),  # two of one name
    ],
)
def test_a_village_wants_its_level_word_and_its_township(body, expected, listed):
    assert villages(body, listed) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Shells fell on Zin Gyi Lwe in Bogale Township.",  # bare
        "Shells fell on Zin Gyi Lwe village in Ayeyarwady Region.",  # only its state
        "Shells fell on Zin Gyi Lwe village.",
        "Two villages of Bogale Township burned.",
        "Lost Place village in Bogale Township burned.",
    ],
)
def test_a_bare_name_and_a_name_without_its_township_are_no_village(body, listed):
    assert villages(body, listed) == []


def test_a_spelling_of_the_same_sound_is_less_sure(listed):
    reading = reading_of("Residents of Zin Gyee Lwe village in Bogale Township fled.")
    (one,) = (one for one in with_villages(reading, list(without_villages(reading)), listed) if one.entity_id == "900001")
    assert (one.text, one.rule, one.confidence) == ("Zin Gyee Lwe village", "village_of_that_sound_in_its_township", 0.7)


def test_burmese_villages_end_with_their_level_word_and_tracts_are_none(listed):
    body = "ဘိုကလေးမြို့နယ်ရှိတညင်းလယ်ကျေးရွာကို ပစ်ခတ်ခဲ့သည်။ ဇင်ကြီးလွဲကျေးရွာ မီးလောင်သည်။ တညင်းလယ်ကျေးရွာအုပ်စု။ တညင်းလယ်။"
    assert villages(body, listed, "my") == [("တညင်းလယ်ကျေးရွာ", "900002"), ("ဇင်ကြီးလွဲကျေးရွာ", "900001")]


def test_the_built_list_is_used_by_the_taggers_and_its_villages_are_entities(project, listed):
    program = (
        "from flows.steps.tag import TextToTag, known_entities, rules_version, tag\n"
        "text = TextToTag(None, None, 'Zin Gyi Lwe village in Bogale Township burned.', '', 'en', 'sample_daily', None, None)\n"
        "one = next(one for one in known_entities() if one.entity_id == '900001')\n"
        "print([m.entity_id for m in tag(text).mentions], one.admin1_pcode, one.latitude, rules_version())"
    )
    environment = os.environ | {"PYTHONPATH": str(project)}
    done = subprocess.run([sys.executable, "-c", program], cwd=project, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("['900001', 'MMR017024'] MMR017 16.2 ")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda file: file.write_bytes(b"no database"), "cannot be read as the database of mm-geo-coder 0.2.1"),
        (lambda file: zipfile.ZipFile(file, "w").close(), "holds 0 database files"),
        (lambda file: sqlite3.connect(file).close(), "no such table: villages"),
        (lambda file: None, "unable to open database file"),
    ],
)
def test_another_file_is_refused_in_a_sentence(project, tmp_path, write, said):
    write(tmp_path / "file")
    done = build(project, tmp_path / "file")
    assert done.returncode == 1
    assert said in done.stderr
    assert "pip download" in done.stderr
    assert "Traceback" not in done.stderr
