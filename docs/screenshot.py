"""Makes the README's pictures: `.venv/bin/python -m docs.screenshot`, after `make test`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import MISSING, find
from tests.conftest import FLAGS, serving

STEP = 330
"""Where both runs are on their way, and are told apart."""
HERE = Path(__file__).parent


def main() -> None:
    """Open the pages as a visitor would, and keep what is seen."""
    chromium = find() or sys.exit(MISSING)
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.locator("canvas[data-frame]").wait_for()
        page.get_by_role("slider", name="Step", exact=True).fill(str(STEP))
        page.wait_for_timeout(1500)  # until fonts and strips have settled
        page.screenshot(path=HERE / "playground.png")
        for name in ("stability", "range_test", "logistic"):
            page.goto(f"{address}/{name}")
            page.locator("canvas[data-frame], canvas.hand").first.wait_for()
            page.wait_for_timeout(3000)
            page.screenshot(path=HERE / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
