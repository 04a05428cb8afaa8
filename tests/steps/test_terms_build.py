"""The build of the place and actor tables: what people added stays."""

import csv
import runpy
import shutil
from pathlib import Path

TERMS = Path(__file__).resolve().parents[2] / "flows" / "steps" / "terms"


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_built_again_from_its_own_tables_nothing_changes_and_added_lines_stay(tmp_path):
    reference, folder = tmp_path / "reference", tmp_path / "terms"
    reference.mkdir()
    folder.mkdir()
    for name in ("places.csv", "place_aliases.csv", "actors.csv", "actor_aliases.csv"):
        shutil.copy(TERMS / name, folder / name)
        text = (TERMS / name).read_text(encoding="utf-8").replace("pcode,alias,language,source,use", "pcode,alias,language,seen_in,use")
        text = text.replace(",organization,", ",political organisation,")
        (reference / name).write_text("\n".join(line for line in text.split("\n") if "MMR007-008,state" not in line and "MMR014-016,state" not in line), encoding="utf-8")
    before = {name: rows(folder / name) for name in ("places.csv", "place_aliases.csv", "actors.csv", "actor_aliases.csv")}
    with (folder / "actors.csv").open("a", encoding="utf-8") as lines:
        lines.write("KRG,armed_group,Kaladan River Guard,,,KRG,,non-state,MMR012\n")
    with (folder / "actor_aliases.csv").open("a", encoding="utf-8") as lines:
        lines.write("KRG,River Guard of the Kaladan,en,name,no\n")
    runpy.run_path(str(TERMS / "build.py"))["build"](reference, folder)
    after = {name: rows(folder / name) for name in before}
    assert [row["name"] for row in after["actors.csv"] if row not in before["actors.csv"]] == ["Kaladan River Guard"]
    assert [row["use"] for row in after["actor_aliases.csv"] if row not in before["actor_aliases.csv"]] == ["no"]
    assert [row for row in before["actors.csv"] if row not in after["actors.csv"]] == []
    assert (after["places.csv"], after["place_aliases.csv"]) == (before["places.csv"], before["place_aliases.csv"])
