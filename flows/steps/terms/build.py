"""Re-makes the place and actor tables of this folder from a folder with the reference CSVs.

    python flows/steps/terms/build.py REFERENCE_FOLDER

`places.csv` is written anew; actors and aliases that people added here, and aliases that they switched off (`use` = no), stay.
README.md names the sources and licences.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE_COLUMNS = ["pcode", "level", "name", "name_my", "parent_pcode", "admin1_pcode", "township_pcode", "latitude", "longitude"]
PLACE_ALIAS_COLUMNS = ["pcode", "alias", "language", "source", "use"]
ACTOR_COLUMNS = ["actor_id", "kind", "name", "name_my", "name_my_status", "abbreviation", "ucdp_id", "side", "home"]
ACTOR_ALIAS_COLUMNS = ["actor_id", "alias", "language", "kind", "use"]
# MIMU codes Bago and Shan in parts; newspapers write of the whole. The whole has no code of its own, so the range stands for it.
WHOLE_STATES = [
    {"pcode": "MMR007-008", "level": "state", "name": "Bago", "name_my": "ပဲခူးတိုင်းဒေသကြီး", "parent_pcode": "MMR", "admin1_pcode": "MMR007"},
    {"pcode": "MMR014-016", "level": "state", "name": "Shan", "name_my": "ရှမ်းပြည်နယ်", "parent_pcode": "MMR", "admin1_pcode": "MMR014"},
]
ORGANIZATIONS = {"political organisation", "movement"}
BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")
NOT_A_SPELLING = re.compile(r"^(?:East|West|North|South|Seikkan|3|.*SA[ZD])$|^[\u1000-\u109f ]*(?:ပိုင်း|ဒေသ ?.*|တောင်|မြောက်|အရှေ့|အနောက်|ဆိပ်ကမ်း)$")


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, none where the file does not exist."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_rows(path: Path, columns: list[str], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def second_spellings(place: dict[str, str]) -> list[dict[str, str]]:
    """Aliases out of a bracketed name: 'Pangsang (Panghkam)' is known by both; directions and zone names in brackets are none."""
    rows = []
    for column, language in (("name", "en"), ("name_my", "my")):
        inside = BRACKETS.findall(place[column])
        outside = BRACKETS.sub("", place[column])
        if inside and not any(NOT_A_SPELLING.match(part) for part in inside):
            rows += [
                {"pcode": place["pcode"], "alias": part, "language": language, "source": "MIMU", "use": "yes"}
                for part in (outside, *inside)
            ]
    return rows


def merged(old: list[dict[str, str]], new: list[dict[str, str]], id_column: str) -> list[dict[str, str]]:
    """Old rows first and unchanged, then new ones whose id and alias are not there yet."""
    seen = {(row[id_column], row["alias"]) for row in old}
    out = list(old)
    for row in new:
        if (row[id_column], row["alias"]) not in seen:
            seen.add((row[id_column], row["alias"]))
            out.append(row)
    return sorted(out, key=lambda row: (row[id_column], row["language"], row["alias"]))


def build(reference: Path, folder: Path = HERE) -> None:
    """Writes the four files into the folder."""
    places = [row for row in read_rows(reference / "places.csv") if row["name"]]
    write_rows(folder / "places.csv", PLACE_COLUMNS, [*WHOLE_STATES, *places])
    aliases = [{**row, "source": row["seen_in"], "use": "yes"} for row in read_rows(reference / "place_aliases.csv")]
    aliases += [row for place in places for row in second_spellings(place)]
    write_rows(folder / "place_aliases.csv", PLACE_ALIAS_COLUMNS, merged(read_rows(folder / "place_aliases.csv"), aliases, "pcode"))
    known = read_rows(folder / "actors.csv")
    homes = {row["actor_id"]: row["home"] for row in known}
    listed = read_rows(reference / "actors.csv")
    actors: list[dict[str, str]] = [
        {**row, "kind": "organization" if row["kind"] in ORGANIZATIONS else "armed_group", "home": homes.get(row["actor_id"], "")}
        for row in listed
    ]
    # Actors that people added here stay, behind those of the reference.
    actors += [row for row in known if row["actor_id"] not in {row["actor_id"] for row in listed}]
    write_rows(folder / "actors.csv", ACTOR_COLUMNS, actors)
    names = [{**row, "use": "yes"} for row in read_rows(reference / "actor_aliases.csv")]
    write_rows(folder / "actor_aliases.csv", ACTOR_ALIAS_COLUMNS, merged(read_rows(folder / "actor_aliases.csv"), names, "actor_id"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: build.py REFERENCE_FOLDER (with places.csv, place_aliases.csv, actors.csv, actor_aliases.csv)")
    build(Path(sys.argv[1]))
