"""Every saved page under tests/outlets/<outlet_id>/<slug>/ is read as its expected.toml says."""

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from crawlers.outlet import read_outlet
from flows.steps.extract import extract
from warehouse.records import Extracted, Page

ROOT = Path(__file__).parent
OUTLETS = ROOT.parent / "crawlers" / "outlets"
CASES = sorted(path.parent for path in ROOT.glob("outlets/*/*/expected.toml"))


def read_case(folder):
    """(what the page is read as, what is expected of it)."""
    case = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    outlet, faults = read_outlet(OUTLETS / f"{folder.parent.name}.toml")
    assert outlet is not None, faults
    page = Page(case["url"], case["url"], (folder / "page.html").read_bytes(), "text/html", case["fetched_at"])
    return extract(page, outlet.rules), case["expected"]


def as_written(name, value):
    """A field as expected.toml writes it."""
    if name == "images":
        return [{key: each for key, each in asdict(image).items() if key != "position" and each is not None} for image in value]
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_saved_page_is_read_as_expected(folder):
    found, expected = read_case(folder)
    where = f"{folder.parent.name}/{folder.name}"
    assert isinstance(found, Extracted), f"{where}: the page was rejected: {found}"
    differences = []
    for name, wanted in expected.items():
        wanted = wanted.removeprefix("\n") if name == "body" else wanted
        got = as_written(name, getattr(found, name))
        if got != wanted:
            differences.append(f"{where}: {name}\n  expected {wanted!r}\n  found    {got!r}")
    outlet_id, slug = folder.parent.name, folder.name
    accept = f"python tests/save_page.py tests/outlets/{where}/page.html {outlet_id} URL {slug}"
    advice = f"If the page really says what was found, accept it with: {accept}\nElse mend flows/steps or the outlet's file."
    assert not differences, "\n".join([*differences, advice])


def test_every_shipped_outlet_has_a_saved_page():
    missing = {path.stem for path in OUTLETS.glob("*.toml")} - {folder.parent.name for folder in CASES}
    assert not missing, f"Save a page as tests/outlets/<outlet_id>/<slug>/page.html with its expected.toml for: {', '.join(sorted(missing))}"
