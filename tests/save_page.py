"""Makes a case for test_outlet_pages.py: python tests/save_page.py PAGE.html OUTLET_ID URL SLUG

Copies the page to tests/outlets/OUTLET_ID/SLUG/ and writes what is read from it now into expected.toml. Read that file line by line before you
commit it: it must say what the page says, not what the program makes of it. Run it again to accept a changed reading of a saved page.
Pages are written by us in the layout of the outlet; another's page does not go into this repository.
"""

import json
import sys
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

from crawlers.outlet import read_outlet
from flows.steps.extract import extract
from warehouse.records import Extracted, Page, Rejected

ROOT = Path(__file__).parent
LEFT_OUT = {"candidates", "extractor", "date_published", "date_modified"}  # moments follow from day, precision and zone


def toml_value(value):
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def image_line(image):
    parts = {"url": image.url, "caption": image.caption, "credit": image.credit}
    return "{ " + ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in parts.items() if value is not None) + " }"


def expected_toml(url: str, fetched_at: datetime, found: Extracted) -> str:
    lines = [f"url = {json.dumps(url)}", f"fetched_at = {fetched_at:%Y-%m-%dT%H:%M:%SZ}", "", "[expected]"]
    for name in (field.name for field in fields(found)):
        value = getattr(found, name)
        if name in LEFT_OUT or name in ("body", "images") or value is None:
            continue
        lines.append(f"{name} = {toml_value(value)}")
    lines.append(f"images = [{', '.join(map(image_line, found.images))}]")
    body = found.body.replace("\\", "\\\\").replace('"""', '""\\"')
    return "\n".join([*lines, f'body = """\n{body}"""', ""])


def main() -> int:
    if len(sys.argv) != 5:
        print(__doc__.strip())
        return 2
    page_file, outlet_id, url, slug = Path(sys.argv[1]), *sys.argv[2:]
    outlet, faults = read_outlet(ROOT.parent / "crawlers" / "outlets" / f"{outlet_id}.toml")
    if outlet is None:
        print(*faults, sep="\n", file=sys.stderr)
        return 2
    body, fetched_at = page_file.read_bytes(), datetime.now(UTC).replace(microsecond=0)
    found = extract(Page(url, url, body, "text/html", fetched_at), outlet.rules)
    if isinstance(found, Rejected):
        print(f"{page_file}: not read as an article: {found.reason}. {found.detail}", file=sys.stderr)
        return 1
    folder = ROOT / "outlets" / outlet_id / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.html").write_bytes(body)
    (folder / "expected.toml").write_text(expected_toml(url, fetched_at, found), encoding="utf-8")
    print(f"{folder}/expected.toml: read it line by line, then run .venv/bin/pytest tests/test_outlet_pages.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
