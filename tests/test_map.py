"""The outcome map in a real browser: what a hand does on it, and that its live run is the run that Python mapped."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from lrviz.link import Link, read
from lrviz.ui.stability.maps import placed
from lrviz.ui.stability.view import parse
from tests.test_stage import assert_same, drawn, until

pytestmark = pytest.mark.browser

MOMENTUM = "/stability?surface=quadratic&steps=120&run=momentum+eta+0.1+beta+0.5&view=across+eta+0.01+1+up+beta+0+1"
NOISY = (
    "/stability?surface=himmelblau&steps=60&noise=additive+sigma+2&seed=3&run=adam+eta+0.1+warmup+cosine"
    "&view=across+x+-5+5+up+sigma+0.1+50"
)
LONG = "/stability?surface=rosenbrock&steps=5000&run=adam+eta+0.1&view=across+eta+0.001+1+up+beta1+0+1+size+256"

WATCH = """
addEventListener("lrviz:draw", ({ detail }) => {
    window.draws = (window.draws ?? 0) + 1;
    window.drawn = detail.runs;
    window.looked = { cell: detail.cell, values: detail.values, kept: detail.kept, mapped: detail.mapped };
});
"""


def opened(page: Page, address: str) -> Page:
    """The page, once the map stands and the script has ended."""
    page.add_init_script(WATCH)
    page.goto(address)
    until_drawn(page)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    return page


def until_drawn(page: Page) -> None:
    plane(page).wait_for(timeout=30_000)
    until(page, lambda: page.evaluate("window.draws > 0"))


def plane(page: Page) -> Locator:
    """The map."""
    return page.locator("canvas[data-plot]")


def place(page: Page, across: float, up: float) -> tuple[float, float]:
    """A place on the map, from its lower left corner, on the page."""
    plane(page).scroll_into_view_if_needed()
    box = plane(page).bounding_box()
    assert box is not None
    left, top, width, height = map(float, str(plane(page).get_attribute("data-plot")).split())
    return box["x"] + left + across * width, box["y"] + top + (1 - up) * height


def looked(page: Page) -> dict[str, Any]:
    """What is looked at, after all that was done has been drawn."""
    runs = drawn(page)
    found: dict[str, Any] = page.evaluate("window.looked")
    return found | {"run": runs[0]}


def linked(page: Page) -> Link:
    """What the page's address says."""
    return read(parse_qs(urlsplit(page.url).query))


def assert_runs_as_mapped(page: Page) -> None:
    """The live run of the cell that is pointed at is the map's, and the one that Python makes of the address."""
    link = linked(page)
    view, _ = parse(link.view, link.scene)
    found = looked(page)
    values = dict(zip((view.across.key, view.up.key), found["values"], strict=True))
    scene = placed(link.scene, view.run, values)
    assert_same(found["run"], scene.run()[view.run])
    assert found["run"]["outcome"]["kind"] == found["mapped"]


@pytest.mark.parametrize("address", [MOMENTUM, NOISY], ids=["quadratic", "noisy"])
def test_the_run_follows_the_pointer_and_is_the_one_of_its_cell(page: Page, address: str):
    opened(page, address)
    seen = set()
    for across, up in ((0.9, 0.9), (0.31, 0.12), (0.55, 0.6), (0.02, 0.98)):
        page.mouse.move(*place(page, across, up))
        assert_runs_as_mapped(page)
        seen.add(tuple(looked(page)["values"]))
    assert len(seen) == 4
    kept = looked(page)["kept"]
    page.mouse.move(5, 5)
    assert looked(page)["values"] == kept  # beside the map the kept run is shown again


def test_a_click_keeps_the_run_and_address_fields_and_claims_follow(page: Page):
    opened(page, MOMENTUM)
    page.mouse.click(*place(page, 0.9, 0.5))
    kept = looked(page)["kept"]
    until(page, lambda: linked(page).scene.runs[0].optimizer.beta == kept[1])
    assert float(linked(page).scene.runs[0].schedule.eta) == kept[0]
    assert len(page.url) < 190  # the numbers of a cell are short
    expect(page.locator(".lr-claims")).to_contain_text("grows along the steepest direction")
    expect(page.get_by_role("textbox", name="β · beta")).to_have_value(re.compile(r"^0\.5"))
    assert_runs_as_mapped(page)
    page.go_back()
    until(page, lambda: looked(page)["kept"] == [0.1, 0.5])
    expect(page.locator(".lr-claims")).to_contain_text("shrinks along the steepest direction")


def test_the_keyboard_goes_from_cell_to_cell_and_keeps(page: Page):
    opened(page, MOMENTUM)
    plane(page).focus()
    before = looked(page)
    plane(page).press("ArrowRight")
    first = looked(page)["cell"]
    plane(page).press("Shift+ArrowUp")
    second = looked(page)["cell"]
    assert (second["across"], second["up"]) == (first["across"], first["up"] + 8)
    plane(page).press("End")
    assert looked(page)["cell"]["across"] == 63
    assert looked(page)["run"]["outcome"]["kind"] == "diverged"
    expect(page.get_by_role("status").first).to_contain_text("Diverged")
    plane(page).press("Escape")
    assert looked(page)["values"] == before["values"]
    plane(page).press("End")
    plane(page).press("Enter")
    until(page, lambda: linked(page).scene.runs[0].schedule.eta > 0.9)


def test_axes_are_zoomed_and_reset_and_the_colour_is_in_the_address(page: Page):
    opened(page, MOMENTUM)
    page.get_by_role("button", name="outcome", exact=True).click()
    expect(page).to_have_url(re.compile(r"view=across\+eta\+0\.01\+1\+up\+beta\+0\+1\+colour\+outcome$"))
    page.get_by_role("button", name="Zoom in on the run that is kept").click()
    expect(page).to_have_url(re.compile(r"up\+beta\+0\.25\+0\.75\+colour"))
    expect(page.get_by_role("textbox", name="from").nth(1)).to_have_value("0.25")
    expect(plane(page)).to_have_attribute("aria-label", re.compile("from 0.25 to 0.75"))  # a hand zooms what it sees
    page.get_by_role("button", name="Zoom out").click()
    expect(page.get_by_role("textbox", name="from").nth(1)).to_have_value("0")
    page.get_by_role("button", name="Zoom out").click()
    expect(page).to_have_url(re.compile(r"up\+beta\+0\+"))  # β has no values below 0, whatever the zoom
    page.get_by_role("button", name="Reset the axes").click()
    expect(page).to_have_url(re.compile(r"across\+eta\+0\.004\+1\+up\+beta\+0\+1\+colour"))
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_map_is_a_file_and_a_picture(page: Page):
    opened(page, MOMENTUM)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the map (CSV)").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 64 * 64
    assert "outcome" in lines[0]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the map as a picture (PNG)").click()
    assert download.value.suggested_filename == "lrviz-map-quadratic.png"
    picture = download.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000


def test_a_finer_map_comes_in_the_background_and_may_be_stopped(page: Page):
    opened(page, LONG)
    page.get_by_role("button", name="Sweep 256 × 256").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.mouse.click(*place(page, 0.5, 0.5))  # the map is of use meanwhile
    until(page, lambda: linked(page).scene.runs[0].optimizer.beta1 == looked(page)["kept"][1] != 0.9)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Sweep 256 × 256")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("progressbar")).to_have_count(0)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_it_is_readable_on_a_phone_and_by_a_screen_reader(
    browser: Browser, server: str, width: int, height: int, scheme: Any
):
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height}, color_scheme=scheme)
    page = opened(context.new_page(), MOMENTUM)
    box = plane(page).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    expect(plane(page)).to_have_attribute("aria-label", re.compile("converged .* %.*Arrow keys go from cell to cell"))
    violations = Axe().run(page).response["violations"]
    serious = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"]])
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]
    assert not serious
    context.close()


def test_a_finger_leads_the_run_it_holds_and_scrolls_elsewhere(browser: Browser, server: str):
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844}, has_touch=True)
    page = opened(context.new_page(), MOMENTUM)
    finger = context.new_cdp_session(page)

    def drag(x: float, y: float, across: int, down: int) -> None:
        steps = [("touchStart", 0), *(("touchMove", i) for i in range(1, 13))]
        for kind, i in steps:
            page.wait_for_timeout(20)
            point = {"x": x + i * across / 12, "y": y + i * down / 12}
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def scrolled() -> float:
        return float(page.evaluate("document.querySelector('.stMain').scrollTop"))

    x, y = place(page, 0.5, 0.5)  # the kept run
    drag(x, y, 60, -100)
    until(page, lambda: looked(page)["kept"] != [0.1, 0.5])
    kept = looked(page)["kept"]
    assert (kept[0] > 0.15, kept[1] > 0.7) == (True, True)
    assert scrolled() == 0
    drag(*place(page, 0.1, 0.1), 0, -150)
    until(page, lambda: scrolled() > 50)
    assert looked(page)["kept"] == kept
    context.close()
