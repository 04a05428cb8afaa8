"""What several test folders share: the demo, run once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class DemoWorld:
    """What `nightdesk demo` left behind and said."""

    data_dir: Path
    database: Path
    output: str


@pytest.fixture(scope="session")
def demo_world(tmp_path_factory) -> DemoWorld:
    """Runs `nightdesk demo` once in a child process, as a person would; tests only read what it made."""
    data_dir = tmp_path_factory.mktemp("demo") / "data"
    # Settings of the person who runs the tests are not those of the tests.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "demo", "--data-dir", str(data_dir)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )
    assert done.returncode == 0, f"nightdesk demo left with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return DemoWorld(data_dir, data_dir / "news.duckdb", done.stdout)


def pytest_make_parametrize_id(val, argname):
    """Cases with bytes are numbered: a gzip body carries the second at which it was made, and two workers must know each case by the same name."""
    return argname if isinstance(val, bytes) else None
