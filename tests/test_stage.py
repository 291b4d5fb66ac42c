"""The stage in a real browser: what a hand does to it, and what it draws, says and hands back."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from lrviz import KINDS, Trajectory
from lrviz.link import read
from lrviz.scene import Scene

pytestmark = pytest.mark.browser

BOWL = "/?surface=quadratic&steps=60&run=gd+eta+0.19"
TWO = "/?surface=rosenbrock&steps=300&run=adam+eta+0.05&run=momentum+eta+0.001"

WATCH = """
window.draws = 0;
addEventListener("lrviz:draw", ({ detail }) => {
    window.draws += 1;
    window.drawn = detail.runs;
});
"""

# As text: what is not finite does not survive JSON.
DRAWN = """() => window.drawn?.map(({ name, eta, theta, loss, outcome }) => (
    { name, eta, outcome, theta: Array.from(theta, String).join(" "), loss: Array.from(loss, String).join(" ") }
))"""


def opened(page: Page, address: str) -> Page:
    """The stage, once it has drawn."""
    page.add_init_script(WATCH)
    page.goto(address)
    canvas(page).wait_for(timeout=30_000)
    until(page, lambda: page.evaluate("window.draws > 0"))
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    return page


def drawn(page: Page) -> list[dict[str, Any]]:
    """The runs of the last draw, after all that was done to them has been drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    runs: list[dict[str, Any]] = page.evaluate(DRAWN)
    for run in runs:
        theta, loss = ([float(text) for text in run[name].split(" ")] for name in ("theta", "loss"))
        run |= {"theta": np.array(theta).reshape(-1, 2), "loss": np.array(loss)}
    return runs


def scene(page: Page) -> Scene:
    """The scene of the page's address."""
    return read(parse_qs(urlsplit(page.url).query)).scene


def assert_drawn_as_simulated(page: Page) -> None:
    """What is drawn is what Python computes for the address."""
    expected = scene(page)
    runs = drawn(page)
    assert [run["name"] for run in runs] == list(expected.names())
    for run, trajectory in zip(runs, expected.run(), strict=True):
        assert_same(run, trajectory)


def assert_same(run: dict[str, Any], trajectory: Trajectory) -> None:
    np.testing.assert_allclose(run["theta"], trajectory.theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run["loss"], trajectory.loss, rtol=1e-9, atol=1e-12)
    assert run["eta"] == trajectory.schedule.eta
    outcome = trajectory.outcome
    assert run["outcome"] == {"kind": outcome.kind, "step": outcome.step, "sentence": outcome.sentence}
    assert outcome.kind in KINDS


def rate(page: Page, run: int = 1) -> Locator:
    """The slider of a run's η."""
    return page.get_by_role("slider", name=f"η of run {run}", exact=True)


def canvas(page: Page) -> Locator:
    """The contour."""
    return page.locator("canvas[data-frame]")


def handle(page: Page) -> tuple[float, float]:
    """Where the start is on the page."""
    box = canvas(page).bounding_box()
    assert box is not None
    x, y = (float(canvas(page).get_attribute(f"data-start-{axis}") or "nan") for axis in "xy")
    return box["x"] + x, box["y"] + y


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for the page to come to a state."""
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page did not come to this state within 20 seconds")


def test_what_is_drawn_is_what_python_computes(page: Page) -> None:
    for address in (TWO, BOWL, "/?surface=himmelblau&steps=80&noise=additive+sigma+5&seed=3&run=gd+eta+0.01&run=nadam"):
        assert_drawn_as_simulated(opened(page, address))


def test_eta_is_dragged_by_mouse_and_the_page_follows(page: Page) -> None:
    opened(page, BOWL)
    box = rate(page).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    low, high, value = (float(rate(page).evaluate(f"e => e.{name}")) for name in ("min", "max", "valueAsNumber"))
    page.mouse.move(box["x"] + box["width"] * (value - low) / (high - low), middle)
    page.mouse.down()
    seen = set()
    for i in range(12):
        page.mouse.move(box["x"] + box["width"] * (0.3 + 0.03 * i), middle)
        seen.add(drawn(page)[0]["eta"])
    assert len(seen) >= 10  # it moved under the hand, not only when it was let go
    page.mouse.up()
    until(page, lambda: scene(page).runs[0].schedule.eta == drawn(page)[0]["eta"])
    assert_drawn_as_simulated(page)
    expect(page.get_by_role("table").last).to_contain_text(drawn(page)[0]["outcome"]["kind"])


def test_eta_moves_by_keyboard_and_by_number(page: Page) -> None:
    opened(page, BOWL)
    rate(page).focus()
    rate(page).press("ArrowRight")
    assert (higher := drawn(page)[0]["eta"]) > 0.19
    rate(page).press("Home")
    assert drawn(page)[0]["eta"] == 1e-5
    field = page.get_by_role("textbox", name="η of run 1")
    field.fill("0.21")
    field.press("Enter")
    assert drawn(page)[0]["eta"] == 0.21
    expect(page).to_have_url(re.compile(r"run=gd\+eta\+0\.21$"))
    expect(page.get_by_role("status").first).to_contain_text("η·λmax = 2.1 exceeds 2")
    assert higher < 0.21
    field.fill("-1")
    field.press("Enter")
    expect(page.get_by_text(re.compile(r"−?-?1 is outside \(0, ∞\)")).first).to_be_visible()
    assert drawn(page)[0]["eta"] == 0.21
    field.fill("1e300")
    field.press("Enter")
    assert drawn(page)[0]["eta"] == 1e300
    assert drawn(page)[0]["outcome"]["kind"] == "diverged"


def test_the_start_is_dragged_by_mouse_and_moved_by_keyboard(page: Page) -> None:
    opened(page, TWO)
    x, y = handle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=5)
    moved = drawn(page)[0]["theta"][0]
    page.mouse.up()
    assert moved[0] > -1.5
    assert moved[1] < 2
    until(page, lambda: scene(page).start == tuple(drawn(page)[0]["theta"][0]))
    assert_drawn_as_simulated(page)
    new_x, new_y = handle(page)
    assert (new_x, new_y) == pytest.approx((x + 90, y + 40), abs=2)
    page.get_by_role("button", name=re.compile("^Start point")).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    left, up = drawn(page)[0]["theta"][0]
    assert left < moved[0]
    assert up > moved[1]
    page.get_by_label("Start x", exact=True).fill("0.5")
    page.get_by_label("Start x", exact=True).press("Enter")
    assert drawn(page)[0]["theta"][0].tolist() == [0.5, up]


def test_the_start_is_dragged_by_a_finger_on_a_phone(browser: Browser, server: str) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    page = opened(context.new_page(), TWO)
    errors: list[Any] = []
    page.on("pageerror", lambda error: errors.append(error))
    canvas(page).scroll_into_view_if_needed()
    x, y = handle(page)
    touch = context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for i in range(1, 6):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 8 * i, "y": y + 9 * i}]})
    moved = drawn(page)[0]["theta"][0]
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert moved[0] > -1.5
    assert moved[1] < 2
    until(page, lambda: scene(page).start == tuple(moved))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stage, row = canvas(page).bounding_box(), rate(page).bounding_box()
    assert stage is not None
    assert row is not None
    assert stage["y"] < row["y"]
    assert not errors
    context.close()


def test_scrubbing_and_stepping_show_one_step_everywhere(page: Page) -> None:
    opened(page, TWO)
    step = page.get_by_role("slider", name="Step", exact=True)
    expect(step).to_have_value("300")
    page.get_by_role("button", name="One step back").click()
    expect(step).to_have_value("299")
    step.fill("100")
    run = drawn(page)[0]
    expect(page.get_by_text(re.compile("At step 100")).first).to_be_visible()
    shown = page.get_by_text(re.compile("At step 100")).first.locator("xpath=..").inner_text()
    x = f"{run['theta'][100][0]:.3g}".replace("-", "−")
    assert x in shown
    page.get_by_role("button", name="One step on").click()
    expect(step).to_have_value("101")
    page.get_by_role("button", name="Play").click()
    until(page, lambda: float(step.input_value()) > 110)
    page.get_by_role("button", name="Pause").click()
    stopped = step.input_value()
    page.wait_for_timeout(200)
    assert step.input_value() == stopped


def test_runs_are_copied_moved_and_removed(page: Page) -> None:
    opened(page, TWO)
    page.get_by_role("button", name=re.compile("^Duplicate")).first.click()
    assert [run["name"] for run in drawn(page)] == ["Adam 1", "Adam 2", "Momentum"]
    field = page.get_by_role("textbox", name="η of run 2")
    field.fill("0.1")
    field.press("Enter")
    until(page, lambda: [float(run.schedule.eta) for run in scene(page).runs] == [0.05, 0.1, 0.001])
    assert_drawn_as_simulated(page)
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    assert [run["eta"] for run in drawn(page)] == [0.1, 0.001]
    page.get_by_role("button", name=re.compile("^Move .* down")).first.click()
    assert [run["eta"] for run in drawn(page)] == [0.001, 0.1]
    until(page, lambda: [run.optimizer.slug for run in scene(page).runs] == ["momentum", "adam"])
    assert_drawn_as_simulated(page)
    expect(page.get_by_role("combobox", name="Optimizer of run 1")).to_have_value(re.compile("Momentum"))


def test_the_view_survives_everything_but_another_surface(page: Page) -> None:
    opened(page, TWO)
    page.get_by_role("button", name="Zoom in").click()
    zoomed = handle(page)
    rate(page, 2).focus()
    rate(page, 2).press("ArrowRight")
    until(page, lambda: scene(page).runs[1].schedule.eta == drawn(page)[1]["eta"])
    assert handle(page) == pytest.approx(zoomed, abs=1)
    eta = drawn(page)[1]["eta"]
    page.get_by_role("combobox", name="Surface").click()
    page.get_by_role("option", name="Himmelblau").click()
    until(page, lambda: "surface=himmelblau" in page.url)
    until(page, lambda: tuple(drawn(page)[0]["theta"][0]) == scene(page).start)
    assert [run["eta"] for run in drawn(page)] == [0.05, eta]
    assert_drawn_as_simulated(page)
    page.get_by_role("button", name="Reset the view").click()
    drawn(page)
    before = handle(page)
    page.reload()
    opened(page, page.url)
    assert handle(page) == pytest.approx(before, abs=1)  # reset, and therefore as a new visitor sees it
    assert_drawn_as_simulated(page)


@pytest.mark.parametrize(
    "query",
    [
        "surface=quadratic&run=gd+eta+1e300&run=adam+eta+1e300",
        "surface=rosenbrock&start=1e308+1e308&run=gd&run=momentum",
        "surface=quadratic&start=-1e308+1e308&steps=5&run=gd+eta+1e-300",
        "surface=himmelblau&steps=5000&run=gd+eta+10&run=rmsprop+eta+1e150&run=nadam+eta+1e200",
        "surface=ackley&start=1e154+0&run=adam+eta+1e150",
    ],
)
def test_the_edge_of_numbers_is_drawn_and_told(page: Page, query: str) -> None:
    opened(page, f"/?{query}")
    assert_drawn_as_simulated(page)
    page.get_by_role("slider", name="Step", exact=True).fill("2")
    page.get_by_role("button", name="Zoom out").click()
    before = page.evaluate("window.draws")
    rate(page).focus()
    rate(page).press("End")
    drawn(page)
    assert page.evaluate("window.draws") > before


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_a_screen_reader_finds_names_and_the_sentence(
    browser: Browser, server: str, width: int, height: int, scheme: Any
) -> None:
    context = browser.new_context(base_url=server, viewport={"width": width, "height": height}, color_scheme=scheme)
    page = opened(context.new_page(), TWO)
    expect(page.get_by_role("status").filter(has_text="Still descending").first).to_be_attached()
    found = Axe().run(page)
    serious = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"]])
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert not serious
    context.close()


def test_the_policy_is_served_and_nothing_breaks_it(page: Page, server: str) -> None:
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    harmless = "Executing inline script"  # Streamlit's own page has one, which only speaks to crawlers
    response = page.request.get(f"{server}/")
    policy = response.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "script-src 'self' blob:;" in policy
    opened(page, TWO)
    rate(page).focus()
    rate(page).press("ArrowRight")
    drawn(page)
    assert not [text for text in broken if harmless not in text]
