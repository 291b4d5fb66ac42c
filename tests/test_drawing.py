"""Schedules drawn by hand: the picture's talk with the page, the text beside it, and hands on both."""

import json
import re
from html import unescape
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Page, expect

from lrviz import GD, Adam, Constant
from lrviz.scene import Run
from lrviz.schedules import Warmup
from lrviz.schedules.drawn import Drawn
from lrviz.ui.schedules import drawing
from tests import node
from tests.conftest import ROOT
from tests.test_pages import checked, opened, sentences

POINTS = "0:0.02,20:0.1,60:0.05,120:0.002"
LINK = f"surface=quadratic&steps=120&run=gd+eta+0.1+cosine+period+120&run=gd+eta+0.1+drawn+points+{POINTS}"


def drawn_run(app) -> Run:
    return app.session_state["desks"]["schedules"].board.scene.runs[1]


def field(app):
    return next(field for field in app.text_input if field.label.startswith("Points of run 2"))


def told(app) -> dict:
    """The header of what the picture is told."""
    (told,) = (
        component.proto.bytes for component in app.get("bidi_component") if component.proto.component_name == "drawing"
    )
    return json.loads(told[4 : 4 + int.from_bytes(told[:4], "little")])


def test_what_hands_make_of_points():
    node.run(ROOT / "tests" / "drawing.mjs")


# ---- what the picture is told, and tells


def test_the_rates_are_those_of_the_run_whatever_was_typed():
    assert drawing.rates(Drawn(0.3, "0:1,9:3")) == ((0, 0.1), (9, 0.3))
    assert drawing.rates(Drawn.through([(0, 0.1), (7, 0.07)])) == ((0, 0.1), (7, 0.07))


def test_what_a_browser_sends_is_read():
    assert drawing.read({"count": 3, "points": [[0, 0.1], [7, 0]]}) == (3, ((0, 0.1), (7, 0.0)))


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "points",
        {},
        {"count": 1},
        {"count": -1, "points": [[0, 1]]},
        {"count": True, "points": [[0, 1]]},
        {"count": 1, "points": "0:1"},
        {"count": 1, "points": [[0, 1, 2]]},
        {"count": 1, "points": [[0.5, 1]]},
        {"count": 1, "points": [[0, float("nan")]]},
        {"count": 1, "points": [[0, float("inf")]]},
        {"count": 1, "points": [[0, -1]]},
        {"count": 1, "points": [[0, "1"]]},
        {"count": 1, "points": [[True, 1]]},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_left_out(sent):
    assert drawing.read(sent) is None


# ---- on the page


def test_a_drawing_is_shown_for_each_run_that_is_drawn():
    app = opened(LINK, "schedules")
    assert "Drawn by hand: run 2" in sentences(app)
    assert "Drawn by hand: run 1" not in sentences(app)
    header = told(app)
    assert header["points"] == [[0, 0.02], [20, 0.1], [60, 0.05], [120, 0.002]]
    assert (header["run"], header["steps"], header["logarithmic"]) == (1, 120, False)
    assert field(app).value == POINTS


def test_points_that_are_typed_are_the_rates_of_the_run():
    app = opened(LINK, "schedules")
    checked(field(app).set_value("60: 0.4, 0:0.2"))
    assert drawn_run(app) == Run(GD(), Drawn(0.4, "0:0.2,60:0.4"))
    assert told(app)["points"] == [[0, 0.2], [60, 0.4]]
    assert app.query_params["run"][1] == "gd eta 0.4 drawn points 0:0.2,60:0.4"


@pytest.mark.parametrize(("typed", "sentence"), [("0:x", "'0:x' is none"), ("0:0", "has no rate above 0"), ("", "''")])
def test_points_that_are_not_legal_are_refused(typed, sentence):
    app = opened(LINK, "schedules")
    before = drawn_run(app)
    checked(field(app).set_value(typed))
    assert drawn_run(app) == before
    assert sentence in unescape(sentences(app))
    assert field(app).value == POINTS


def test_the_axis_is_logarithmic_where_no_rate_is_0():
    app = opened(LINK, "schedules")
    (switch,) = (toggle for toggle in app.toggle if toggle.label.startswith("Logarithmic axis"))
    checked(switch.set_value(True))
    assert drawn_run(app).schedule == Drawn(0.1, POINTS, logarithmic=True)
    assert told(app)["logarithmic"]
    checked(field(app).set_value("0:0.1,9:0"))
    assert "a logarithmic axis has not" in sentences(app)
    assert drawn_run(app).schedule == Drawn(0.1, POINTS, logarithmic=True)


def test_a_drawing_keeps_its_warm_up_and_its_shape_at_another_rate():
    app = opened(
        "surface=quadratic&run=gd+eta+0.1&run=adam+eta+0.4+warmup+steps+9+drawn+points+0:1,9:0.25", "schedules"
    )
    assert told(app)["points"] == [[0, 0.4], [9, 0.1]]
    checked(field(app).set_value("0:0.8,9:0.1"))
    assert drawn_run(app) == Run(Adam(), Warmup(Drawn(0.8, "0:0.8,9:0.1"), steps=9))


def test_a_drawing_comes_from_the_gallery_and_its_choice_ends_it():
    app = opened("surface=quadratic&steps=600&run=gd+eta+0.1", "schedules")
    checked(app.pills("gallery of schedules").select("drawn"))
    assert drawn_run(app).schedule == Drawn().with_eta(0.1).stretched(2)
    assert told(app)["points"][-1] == [600, 0.002]
    checked(app.pills("gallery of schedules").unselect("drawn"))
    assert [run.schedule for run in app.session_state["desks"]["schedules"].board.scene.runs] == [Constant(0.1)]
    assert not [c for c in app.get("bidi_component") if c.proto.component_name == "drawing"]


@pytest.mark.browser
def test_a_schedule_is_drawn_by_pointer_and_by_keyboard(page: Page):
    page.goto(f"/schedules?{LINK}")
    third = page.get_by_role("slider", name="Point 3 of 4 of run 2")
    expect(third).to_have_attribute("aria-valuetext", "step 60, η 0.05", timeout=30_000)
    third.scroll_into_view_if_needed()
    plot = page.locator(".drawn-plot")
    box = third.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=4)
    expect(third).not_to_have_attribute("aria-valuetext", "step 60, η 0.05")
    # While the hand is down the page follows it now and then, and the address waits.
    text = page.get_by_role("textbox", name="Points of run 2")
    page.wait_for_timeout(600)
    page.mouse.move(x + 41, y - 31)
    expect(text).not_to_have_value(POINTS)
    assert POINTS in unquote_plus(page.url)
    dragged = third.get_attribute("aria-valuetext")
    page.mouse.up()
    step, eta = re.fullmatch(r"step (\d+), η ([\d.]+)", dragged).groups()
    assert 60 < int(step) < 80
    assert 0.05 < float(eta) < 0.1
    # The text beside it, the address, and what is said of the run follow.
    expect(text).to_have_value(f"0:0.02,20:0.1,{step}:{eta},120:0.002")
    expect(page.locator(".lr-changes")).to_contain_text("Fall, steps 20 to 120")
    page.wait_for_url(lambda url: f"20:0.1,{step}:{eta},120" in unquote_plus(url))
    # A double click adds a point; the keyboard moves, removes and adds.
    area = plot.bounding_box()
    page.mouse.dblclick(area["x"] + 0.9 * area["width"], area["y"] + 0.3 * area["height"])
    fresh = page.get_by_role("slider", name="Point 4 of 5 of run 2")
    expect(fresh).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(fresh).to_have_count(0)
    expect(text).to_have_value(f"0:0.02,20:0.1,{step}:{eta},120:0.002")
    page.get_by_role("slider", name="Point 1 of 4 of run 2").press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Point 2 of 5 of run 2")).to_be_focused()
    expect(text).to_have_value(f"10:0.02,15:0.06,20:0.1,{step}:{eta},120:0.002")
    page.get_by_role("button", name="Remove the point").click()
    expect(text).to_have_value(f"10:0.02,20:0.1,{step}:{eta},120:0.002")
    # Text and picture hold the same points.
    text.fill("0:0.05,120:0.2")
    text.press("Enter")
    expect(page.get_by_role("slider", name="Point 2 of 2 of run 2")).to_have_attribute(
        "aria-valuetext", "step 120, η 0.2"
    )
    text.fill("0:?")
    text.press("Enter")
    expect(page.locator(".lr-note")).to_contain_text("'0:?' is none")
    expect(page.get_by_test_id("stException")).to_have_count(0)
