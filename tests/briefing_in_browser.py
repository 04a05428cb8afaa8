"""Opens morning pages in headless Chromium and says what went wrong: console errors, requests, dialogs, scripts of outlets, axe-core's findings.

    pip install playwright axe-playwright-python      # and a Chromium of the system, such as Debian's package chromium
    python tests/briefing_in_browser.py               # invented days: ordinary, empty, all failed, first, hostile
    python tests/briefing_in_browser.py PAGE.html...  # pages of your own
    python tests/briefing_in_browser.py --shots DIR   # and a picture of each

Every page is opened from the disk at the size of a desktop and of a phone, in light and dark, and once without scripts. Leaves with 1 where
anything is wrong.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A browser that asks nothing of its own accord; a container has no sandbox for it.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SERIOUS = {"serious", "critical"}


def what_is_missing() -> str:
    """Why pages cannot be opened here; empty where they can."""
    if not any(map(shutil.which, BROWSERS)):
        return "no Chromium on this machine (Debian: apt-get install chromium)"
    missing = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
    return f"not installed: {', '.join(missing)} (pip install playwright axe-playwright-python)" if missing else ""


def axe_source() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec
    assert spec.submodule_search_locations
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=next(filter(None, map(shutil.which, BROWSERS))), args=list(FLAGS))
        yield opened
        opened.close()


@contextmanager
def opened(chromium: Any, path: Path, size: str, scheme: str, faults: list[str], **options: Any) -> Iterator[Any]:
    """The page, with everything that it should not do noted in `faults`."""
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
    page = context.new_page()
    page.on("console", lambda message: faults.append(f"console {message.type}: {message.text[:200]}"))
    page.on("pageerror", lambda error: faults.append(f"error: {str(error)[:200]}"))
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message[:80]}"), dialog.dismiss()))
    page.on("request", lambda request: None if request.url.split("#")[0] == path.as_uri() else faults.append(f"request: {request.url[:200]}"))
    page.on("popup", lambda popup: faults.append(f"window: {popup.url[:200]}"))
    page.goto(path.as_uri())
    yield page
    context.close()


def look(chromium: Any, path: Path, shots: Path | None, *, is_large: bool = False) -> list[str]:
    """What is wrong with the page in any size and scheme."""
    faults: list[str] = []
    for size in SIZES:
        for scheme in ("light", "dark"):
            found: list[str] = []
            with opened(chromium, path, size, scheme, found) as page:
                found += looked_at(page)
                if shots:
                    page.screenshot(path=shots / f"{path.stem}-{size}-{scheme}.png", full_page=not is_large)
                if scheme == "light":
                    found += used(page, size)
                if not is_large or (size, scheme) == ("phone", "dark"):
                    found += accessible(page)
            faults += [f"{size}, {scheme}: {fault}" for fault in found]
    found = []
    with opened(chromium, path, "desktop", "light", found, java_script_enabled=False) as page:
        if page.locator("h1").count() != 1 or any(each.is_visible() for each in page.locator("#filters, button.copy").all()):
            found.append("buttons that do nothing are shown, or no heading")
        page.emulate_media(media="print")
        if shots:
            page.screenshot(path=shots / f"{path.stem}-print.png", full_page=not is_large)
    return faults + [f"without scripts: {fault}" for fault in found]


def looked_at(page: Any) -> list[str]:
    """What stands on the screen: nothing of outlets ran, nothing is wider than the window, nothing hides the headings."""
    found = []
    if page.evaluate("window.hit !== undefined"):
        found.append("a script of an outlet ran")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"wider than the window: {page.evaluate('document.documentElement.scrollWidth')}")
    if page.evaluate("document.querySelectorAll('script').length !== 1 || document.querySelectorAll('iframe, object, embed, img, link, base').length"):
        found.append("elements that are not ours")
    return found


def used(page: Any, size: str) -> list[str]:
    """What a person does: the skip link, opening all queries, each filter, copying."""
    found = []
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip" or page.locator(".skip").bounding_box()["x"] < 0:
        found.append("the first tab does not show the skip link")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    if page.locator("#filters").count():
        found += filtered(page)
    if page.locator("button.copy").count() and size == "desktop":
        button = page.locator("button.copy").first
        button.click()
        page.wait_for_timeout(300)
        if button.inner_text() not in ("Copied", "Selected"):
            found.append("the copy button does nothing")
    page.evaluate("for (const each of document.querySelectorAll('[onfocus], [autofocus]')) each.focus()")
    return found


def filtered(page: Any) -> list[str]:
    """Each filter leaves exactly the rows that carry the value, says how many stories, and is taken back by the button."""
    found = []
    for name, key in (("outlet", "o"), ("language", "l"), ("place", "p"), ("group", "g")):
        values = page.eval_on_selector_all(f"#by-{name} option", "each => each.map(one => one.value).filter(Boolean)")
        for value in values[:3]:
            page.select_option(f"#by-{name}", value)
            wrong = page.evaluate(
                "([key, value]) => [...document.querySelectorAll('[data-o]')].filter(row => row.hidden === (row.dataset[key] || '').split(' ').includes(value)).length",
                [key, value])
            if wrong:
                found.append(f"filter {name} = {value[:40]}: {wrong} rows wrong")
            if " stories fit" not in page.locator("#found").inner_text():
                found.append(f"filter {name} = {value[:40]}: nothing is said")
            page.click("#reset")
    if page.evaluate("[...document.querySelectorAll('[data-o]')].some(row => row.hidden)"):
        found.append("Show all does not show all")
    return found


def accessible(page: Any) -> list[str]:
    """The serious and critical findings of axe-core, whose script the page's policy would not let in: it is run from outside."""
    page.evaluate("for (const each of document.querySelectorAll('details.sql')) each.open = false")
    page.evaluate(axe_source())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"axe: {each['id']} ({each['impact']}), {len(each['nodes'])} times, first {each['nodes'][0]['html'][:160]}"
        for each in result["violations"] if each["impact"] in SERIOUS
    ]


def invented_pages(folder: Path) -> list[Path]:
    """One page a world of tests/briefing/worlds.py."""
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    from briefing import worlds

    from flows.briefing import making
    from warehouse.settings import Settings

    pages = []
    for make in (worlds.busy, worlds.empty, worlds.all_failed, worlds.hostile):
        content = making.read_content(Settings(data_dir=make(folder / make.__name__)), worlds.DAY)
        pages.append(making.write(making.as_html(content), folder / f"{make.__name__}.html"))
    return pages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", type=Path)
    parser.add_argument("--shots", type=Path)
    asked = parser.parse_args()
    if missing := what_is_missing():
        print(f"The pages cannot be opened: {missing}.")
        return 2
    if asked.shots:
        asked.shots.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        for path in [page.resolve() for page in asked.pages] or invented_pages(Path(folder)):
            faults = look(chromium, path, asked.shots, is_large=path.stat().st_size > 1_000_000)
            print(f"{path.name}: {path.stat().st_size:,} bytes, {'all right' if not faults else f'{len(faults)} faults'}")
            print("".join(f"  {fault}\n" for fault in dict.fromkeys(faults)), end="")
            wrong += len(faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
