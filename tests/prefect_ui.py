"""`python tests/prefect_ui.py DIR`: what a person sees of a night in the browser, photographed.

Brings up `nightdesk schedule`, lets a worker run a night of the sample world, and photographs the dashboard, the deployments, the run with its
graph, and its artifacts in a headless Chromium. Each page must show what is looked for, and nothing may be asked of another machine. It needs
Chromium and its driver for Python, which are no part of the pinned set:

    apt-get install chromium && .venv/bin/uv pip install playwright
    python tests/prefect_ui.py photographs
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from loopback.scheduled import ROOT, Schedule, scheduled

from crawlers.sample_world.server import serve
from crawlers.sample_world.world import NIGHTS

OUTLETS = ROOT / "crawlers" / "sample_world" / "outlets"
SIZE = {"width": 1400, "height": 1000}
SHOWN_MS = 30_000


@dataclass(frozen=True)
class Photograph:
    """A page of the UI, and words that must stand on it."""

    name: str
    path: str
    words: tuple[str, ...]


def pages_of(run_id: str, artifacts: dict[str, str]) -> list[Photograph]:
    run = f"/runs/flow-run/{run_id}"
    return [
        Photograph("dashboard", "/dashboard", ("Flow Runs",)),
        Photograph("deployments", "/deployments", ("nightly", "maintenance", "backfill", "reprocess")),
        Photograph("run", run, ("nightly 2026-03-02 19:00 UTC, all outlets", "Completed", "check and publish")),
        Photograph("automations", "/automations", ("nightdesk: runs without a sign of life",)),
        Photograph("artifact_outlets", f"/artifacts/artifact/{artifacts['nightly-outlets']}", ("delta_ferry_news", "naga_hills_post")),
        Photograph("artifact_attention", f"/artifacts/artifact/{artifacts['nightly-attention']}", ("nightly completed",)),
    ]


def night(schedule: Schedule, folder: Path) -> tuple[str, dict[str, str]]:
    """A run of the night, and its artifacts by key."""
    run_id = schedule.start("nightly", data_dir=str(folder / "data"), outlets_dir=str(OUTLETS))
    ended = schedule.ended(run_id)
    assert ended["state_name"] == "Completed", ended["state"]
    found = schedule.ask("artifacts/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
    return run_id, {artifact["key"]: artifact["id"] for artifact in found}


def photograph(browser: Any, base: str, each: Photograph, out: Path) -> list[str]:
    """Takes the picture; gives back what is missing on the page, and requests that left the machine."""
    page, faults = browser.new_page(viewport=SIZE), []
    page.on("request", lambda request: faults.append(f"asked {request.url}") if is_elsewhere(request.url) else None)
    page.goto(base + each.path)
    for words in each.words:
        try:
            page.get_by_text(words).first.wait_for(timeout=SHOWN_MS)
        except Exception as error:  # noqa: BLE001 - the driver's own time-out; whatever it is, the words are not there
            faults.append(f"{each.name} does not show {words!r} ({type(error).__name__})")
    page.wait_for_timeout(1500)
    page.screenshot(path=str(out / f"{each.name}.png"))
    page.close()
    return faults


def is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="DIR")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser")
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    given.out.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as temporary, serve() as world:
        folder = Path(temporary)
        settings = {"NIGHTDESK_PROXY_URL": world.proxy_url, "NIGHTDESK_WORKERS": "1", "NIGHTDESK_NOW": NIGHTS[0].isoformat()}
        with scheduled(folder, folder / "schedule", **settings) as schedule, sync_playwright() as driver:
            run_id, artifacts = night(schedule, folder)
            browser = driver.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
            photographs = pages_of(run_id, artifacts)
            for each in photographs:
                faults += photograph(browser, schedule.api_url.removesuffix("/api"), each, given.out)
            browser.close()
    print("\n".join(faults) or f"{len(photographs)} pages photographed in {given.out}; nothing was asked of another machine")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
