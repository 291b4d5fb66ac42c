"""The formula's field on the pages: what is typed is drawn, and what is wrong is shown where it is wrong."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz.expressions import ExpressionError, parse
from lrviz.surfaces import Expression
from lrviz.ui.expression import MOST_POINTS, MOST_SHOWN, sentences
from tests.test_pages import checked, edited, payload, shown, told
from tests.test_pages import sentences as said

ROOT = Path(__file__).parent.parent


def bowl(page: str = "playground") -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=30)
    app.switch_page(f"pages/{page}.py")
    app.query_params["surface"] = "expression text x^2+y^2"
    app.query_params["steps"] = "60"
    app.query_params["run"] = "gd eta 0.1"
    return checked(app)


def typed(app: AppTest, text: str) -> AppTest:
    return checked(app.text_area(key="formula").set_value(text))


def test_a_formula_is_typed_and_drawn() -> None:
    app = bowl()
    assert app.text_area(key="formula").value == "x^2+y^2"
    before = payload(app)
    typed(app, "x² + 3y²")
    assert app.text_area(key="formula").value == "x² + 3y²"
    assert "text+x%5E2%2B3%2Ay%5E2" in shown(app)
    assert payload(app) != before
    assert told(app)["surface"]["minima"] == [[0.0, 0.0]]
    assert any(r"x^{2} + 3 \, y^{2}" in markdown.value for markdown in app.markdown)
    assert not app.code


def test_a_wrong_one_changes_nothing_and_is_shown_where_it_is_wrong() -> None:
    app = bowl()
    link, before = shown(app), payload(app)
    typed(app, "x^2 + foo(y)")
    assert shown(app) == link
    assert payload(app) == before
    assert app.text_area(key="formula").value == "x^2 + foo(y)"
    assert app.code[0].value == "x^2 + foo(y)\n      ^^^"
    assert "There is no foo; there are x and y" in said(app)
    typed(app, "x^2 + 5y^2")
    assert not app.code
    assert "There is no foo" not in said(app)
    assert "5%2Ay%5E2" in shown(app)


def test_hostile_text_is_shown_as_text() -> None:
    app = typed(bowl(), "<img src=x onerror=alert(1)>")
    assert "<img" not in said(app)
    assert app.code[0].value.startswith("<img src=x")


def test_what_was_typed_goes_when_the_formula_is_another() -> None:
    app = typed(bowl(), "x^2 +")
    checked(app.selectbox(key="surface").set_value("rosenbrock"))
    assert not app.text_area
    checked(app.selectbox(key="surface").set_value("expression"))
    assert app.text_area(key="formula").value == Expression().text
    assert not app.code


def test_the_start_goes_with_the_frame_as_long_as_nobody_has_chosen_one() -> None:
    app = bowl()
    checked(app.text_input(key="width surface").set_value("10"))
    assert "width+10" in shown(app)
    assert "start" not in shown(app)
    edited(app, start=[1.0, 8.0])
    typed(app, "x^4+y^2")
    assert "start=1+8" in shown(app)


def test_derivatives_and_stationary_points_are_shown_on_demand() -> None:
    app = typed(bowl(), "x^4 - 3x^2 + y^2")
    assert not any("nabla" in markdown.value for markdown in app.markdown)
    app.session_state["about the formula"] = True
    checked(app)
    shown = " ".join(markdown.value for markdown in app.markdown if "nabla" in markdown.value)
    assert r"$\partial_x f = 4 x^{3} - 6 x$" in shown
    assert r"$\partial_y f = 2 y$" in shown
    assert r"$\partial_{xx} f = 12 x^{2} - 6$" in shown
    assert r"$\partial_{xy} f = 0$" in shown
    assert r"$\partial_{yy} f = 2$" in shown
    assert "Minimum at (−1.22, 0), where f is −2.25; the curvatures are 2 and 12." in said(app)
    assert "Saddle at (0, 0), where f is 0; the curvatures are −6 and 2." in said(app)
    typed(app, "sin(sin(sin(sin(sin(sin(x+y))))))")
    assert not any("nabla" in markdown.value for markdown in app.markdown)
    assert "too long to be printed" in said(app)


KINKED, HOLED = "abs(x)+sqrt(y^2)", "log(x)*sin(1/y)"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("stability", HOLED),
        ("schedules", KINKED),
        ("anatomy", KINKED),
        ("noise", HOLED),
        ("range_test", KINKED),
        ("search", HOLED),
        ("by_hand", HOLED),
        ("meta_gradient", KINKED),
    ],
)
def test_every_page_opens_with_a_formula(page: str, text: str) -> None:
    app = AppTest.from_file("../app.py", default_timeout=60)
    app.switch_page(f"pages/{page}.py")
    app.query_params["surface"] = f"expression text {text}"
    app.query_params["steps"] = "30"
    app.query_params["run"] = "adam eta 0.05"
    checked(app)
    assert app.text_area(key="formula").value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("(xy-1)^2", "Its minima form a curve, on which f is 0 at the lowest. A few of them are marked."),
        ("abs(x)+abs(y)", "Minimum at (0, 0), where f is 0: a kink."),
        ("abs(x)+y^2", "It has a kink, or may have: there the slope is taken as 0, and no Hessian is claimed."),
        ("x+y", "No stationary point was found in the picture."),
        ("x+y", "It seems to fall without end: looking far away, or at its holes, showed no floor."),
        ("x^2+y^2", "It is bounded below, for certain."),
        ("x^2+xy+y^2", "It seems to be bounded below: looking far away showed nothing else."),
    ],
)
def test_what_is_known_is_said(text: str, sentence: str) -> None:
    assert sentence in list(sentences(Expression(text=text, width=2.3)))


def test_many_stationary_points_are_counted() -> None:
    surface = Expression(text="sin(3x)+sin(3y)")
    points = len(surface.stationary.points)
    assert points > 20
    assert f"And {points - MOST_POINTS} more stationary points in the picture." in list(sentences(surface))


@pytest.mark.parametrize("at", [0, 5, 40, 90, 99])
def test_the_carets_stand_below_the_place_however_long_the_formula_is(at: int) -> None:
    text = ("x+" * 50)[:at] + "?" + ("x+" * 50)[at + 1 : 99] + "x"
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    line, carets = refused.value.pointer(MOST_SHOWN).split("\n")
    assert len(line) <= MOST_SHOWN
    assert line[carets.index("^")] == "?"
    assert carets.count("^") == 1


def test_sympy_is_loaded_when_derivatives_are_looked_at_and_not_before() -> None:
    script = """
import os, sys
from streamlit.testing.v1 import AppTest
from lrviz.ui.open_in import PAGES
app = AppTest.from_file("app.py", default_timeout=60)
for page in [*PAGES, "reference", "playground"]:
    app.switch_page(f"pages/{page}.py")
    assert not app.run().exception
app.query_params["surface"] = "expression text x^2+y^4"
assert not app.run().exception
print("sympy" in sys.modules)
app.session_state["about the formula"] = True
assert not app.run().exception
print("sympy" in sys.modules, flush=True)
os._exit(0)  # what pages began in the background is not waited for
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"], done.stderr[-2000:]


@pytest.mark.browser
def test_the_picture_is_that_of_the_formula_that_was_typed(page: Page) -> None:
    """The ground too, which is kept from frame to frame; and what is wrong stands below the field."""
    page.goto("/?surface=expression+text+x%5E2%2By%5E2&steps=60&run=gd+eta+0.1&start=0.1+0.1")
    canvas = page.locator("canvas[data-frame]")
    expect(canvas).to_be_visible(timeout=30_000)
    field = page.get_by_role("textbox", name="Formula f(x, y)")
    ground = "c => Array.from(c.getContext('2d').getImageData(c.width / 2, c.height / 3, 200, 1).data)"
    page.wait_for_timeout(500)  # it is painted finely once it has come to rest
    round_bowl = canvas.evaluate(ground)
    field.fill("sin(3x) + y²")
    field.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"text\+sin%283%2Ax%29%2By%5E2"))
    page.wait_for_timeout(1000)
    waves = canvas.evaluate(ground)
    assert np.mean(np.array(waves) != np.array(round_bowl)) > 0.2
    field.fill("sin(3x) + y^99")
    field.press("Control+Enter")
    expect(page.locator(".lr-note")).to_contain_text("The exponent 99 is outside [−64, 64].")
    expect(page.get_by_test_id("stCode")).to_contain_text("sin(3x) + y^99")
    expect(page).to_have_url(re.compile(r"text\+sin%283%2Ax%29%2By%5E2"))
    assert canvas.evaluate(ground) == waves
