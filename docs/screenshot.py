"""Makes the README's picture of the playground: `.venv/bin/python -m docs.screenshot`, after `make test`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import MISSING, find
from tests.conftest import FLAGS, serving

STEP = 330
"""Where both runs are on their way, and are told apart."""
PICTURE = Path(__file__).with_name("playground.png")


def main() -> None:
    """Open the landing page as a visitor would, and keep what is seen."""
    chromium = find() or sys.exit(MISSING)
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.locator("canvas[data-frame]").wait_for()
        page.get_by_role("slider", name="Step", exact=True).fill(str(STEP))
        page.wait_for_timeout(1500)  # until fonts and strips have settled
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
