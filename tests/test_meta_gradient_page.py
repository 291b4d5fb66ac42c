"""The meta-gradient page: whatever the scene it shows a curve and its slope, and says in numbers what they come to."""

import re
import threading
import time
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import (
    GD,
    Adam,
    Constant,
    Momentum,
    Plateau,
    Quadratic,
    simulate,
)
from lrviz.link import query
from lrviz.optimizers import Hypergradient
from lrviz.scene import Run, Scene
from lrviz.surfaces import Ravine
from lrviz.tuning.meta_descent import Update
from lrviz.tuning.task import Task
from lrviz.ui.chart import Dots, Line, Mark
from lrviz.ui.chart.pack import pack
from lrviz.ui.meta_gradient import page, picture, study, told
from lrviz.ui.meta_gradient.exhibits import EXHIBITS
from lrviz.ui.meta_gradient.study import Curve, Learnt
from lrviz.ui.meta_gradient.view import View, parse
from tests.pairs import pairs
from tests.test_meta_gradient import JUMPING
from tests.test_pages import checked, opened, sentences

RAVINE = Scene(Ravine(), (Run(GD(), Constant(0.005)),), steps=60)


@cache
def studied(scene: Scene, words: str = "") -> tuple[Curve, tuple[Update, ...], Learnt, View]:
    view, problems = parse(words)
    assert not problems
    asked_for = study.question(scene, view)
    curve = study.curve(asked_for, view.plain)
    updates = () if curve.slopes.reason else study.updates(asked_for, view, curve.of_log)
    return curve, updates, study.learnt(asked_for.text, view.beta), view


def exhibited(title: str) -> tuple[Curve, tuple[Update, ...], Learnt, View]:
    exhibit = next(exhibit for exhibit in EXHIBITS if exhibit.title == title)
    return studied(exhibit.scene, exhibit.view)


def number(pattern: str, text: str) -> float:
    """The number that stands after a pattern, as `rounded` prints it."""
    found = re.search(pattern + r" (−?[\d.,]*\d)(?: × 10)?([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*)", text)
    assert found, text
    digits = found[1].replace(",", "").replace("−", "-")
    power = found[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    if power and "×" not in found[0]:  # a bare power of ten
        return float(f"1e{power}")
    return float(f"{digits}e{power or 0}")


# ---- what is said


def test_smooth_below_and_wild_beyond_is_told_in_numbers():
    curve, *_ = studied(RAVINE)
    (text,) = told.smoothness(curve)
    limit = number("the limit η =", text)
    # λmax of the gorge's floor: the eigenvalues of [[1 + κ, −κ], [−κ, κ]].
    assert limit == pytest.approx(2 / np.linalg.eigvalsh([[21, -20], [-20, 20]])[-1], rel=0.01)
    below, beyond = curve.slopes.eta < curve.question.limit, curve.slopes.eta >= curve.question.limit
    assert "the slope never changes its sign" in text
    assert number("and is", text) == pytest.approx(np.abs(curve.slope[below]).max(), rel=0.01)
    assert number("and reaches", text) == pytest.approx(np.nanmax(np.abs(curve.slope[beyond])), rel=0.01)
    assert "too steep to say anything" in text
    assert int(number(r"rates nearby\.", text)) == np.isnan(curve.slope[beyond]).sum()


def test_it_agrees_with_differences_and_a_wrong_slope_would_not():
    curve, *_ = studied(RAVINE)
    (text,) = told.agreement(curve)
    assert number("by a share of", text) < 1e-6
    assert "Beyond the limit at " in text
    wrong = replace(curve.checked_slopes, slope=1.01 * curve.checked_slopes.slope)
    (text,) = told.agreement(replace(curve, checked_slopes=wrong))
    assert number("by a share of", text) == pytest.approx(0.01, rel=0.02)


def test_a_quadratic_is_not_called_wild():
    curve, *_ = exhibited("One update too far")
    (text,) = told.smoothness(curve)
    assert "changes its sign once" in text
    assert "too steep" not in text


def test_where_descent_leads_is_told():
    said = {exhibit.title: " ".join(_descent(*exhibited(exhibit.title))) for exhibit in EXHIBITS[:5]}
    edge = said["Smooth below the limit, wild beyond"]
    assert "Then an update went too far: it ends at η =" in edge
    assert "beyond the limit: with so few steps" in edge
    assert "in a valley of the curve that is not its lowest" in said["A valley, but not the lowest"]
    assert "still on its way" in said["Noise does not roughen it"]
    back = said["One update too far"]
    assert number("it ends at η =", back) < 0.02 / 10
    assert number("with loss", back.split("went too far")[1]) > 1
    floor = said["At the bottom of the curve"]
    assert number(r"led to η = [\d.]+ with loss", floor) == pytest.approx(
        number(r"curve is [\d.]+, with", floor), rel=0.01
    )


def _descent(curve: Curve, updates: tuple[Update, ...], _: Learnt, view: View) -> list[str]:
    return told.descent(updates, curve, view)


def test_each_update_is_told_with_what_comes_of_it():
    curve, updates, _, view = studied(RAVINE)
    frames = told.frames(updates, view, curve.of_log)
    for frame, one, following in zip(frames, updates, updates[1:], strict=False):
        assert number("η =", frame) == pytest.approx(one.eta, rel=0.01)
        assert number("by a factor of", frame) == pytest.approx(following.eta / one.eta, rel=0.02)
    blown = told.frames([Update(2.0, np.inf, np.nan), Update(2.0, 0.0, np.nan)], view, True)
    assert "blows up, and there is no slope" in blown[0]
    assert "no slope that could be followed" in blown[1]
    assert "%" not in told.frames([Update(2.0, -1.0, 3.0)], view, False)[0]


def test_a_descent_that_cannot_begin_or_move_is_told():
    curve, _, _, view = studied(RAVINE)
    assert "no slope to go down" in told.descent([Update(2.0, np.inf, np.nan)], curve, view)[0]
    still = told.descent([Update(0.01, 5.0, 1e-9), Update(0.01, 5.0, 1e-9)], curve, view)
    assert "no update led to anything lower" in still[0]
    assert "nearly flat" in still[-1]


def test_a_schedule_that_jumps_has_no_slope_and_the_page_says_why():
    curve, updates, found, view = exhibited("A schedule that jumps")
    assert updates == ()
    (text,) = told.smoothness(curve)
    assert text.startswith("Reduce on plateau compares")
    assert told.agreement(curve) == []
    chart = picture.main(curve, updates, found, view)
    assert len(chart.panels) == 1
    pack(chart)


def test_a_loss_without_a_logarithm_is_differentiated_itself():
    curve, *_ = exhibited("A loss without a bottom")
    assert not curve.of_log
    assert "d loss / d log η" in " ".join(told.smoothness(curve))
    np.testing.assert_array_equal(curve.slope, curve.slopes.slope)
    assert studied(RAVINE)[0].of_log
    assert not studied(RAVINE, "plain 1")[0].of_log


def test_the_rate_that_learns_is_told():
    curve, _, found, _ = exhibited("A rate that learns as it runs")
    text = " ".join(told.hypergradient(found, curve))
    run = simulate(curve.question.scene.surface, Hypergradient(hyper_beta=found.beta), 0.004, steps=60)
    alpha = run.eta + run.state["h"][1:]
    assert number("from 0.004 to", text) == pytest.approx(alpha[-1], rel=0.01)
    assert number("ended at loss", text) == pytest.approx(run.loss[-1], rel=0.01)
    assert number("ends with loss", text) == pytest.approx(
        simulate(curve.question.scene.surface, GD(), 0.004, steps=60).loss[-1], rel=0.01
    )
    curve, _, found, _ = exhibited("β has a limit of its own")
    assert "it blew up" in " ".join(told.hypergradient(found, curve))
    curve, _, found, _ = studied(Scene(Quadratic(), (Run(Adam()),), steps=20))
    assert "the curve is Adam’s" in " ".join(told.hypergradient(found, curve))
    own = Scene(Quadratic(), (Run(Hypergradient(hyper_beta=1e-4)),), steps=20)
    curve, _, found, _ = studied(own)
    assert found.beta == 1e-4
    assert "η is the rate that it begins with" in " ".join(told.hypergradient(found, curve))


# ---- the picture


def test_the_picture_has_what_is_computed():
    curve, updates, found, view = studied(RAVINE)
    chart = picture.main(curve, updates, found, view)
    losses, slopes = chart.panels
    line = next(layer for layer in losses.layers if isinstance(layer, Line))
    np.testing.assert_array_equal(line.y, Task(Ravine(), GD(), 60).losses(curve.slopes.eta))
    dots = next(layer for layer in slopes.layers if isinstance(layer, Dots) and layer.name == "central differences")
    assert len(dots.x) == study.CHECKED
    assert all(
        next(layer for layer in panel.layers if isinstance(layer, Mark)).x == curve.question.limit
        for panel in chart.panels
    )
    assert chart.frames == len(updates) == len(chart.says) == len(chart.rates)
    assert "central differences" in chart.alt
    for one in (chart, picture.descent(curve, updates), picture.rates(curve, found)):
        assert pack(one)
        assert one.alt


def test_before_descent_is_done_there_is_a_picture():
    curve, _, found, view = studied(RAVINE)
    chart = picture.main(curve, (), found, view)
    assert (chart.frames, chart.says) == (1, ())
    assert pack(chart)


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[3::5])
def test_any_scene_is_told_and_drawn(surface: str, optimizer: str, schedule: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(study, "RATES", 21)
    text = f"surface={surface}&steps=12&run={optimizer}+{schedule}"
    scene = study.Question(text, 0, 0, 0).scene
    curve, updates, found, view = studied.__wrapped__(scene, "updates 2")
    said = [*told.smoothness(curve), *told.agreement(curve), *told.hypergradient(found, curve)]
    said += told.descent(updates, curve, view) if updates else []
    assert not any("undefined" in sentence or "nan" in sentence for sentence in said)
    jumps = schedule == "plateau" or surface == "absolute" or optimizer in JUMPING
    assert (curve.slopes.reason != "") == jumps
    pack(picture.main(curve, updates, found, view))
    pack(picture.rates(curve, found))


@pytest.mark.parametrize(
    ("words", "ends"),
    [("", (0.002, 0.8)), ("low 0.01", (0.01, 0.8)), ("low 5", (5, 500)), ("high 1e-3", (1e-5, 1e-3))],
)
def test_the_axis_is_around_the_limit_unless_it_is_chosen(words, ends):
    scene = Scene(Quadratic(), (Run(GD(), Constant(0.02)),), steps=20)
    asked_for = study.question(scene, parse(words)[0])
    assert (asked_for.low, asked_for.high) == pytest.approx(ends)
    assert asked_for.limit == pytest.approx(0.2)
    wide = study.question(replace(scene, runs=(Run(GD(), Constant(5.0)),)), View())
    assert wide.high == 10
    adaptive = study.question(replace(scene, runs=(Run(Adam(), Constant(0.02)),)), View())
    assert (adaptive.low, adaptive.high) == pytest.approx((1e-4, 1.0))
    assert np.isnan(adaptive.limit)


# ---- the view


@pytest.mark.parametrize("view", [View(), View(pace=0.3, updates=7), View(low=1e-3, high=2.0, beta=1e-9, plain=True)])
def test_a_view_survives_its_words(view):
    assert parse(str(view)) == (view, ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pace 0", "View.pace (γ) = 0 is outside (0, ∞)."),
        ("updates 1.5", "View.updates (K) = 1.5 is not a whole number."),
        ("low 2 high 1", "The range of η from 2 to 1 is empty."),
        ("colour red", "The view has no number 'colour'"),
        ("beta", "View.beta (β) = '' is not a number."),
    ],
)
def test_nonsense_gets_a_sentence_and_the_rest_holds(text, sentence):
    view, (problem, *_) = parse(f"plain 1 {text}")
    assert problem.startswith(sentence)
    assert view == View(plain=True)


# ---- the page


def waited(app: AppTest) -> AppTest:
    """The page, when the work in the background is done."""
    for _ in range(200):
        if not app.get("progress"):
            return app
        time.sleep(0.1)
        app = checked(app)
    raise AssertionError("the work does not end")


def charts(app: AppTest) -> list[str]:
    return [c.proto.component_name for c in app.get("bidi_component") if c.proto.component_name == "chart"]


def test_the_page_shows_both_ways_of_learning():
    app = waited(opened("steps=20&view=updates+3", page.PAGE))
    assert len(charts(app)) == 3
    text = sentences(app)
    assert "Below the limit η =" in text
    assert "log η moves against the slope" in text
    assert "Hypergradient descent needs no second run" in text


def test_a_long_run_is_differentiated_in_the_background(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(study, "QUICK", 5)
    app = opened("steps=31&view=updates+1", page.PAGE)
    app = waited(app)
    assert len(charts(app)) == 3


def test_a_curve_stays_until_the_next_one_is_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(study, "QUICK", 5)
    app = waited(opened("steps=20&view=updates+2", page.PAGE))
    goes_on, real = threading.Event(), study.curve

    def slow(*arguments):
        goes_on.wait(20)
        return real(*arguments)

    monkeypatch.setattr(study, "curve", slow)
    checked(app.text_input("steps").set_value("21"))
    assert "This is still the curve of Momentum on Rosenbrock, 20 steps." in sentences(app)
    assert len(charts(app)) == 1
    goes_on.set()
    app = waited(app)
    assert "This is still" not in sentences(app)
    assert len(charts(app)) == 3


def test_a_jump_is_told_and_no_descent_is_begun():
    app = opened("surface=quadratic&steps=20&run=gd+plateau", page.PAGE)
    assert len(charts(app)) == 2
    assert "Reduce on plateau compares" in sentences(app)
    assert "nothing to go down" in sentences(app)


def test_fields_change_the_view_and_refuse_nonsense():
    app = waited(opened("steps=20&view=updates+2", page.PAGE))
    app = waited(checked(app.text_input("view pace").set_value("0.01")))
    assert app.query_params["view"] == "pace 0.01 updates 2"
    app = waited(checked(app.text_input("view pace").set_value("fast")))
    assert "is not a number. Nothing was changed." in sentences(app)
    assert app.query_params["view"] == "pace 0.01 updates 2"
    app = waited(checked(app.text_input("view low").set_value("5")))
    app = waited(checked(app.text_input("view high").set_value("1")))
    assert "is empty. Nothing was changed." in sentences(app)
    app = waited(checked(app.toggle("view plain").set_value(True)))
    assert app.query_params["view"] == "pace 0.01 updates 2 low 5 plain 1"


def test_several_runs_are_told_and_the_first_is_shown():
    app = opened("surface=quadratic&steps=20&run=momentum&run=gd", page.PAGE)
    assert "about the first of the 2 runs, Momentum" in sentences(app)


def test_an_eta_that_is_picked_is_the_scenes():
    app = waited(opened("steps=20&run=gd+eta+0.005&view=updates+2", page.PAGE))
    app.session_state[page.CHART] = {"pick": 0.0123}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lrviz.ui.session.change", lambda change: changes.append(change))
        patched.setattr("lrviz.ui.chart.last_pick", lambda key: 0.0123)
        changes: list = []
        page._take_picked()
    scene = changes[0](Scene(Quadratic(), (Run(Momentum(), Constant(1.0)), Run()), steps=20))
    assert [run.schedule.eta for run in scene.runs] == [0.0123, 0.01]


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.title)
def test_exhibits_are_scenes_with_views(exhibit):
    assert parse(exhibit.view)[1] == ()
    assert str(parse(exhibit.view)[0]) == exhibit.view
    assert query(exhibit.scene)


def test_a_warmed_up_plateau_schedule_is_found_too():
    scene = Scene(Quadratic(), (Run(GD(), Plateau(0.05)),), steps=20)
    assert studied(scene)[0].slopes.reason


@pytest.mark.browser
def test_the_updates_are_stepped_through(page: Page):
    page.goto("/meta_gradient?surface=ravine&steps=40&run=gd+eta+0.005&view=updates+5")
    slider = page.get_by_role("slider", name="Update")
    expect(slider).to_have_attribute("aria-valuetext", "update 0 of 5", timeout=30_000)
    page.get_by_role("button", name="One frame on").click()
    expect(slider).to_have_attribute("aria-valuetext", "update 1 of 5")
    expect(page.locator(".says").first).to_contain_text("slope")
