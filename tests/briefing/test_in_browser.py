"""The morning page in a real browser, where there is one: see tests/briefing_in_browser.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from briefing_in_browser import what_is_missing

PROGRAM = Path(__file__).parents[1] / "briefing_in_browser.py"


@pytest.mark.skipif(bool(what_is_missing()), reason=f"the pages are not opened in a browser: {what_is_missing()}")
def test_no_page_asks_the_network_runs_a_script_of_an_outlet_or_shuts_anybody_out():
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("all right") == 4
