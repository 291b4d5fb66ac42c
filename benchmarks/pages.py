"""How soon each page shows its picture to a new visitor, and how soon it answers a change.

.venv/bin/python -m benchmarks.pages [page …]

The server is warm: each page has been opened once. A change is a number typed in the sidebar (η, or the number of
steps where η is on the stage); it is answered when the picture is drawn for the first time after it, and complete, with
strips and finer maps, when it is drawn for the last time. Pages that train show what there is while they do.
"""

import statistics
import sys
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.stage import nothing
from lrviz.ui.open_in import MODELS, PAGES
from tests.browser import MISSING, find
from tests.conftest import FLAGS, serving

VISITS, CHANGES = 5, 7
QUIET = 1_200
"""Milliseconds without a draw after which a picture counts as finished."""

WATCH = """
window.draws = [];
for (const name of ["lrviz:draw", "lrviz:step"]) addEventListener(name, () => draws.push(performance.now()), true);
"""
FIELDS = {"playground": "Steps", "schedules": "Budget (steps)", "search": "Steps a run", "by_hand": "Steps"}
WHOLE = {*PAGES, "transfer"}
"""Pages that show all numbers of a run in the sidebar."""
RATE, FIRST_RATE = "η · eta", "η of run 1"


def opened(browser: Browser, address: str) -> Page:
    """An empty page that takes note of what is drawn."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    return context.new_page()


def arrive(page: Page, name: str) -> float:
    """Seconds until the first picture."""
    began = time.perf_counter()
    page.goto(f"/{'' if name == 'playground' else name}", wait_until="commit")
    while not page.evaluate("window.draws?.length"):  # Playwright's own way to wait would need unsafe-eval
        page.wait_for_timeout(5)
    return time.perf_counter() - began


def changes(page: Page, name: str) -> Iterator[tuple[float, float]]:
    """Milliseconds from the Enter key to the first and the last draw that it causes, for several changes."""
    page.wait_for_timeout(2 * QUIET)
    field = page.get_by_role("textbox", name=FIELDS.get(name, RATE if name in WHOLE else FIRST_RATE)).first
    for change in range(CHANGES):
        value = float(field.input_value())
        field.fill(str(int(value) + 1) if name in FIELDS else f"{value * 1.01:.4g}")
        page.wait_for_timeout(300)
        page.evaluate("draws.length = 0; addEventListener('keydown', () => (window.began = performance.now()), true)")
        field.press("Enter")
        page.wait_for_timeout(QUIET)
        while page.evaluate(f"!draws.length || performance.now() - draws.at(-1) < {QUIET}"):
            page.wait_for_timeout(50)
        if change:  # the first one may load what the page did not need before
            yield tuple(page.evaluate("[draws[0] - began, draws.at(-1) - began]"))


def main() -> None:
    chromium = find() or sys.exit(MISSING)
    with sync_playwright() as playwright, serving() as address, nothing() as empty:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in sys.argv[1:] or [*PAGES, *MODELS]:
            page = opened(browser, address)
            arrive(page, name)
            page.context.close()
            firsts, leasts = [], []
            for _ in range(VISITS):
                page = opened(browser, address)
                firsts.append(arrive(page, name))
                page.context.close()
                leasts.append(empty(browser))
            page = opened(browser, address)
            arrive(page, name)
            answered, complete = (sorted(times) for times in zip(*changes(page, name), strict=True))
            page.context.close()
            first, least = statistics.median(firsts), statistics.median(leasts)
            print(
                f"{name:13} first picture {first:.2f} s, {first / least:.1f} times an empty app's {least:.2f} s;"
                f" a change p50 {statistics.median(answered):.0f} ms, slowest {answered[-1]:.0f} ms,"
                f" complete p50 {statistics.median(complete):.0f} ms"
            )
        browser.close()


if __name__ == "__main__":
    main()
