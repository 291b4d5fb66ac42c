"""A Chromium for the browser tests: the machine's own, else Playwright's, else Debian's.

`python -m tests.browser` gets one where there is none. The tests themselves only ask `find()`.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNATTENDED = {"DEBIAN_FRONTEND": "noninteractive", "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000"}

MISSING = (
    "No Chromium for the browser tests. Install one (on Debian, as root: apt-get install chromium; "
    "elsewhere: .venv/bin/python -m playwright install chromium), then run make test again."
)


def find() -> str | None:
    """The path of a Chromium that starts, or None."""
    return next(filter(_starts, _candidates()), None)


def get() -> str | None:
    """As `find`, but a machine without one gets one."""
    if path := find():
        return path
    print("Getting a Chromium for the browser tests …", flush=True)
    # Quiet: offline it prints a page of stack traces, in which the one sentence that helps would drown.
    _run(sys.executable, "-m", "playwright", "install", "--no-shell", "chromium", quiet=True)
    if path := find():
        return path
    if shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "-qq", "update")
        _run("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium")
    return find()


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    from playwright.sync_api import sync_playwright  # it takes half a second to say where, so it is asked last

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def _starts(path: str) -> bool:
    """Whether the program runs at all: it may lack a library, or be a stub that asks for a snap."""
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


def _run(*command: str, quiet: bool = False) -> None:
    """Run a command for ten minutes at most; then end it with all that it started, for which it is its own group."""
    process = subprocess.Popen(
        command,
        env=os.environ | UNATTENDED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
        process_group=0,
    )
    with process, suppress(subprocess.TimeoutExpired):
        try:
            process.wait(timeout=600)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    print(get() or MISSING)
