"""What the browser tests stand on: one server and one Chromium a session, a fresh page a test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPConnection
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.components.v2 import manifest_scanner

from tests.browser import MISSING, find

# Workers of pytest-xdist share the cores: products of matrices in several threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parent.parent
FLAGS = [
    "--no-sandbox",  # root has no sandbox, and the only site visited is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)  # a machine may be busy, and a true answer late is a true answer

settings.register_profile("lrviz", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("lrviz")


# Whenever an app is made, Streamlit looks through all installed packages for components: a third of a second for each
# of a thousand tests, in which the packages stay the same.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: the quick ones report first, and none of them meets Playwright's running event loop."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def no_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test's page began in the background ends with the test: the next one's would have to wait for it."""
    background = sys.modules.get("lrviz.ui.background")
    if background is None:  # the test has to do with no page
        yield
        return
    begun, begin = [], background.Work.__init__

    def watched(self, *args: object, **options: object) -> None:
        begin(self, *args, **options)
        begun.append(self)

    monkeypatch.setattr(background.Work, "__init__", watched)
    yield
    for work in begun:
        work.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the running app. What it prints goes where pytest looks, and is shown with a test that fails."""
    with serving() as address:
        yield address


@contextmanager
def serving(folder: Path = ROOT) -> Iterator[str]:
    """Run a folder's app.py on a free port, and end it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    with subprocess.Popen(command, cwd=folder, env=os.environ | environment) as process:
        try:
            deadline = time.monotonic() + 60
            while not _healthy(port):
                assert process.poll() is None, f"streamlit ended with exit code {process.returncode}"
                assert time.monotonic() < deadline, "streamlit did not answer within a minute"
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _healthy(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().status == 200
        except OSError:
            return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, launched once with a profile of its own. A machine without one skips these tests; CI fails them."""
    path = find()
    if path is None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def requested() -> list[str]:
    """The address of every request that `page` makes, web sockets among them."""
    return []


@pytest.fixture
def page(browser: Browser, server: str, requested: list[str]) -> Iterator[Page]:
    """An empty page at 1440 × 900; an error that nothing in it catches fails the test."""
    errors: list[Exception] = []
    context = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(error))
    page.on("request", lambda request: requested.append(request.url))
    page.on("websocket", lambda socket: requested.append(socket.url))
    yield page
    context.close()
    assert not errors
