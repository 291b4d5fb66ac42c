"""Node for the tests that run JavaScript: the machine's own, else the one that Playwright carries."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable


def executable() -> str:
    """The path of a node."""
    return shutil.which("node") or str(compute_driver_executable()[0])


def run(script: Path, *arguments: Any) -> str:
    """What a script prints; an error in it fails the test with what it said."""
    command = [executable(), "--no-warnings", str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
