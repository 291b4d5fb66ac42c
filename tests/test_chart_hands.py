"""A chart in a real browser: hands read it, step through it and pick on it, and the run beside it follows."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lrviz import Constant, Momentum, Quadratic
from lrviz.scene import Run, Scene
from tests.conftest import ROOT, serving
from tests.test_stage import assert_same, drawn, until

pytestmark = pytest.mark.browser

RUN = Scene(Quadratic(kappa=10.0), (Run(Momentum(), Constant(0.05)),), steps=60)

APP = """
import numpy as np
import streamlit as st

from lrviz import Constant, Momentum, Quadratic
from lrviz.scene import Run, Scene
from lrviz.ui import chart
from lrviz.ui.chart import Axis, Chart, Divide, Dots, Field, Line, Mark, Panel, Path, Plane, Points
from lrviz.ui.stage.board import Board

eta = np.geomspace(1e-4, 1, 41)
scene = Scene(Quadratic(kappa=10.0), (Run(Momentum(), Constant(0.05)),), steps=60)
panel = Panel("Loss", Axis("loss", "log"), (
    Line(eta, 1 / eta, "curve"),
    Dots([0.001, 0.01, 0.1], [1.0, 10.0, np.inf], "tried", "run1", since=[0, 1, 2]),
    Mark([0.001, 0.01, 0.1], "best"),
))
said = tuple(f"Attempt {i}." for i in (1, 2, 3))
plane = Panel("Plane", Axis("β", low=0.0, high=1.0), (Dots([0.001, 0.01, 0.1], [0.9, 0.5, 0.2], "tried", "run1"),))
drawing = Chart(Axis("learning rate η", "log"), (panel, plane), "Loss over η.", frames=3, says=said, pick="try this η",
                frame_name="attempt", run=Board(scene, (1,)), rates=(0.001, 0.01, 0.1), second="optimizer.beta",
                seconds=(0.9, 0.5, 0.2))
state = st.session_state
if "planes" in st.query_params:
    st.set_page_config(layout="wide")
    step, grid = np.arange(41.0), np.linspace(-1, 5, 25)
    x, y = 4 * 0.9**step, 3 * 0.8**step
    loss = Panel("Loss", Axis("loss", "log"), (Line(step, x * x + y * y, "GD"),))
    layers = (Path(x, y, "GD"), Points([0.0], [0.0], "minimum", marker="star"))
    weights = Plane("Weights", Axis("w₁"), Axis("w₂"), layers,
                    Field(grid, grid, grid[None] ** 2 + grid[:, None] ** 2))
    data = Plane("Data", Axis("a", low=-2, high=2), Axis("b", low=-2, high=2), (Divide(x, y, 0, "GD"),))
    drawing = Chart(Axis("step"), (loss,), "A path.", frames=41, first=0, frame_name="step", frame_x=step,
                    planes=(weights, data))
chart.show(drawing, "c", on_pick=lambda: state.update(pick=(chart.last_pick("c"), chart.last_second("c"))),
           on_frame=lambda: state.update(rest=chart.last_frame("c")))
st.write(f"picked {state.get('pick')!r} rested {state.get('rest')!r}")
"""

WATCH = """
addEventListener("lrviz:draw", ({ detail }) => {
    window.draws = (window.draws ?? 0) + 1;
    window.drawn = detail.runs;
    window.looked = { x: detail.x, frame: detail.frame, panels: detail.panels, planes: detail.planes };
});
"""


@pytest.fixture(scope="module")
def charted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with nothing but a chart."""
    folder = tmp_path_factory.mktemp("charted")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        with serving(folder) as address:
            yield address


def opened_page(browser: Browser, address: str, where: str = "/", **how: Any) -> Page:
    page = browser.new_context(base_url=address, **how).new_page()
    page.add_init_script(WATCH)
    page.goto(where)
    expect(page.get_by_text("picked None")).to_be_visible(timeout=30_000)
    until(page, lambda: page.evaluate("window.draws"))
    return page


def looked(page: Page) -> dict[str, Any]:
    drawn(page)
    found: dict[str, Any] = page.evaluate("window.looked")
    return found


def test_hands_read_step_and_pick_and_the_run_follows(browser: Browser, charted: str):
    page = opened_page(browser, charted, viewport={"width": 1440, "height": 900})
    errors: list[Exception] = []
    page.on("pageerror", lambda error: errors.append(error))

    def assert_run(eta: float, beta: float = 0.9) -> None:
        run = drawn(page)[0]
        assert run["eta"] == eta
        assert_same(run, replace(RUN, runs=(Run(Momentum(beta=beta), Constant(eta)),)).run()[0])

    assert_run(0.001)  # at rest that of the frame
    hand = page.locator("canvas.hand")
    box = hand.bounding_box()
    assert box is not None
    left, right = map(float, str(hand.get_attribute("data-plot")).split())
    for share in (0.2, 0.77, 0.999):
        page.mouse.move(box["x"] + left + share * (right - left), box["y"] + 120)
        x = looked(page)["x"]
        assert math.log10(x / 1e-4) / 4 == pytest.approx(share, abs=0.02)
        assert_run(x)
    expect(page.locator(".readout")).to_contain_text("learning rate η = 1curve 1")
    page.mouse.click(box["x"] + left + 0.5 * (right - left), box["y"] + 120)
    expect(page.get_by_text("picked (0.01, 0.5) ")).to_be_visible()  # of the one dot there
    top, bottom = looked(page)["panels"][-1]
    across, down = box["x"] + left + 0.75 * (right - left), box["y"] + top
    page.mouse.move(across + 4, down + 0.8 * (bottom - top) - 4)
    assert_run(0.1, 0.2)  # by a dot its values
    page.mouse.move(across + 90, down + 0.5 * (bottom - top))
    expect(page.locator(".alongside .rate")).to_contain_text("β = 0.5")
    assert drawn(page)[0]["eta"] > 0.1
    page.mouse.move(box["x"] + 300, box["y"] - 60)
    assert looked(page)["x"] is None
    assert_run(0.001)

    page.get_by_role("button", name="One frame on").click()
    expect(page.get_by_text("rested 1")).to_be_visible()
    expect(page.locator(".says")).to_have_text("Attempt 2.")
    assert_run(0.01, 0.5)
    page.get_by_role("button", name="Play").click()
    until(page, lambda: looked(page)["frame"] == 2)
    expect(page.get_by_text("rested 2")).to_be_visible()
    slider = page.get_by_role("slider", name="Attempt")
    expect(slider).to_have_attribute("aria-valuetext", "attempt 3 of 3")
    slider.press("ArrowLeft")
    assert looked(page)["frame"] == 1

    hand.focus()
    hand.press("End")
    assert looked(page)["x"] == pytest.approx(1.0)
    hand.press("ArrowLeft")
    one = looked(page)["x"]
    assert one == pytest.approx(10 ** (-0.1))
    assert_run(one, 0.5)
    hand.press("Enter")
    expect(page.get_by_text(f"picked ({one!r}"[:15])).to_be_visible()
    expect(page.get_by_role("status").last).to_contain_text("Diverged")
    hand.press("Escape")
    assert looked(page)["x"] is None
    expect(hand).to_have_attribute("aria-label", "Loss over η. Attempt 2. Arrow keys read it; Enter is to try this η.")
    assert not errors
    page.context.close()


def test_a_finger_reads_and_a_button_picks(browser: Browser, charted: str):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"}
    page = opened_page(browser, charted, **phone)
    hand, button = page.locator("canvas.hand"), page.get_by_role("button", name="Try this η")
    box = hand.bounding_box()
    assert box is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    violations = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert not [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in violations]
    expect(button).to_be_disabled()
    page.touchscreen.tap(box["x"] + 200, box["y"] + 120)
    x = looked(page)["x"]
    expect(page.get_by_text("picked None")).to_be_visible()
    button.tap()
    expect(page.get_by_text(f"picked ({x!r}")).to_be_visible()
    page.context.close()


def test_panels_and_planes_go_to_their_frames_together(browser: Browser, charted: str):
    page = opened_page(browser, charted, "/?planes", viewport={"width": 1440, "height": 900})
    errors: list[Exception] = []
    page.on("pageerror", lambda error: errors.append(error))
    panel, weights = page.locator(".plots canvas.hand"), page.locator(".plane canvas.hand").first
    box, ground = panel.bounding_box(), weights.bounding_box()
    assert box is not None
    assert ground is not None
    left, right = map(float, str(panel.get_attribute("data-plot")).split())

    def head_at(frame: int) -> tuple[float, float]:
        """Points into the panel at a frame, and says where the path's head then is."""
        page.mouse.move(box["x"] + left + frame / 40 * (right - left) + 3, box["y"] + 60)
        look = looked(page)
        assert (look["frame"], look["x"]) == (frame, frame)
        return tuple(look["planes"][0]["heads"][0])

    places = {frame: head_at(frame) for frame in (0, 3, 12, 40)}
    for axis, (start, factor) in enumerate([(4, 0.9), (3, 0.8)]):
        scale = (places[12][axis] - places[0][axis]) / (start * factor**12 - start)
        assert places[3][axis] == pytest.approx(places[0][axis] + scale * (start * factor**3 - start), abs=0.1)
    expect(page.locator(".time .count")).to_have_text("step 40 of 40")

    x, y = places[3]
    page.mouse.move(ground["x"] + x + 3, ground["y"] + y - 3)  # beside the path's fourth point
    assert looked(page)["frame"] == 3
    assert looked(page)["planes"][0]["spot"]["index"] == 3
    loss = (4 * 0.9**3) ** 2 + (3 * 0.8**3) ** 2
    expect(page.locator(".readout")).to_contain_text(f"w₁ = 2.92, w₂ = 1.54GDloss ≈ {loss:.1f}")
    expect(panel).to_have_attribute("aria-label", "A path.  Arrow keys read it.")
    weights.press("ArrowRight")
    assert looked(page)["frame"] == 4
    panel.press("Home")
    assert looked(page)["frame"] == 0
    expect(weights).to_have_attribute("aria-label", "Weights: w₂ over w₁. GD at (4, 3). A path. ")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".plane").nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tops = [page.locator(".plane").nth(i).bounding_box()["y"] for i in (0, 1)]  # type: ignore[index]
    assert tops[1] - tops[0] > 200  # one above the other
    violations = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert not [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in violations]
    assert not errors
    page.context.close()
