"""The range test page: whatever the scene it shows a test beside the truth, and says in numbers how they agree."""

import re
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Additive, Constant, Momentum, Quadratic, Rosenbrock, Saddle, simulate
from lrviz.link import query, read
from lrviz.scene import Run, Scene
from lrviz.ui.chart import Dots, Line, Mark, Zone
from lrviz.ui.chart.pack import pack
from lrviz.ui.range_test import study, told
from lrviz.ui.range_test.exhibits import EXHIBITS
from lrviz.ui.range_test.picture import picture
from lrviz.ui.range_test.study import Study
from lrviz.ui.range_test.view import View, parse
from tests.pairs import pairs
from tests.test_pages import checked, opened, sentences


def studied(scene: Scene, words: str = "") -> Study:
    view, problems = parse(words)
    assert not problems
    test = study.test_of(scene, view)
    truth = study.run_truth(study.question(scene, study.axis(view)))
    return Study(scene, test, truth, study.run_truth(study.question(scene, study.advised(scene, test))))


def exhibited(title: str) -> Study:
    exhibit = next(exhibit for exhibit in EXHIBITS if exhibit.title == title)
    return studied(exhibit.scene, exhibit.view)


def number(pattern: str, text: str) -> float:
    found = re.search(pattern + r" ([\d.,]*\d)", text)
    assert found, text
    return float(found[1].replace(",", ""))


# ---- what is said


def test_it_is_right_where_all_that_it_suggests_is_as_good_as_the_best():
    found = exhibited("The test at its best")
    right, best = told.verdict(found)
    assert right.startswith("The test is right here: all 4 suggestions")
    ends = {row.rule: row.ends for row in told.rows(found)}
    assert [ends[name] for name in ("steepest", "valley", "slide", "minimum ÷ 10")] == ["as good as the best"] * 4
    # The best rate of the sentence, and one far beyond it, run once more by hand.
    eta = number("is η =", best)
    runs = [
        np.median(
            [
                simulate(Quadratic(), GD(), rate, start=(1.5, 1.0), steps=300, noise=Additive(0.1), seed=seed).loss[-1]
                for seed in range(9)
            ]
        )
        for rate in (eta, 0.1)
    ]
    assert found.truth.loss[found.truth.best] == pytest.approx(runs[0], rel=0.2)
    assert runs[1] > 2 * runs[0]
    assert 0.1 > number("to", best.replace("as good are those from", "")) > eta


def test_a_rate_that_ends_farther_off_is_told_by_how_much():
    found = exhibited("It sees speed, not the floor")
    assert told.verdict(found)[0].startswith("The test misleads here: none of its 4 suggestions is as good")
    row = next(row for row in told.rows(found) if row.rule == "valley")
    ratio = found.truth.excess(found.advice.at(row.eta)) / found.truth.loss.min()
    assert number("ends", row.ends) == pytest.approx(ratio, rel=0.05)
    assert ratio > 2


def test_where_the_best_has_arrived_a_share_of_the_start_is_told():
    found = exhibited("A flat start")
    row = next(row for row in told.rows(found) if row.rule == "valley")
    run = simulate(found.scene.surface, GD(), row.eta, start=found.scene.start, steps=300)
    assert number("still has", row.ends) == pytest.approx(run.loss[-1] / run.loss[0], rel=0.05)


def test_why_the_edge_is_late_is_told_in_this_tests_numbers():
    found = exhibited("Without noise it is later still").test
    text = " ".join(told.edge(found))
    assert number("at η =", text) == pytest.approx(found.edge, rel=0.01)
    assert number("it comes", text) == pytest.approx(found.edge / 0.2, rel=0.05)
    step = int(number("at step", text))
    assert found.ramp(float(step)) > 0.2 > found.ramp(step - 1.0)
    expected, took = int(number("Theory gives that", text)), int(number("it took", text))
    assert expected == took == np.flatnonzero(found.true > 4 * found.true[0])[0] - step
    assert "There is no noise" in text
    assert "There is no noise" not in " ".join(told.edge(exhibited("The test at its best").test))


def test_a_slow_ramp_with_noise_is_near_theory_and_its_rules_are_far_off():
    found = exhibited("A slow ramp finds the edge")
    assert number("it comes", " ".join(told.edge(found.test))) < 10
    assert "misleads" in told.verdict(found)[0]
    assert max(found.test.suggestions[name] for name in ("steepest", "valley", "minimum ÷ 10")) < found.truth.good[0]


def test_a_run_that_is_thrown_out_before_the_limit_is_told():
    scene = read(parse_qs("surface=least_squares&steps=20&noise=minibatch+batch+8&run=momentum")).scene
    found = studied(scene, "ramp 1000 smoothing 0.98").test
    assert found.edge < found.suggestions["edge of stability"]
    assert "is beyond it: noise, or a run that is far from the minimum" in " ".join(told.edge(found))


def test_a_ramp_that_ends_before_the_growth_is_told():
    found = studied(Scene(Quadratic(), (Run(GD()),), steps=20), "high 0.22").test
    text = " ".join(told.edge(found))
    assert "this test sees no edge up to η = 0.22" in text
    assert "Theory says that the ramp ends before; it was not seen." in text


def test_the_lag_of_the_average_is_told():
    text = " ".join(told.stop(exhibited("The average lags").test))
    assert number("is least at η =", text) < number("smoothed at", text)
    assert number("it looks back over about", text) == 50
    less = studied(exhibited("The average lags").scene, "smoothing 0").test
    assert "lags" not in " ".join(told.stop(less))
    steep, plain = exhibited("The average lags").test, exhibited("The test at its best").test
    assert steep.suggestions["steepest"] > 3 * plain.suggestions["steepest"]


def test_a_stop_by_noise_alone_is_told():
    assert "Only the noise in the losses did that" in " ".join(told.stop(exhibited("Stopped by the noise").test))
    assert "Only the noise" not in " ".join(told.stop(exhibited("The test at its best").test))


def test_the_other_exhibits_show_what_they_say():
    flat = exhibited("A flat start")
    assert np.isnan(flat.test.edge)
    assert sum(row.ends == "as good as the best" for row in told.rows(flat) if row.rule != "edge of stability") < 3
    wall = exhibited("The first wall is not the valley")
    assert "misleads" in told.verdict(wall)[0]
    thrown = exhibited("Thrown from well to well").test
    assert thrown.edge > 50 * thrown.suggestions["edge of stability"]
    left, right = thrown.theta[0, thrown.stopped - 40], thrown.theta[0, np.searchsorted(thrown.eta, 2.0)]
    assert left == pytest.approx(-1, abs=0.1)
    assert right == pytest.approx(2, abs=0.1)
    large = exhibited("It sees speed, not the floor")
    rates = [eta for name, eta in large.test.suggestions.items() if name != "edge of stability"]
    assert min(rates) > large.truth.good[1]


def test_without_a_minimum_nothing_is_called_good():
    found = studied(Scene(Saddle(), (Run(GD()),), steps=50), "high 1")
    assert told.verdict(found) == [
        "There is no minimum here, so no final loss is the best: nothing says which suggestion is good."
    ]
    assert not any(row.is_good for row in told.rows(found))


def test_where_every_run_blows_up_it_says_so():
    found = studied(Scene(Rosenbrock(), (Run(GD()),), steps=50), "low 1 high 10 ramp 50")
    assert told.verdict(found) == ["Every one of the real runs blew up: no rate in this range is good."]


# ---- the chart


def test_the_chart_has_what_is_computed():
    found = exhibited("The test at its best")
    drawn = picture(found, View())
    test, truth = drawn.panels
    smoothed = next(layer for layer in test.layers if isinstance(layer, Line) and layer.name == "smoothed")
    np.testing.assert_array_equal(smoothed.y, found.test.smoothed[: found.test.stopped + 1])
    marks = {layer.label: float(layer.x) for layer in test.layers if isinstance(layer, Mark)}
    assert marks["valley"] == found.test.suggestions["valley"]
    assert marks["theory’s limit"] == pytest.approx(0.2)
    zone = next(layer for layer in test.layers if isinstance(layer, Zone))
    assert zone.low == found.test.edge
    dots = next(layer for layer in truth.layers if isinstance(layer, Dots))
    np.testing.assert_array_equal(dots.y, [found.advice.at(eta) for eta in dots.x])
    assert "The test is right here" in drawn.alt
    run = drawn.run.scene.runs[0]
    assert run == Run(GD(), Constant(0.025))


def test_before_the_truth_is_known_only_the_start_is_drawn():
    found = replace(exhibited("The test at its best"), truth=None, advice=None)
    test, truth = picture(found, View()).panels
    assert truth.title.endswith("not made yet")
    assert [layer.y for layer in truth.layers] == [float(Quadratic().loss(np.array(Quadratic().start)))]
    assert len(test.layers) > 5
    assert {row.ends for row in told.rows(found)} == {"…"}
    assert told.verdict(found) == []


def test_of_a_long_ramp_only_some_steps_are_drawn():
    found = exhibited("A slow ramp finds the edge")
    lines = [layer for layer in picture(found, View()).panels[0].layers if isinstance(layer, Line)]
    assert all(len(line.x) <= 2_000 for line in lines)
    assert max(line.x[-1] for line in lines) == found.test.eta[-1]


def test_a_schedule_rests():
    scene = read(parse_qs("surface=quadratic&run=momentum+eta+0.01+cosine+period+50")).scene
    drawn = picture(studied(scene), View())
    assert drawn.run.scene.runs == (Run(Momentum(), Constant(0.01)),)
    app = opened("surface=quadratic&steps=50&run=momentum+eta+0.01+cosine+period+50", "range_test")
    assert "the scene’s schedule (cosine decay) rests" in sentences(app)
    assert not [field for field in app.text_input if field.key == "eta schedule 1"]


# ---- the view


@pytest.mark.parametrize("view", [View(), View(low=1e-5), View(ramp=20_000, linear=True), View(1e-3, 1.0, stop=2.5)])
def test_a_view_survives_its_words(view):
    assert parse(str(view)) == (view, ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ramp 1", "View.ramp (n) = 1 is outside [2, 20000]."),
        ("ramp", "View.ramp (n) = '' is not a number."),
        ("smoothing 1", "View.smoothing (β) = 1 is outside [0, 1)."),
        ("stop 1", "View.stop (×) = 1 is outside (1, ∞)."),
        ("low 0", "View.low (η) = 0 is outside (0, ∞)."),
        ("low 2 high 1", "The range of η from 2 to 1 is empty."),
        ("colour red", "The view has no number 'colour'; it has: low, high, ramp, smoothing, stop, linear."),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence(text, sentence):
    view, problems = parse("linear 1 " + text)
    assert problems == (sentence,)
    assert view == View(linear=True)


# ---- the page


def test_an_empty_link_shows_a_test_that_is_right():
    assert "The test is right here" in sentences(opened("", "range_test"))


def link_of(surface: str, optimizer: str, schedule: str) -> str:
    noise = "minibatch" if surface == "least_squares" else "additive+sigma+0.5"
    return f"surface={surface}&steps=12&noise={noise}&run={optimizer}+{schedule}"


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[::5])
def test_every_scene_can_be_told_and_drawn(surface, optimizer, schedule):
    scene = read(parse_qs(link_of(surface, optimizer, schedule))).scene
    found = studied(scene, "ramp 40 high 1000")
    assert pack(picture(found, View(high=1000.0, ramp=40)))
    said = [*told.verdict(found), *told.stop(found.test), *told.edge(found.test)]
    assert all(sentence.endswith(".") for sentence in said)
    assert not re.search("nan|inf|undefined|None", " ".join([*said, *(row.ends for row in told.rows(found))]))


@pytest.mark.parametrize(("surface", "optimizer", "schedule"), pairs()[::50])
def test_no_scene_raises(surface, optimizer, schedule):
    app = opened(f"{link_of(surface, optimizer, schedule)}&view=ramp+40+high+1000", "range_test")
    assert "Where the edge is" in sentences(app)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.title)
def test_every_exhibit_is_a_clean_link(exhibit):
    assert query(exhibit.scene, default=None) == exhibit.query
    view, problems = parse(exhibit.view)
    assert problems == ()
    assert str(view) == exhibit.view


def test_an_exhibit_opens():
    app = opened("", "range_test")
    checked(next(button for button in app.button if button.label == "The average lags").click())
    assert app.query_params["view"] == "smoothing 0.98"
    assert "The average lags: without noise" in sentences(app)


def test_what_is_typed_is_in_the_address_and_nonsense_changes_nothing():
    app = opened("surface=quadratic&steps=40&run=gd+eta+0.05", "range_test")
    checked(app.text_input("view ramp").set_value("55"))
    assert app.query_params["view"] == "ramp 55"
    for key, typed, sentence in (
        ("view low", "20", "The range of η from 20 to 10 is empty. Nothing was changed."),
        ("view smoothing", "much", "View.smoothing (β) = &#x27;much&#x27; is not a number. Nothing was changed."),
        ("view stop", "0.5", "View.stop (×) = 0.5 is outside (1, ∞). Nothing was changed."),
    ):
        checked(app.text_input(key).set_value(typed))
        assert sentence in sentences(app)
        assert app.query_params["view"] == "ramp 55"
    checked(app.toggle("view linear").set_value(True))
    assert app.query_params["view"] == "ramp 55 linear 1"


def scene_on(app: AppTest) -> Scene:
    return app.session_state["desks"]["range_test"].board.scene


def test_a_suggestion_and_a_picked_rate_are_taken_along():
    app = opened("surface=quadratic&steps=40&run=gd+eta+0.05&run=adam", "range_test")
    assert "This page is about the first of the 2 runs, Gradient descent." in sentences(app)
    valley = study.test_of(scene_on(app), View()).suggestions["valley"]
    checked(app.button("take valley").click())
    assert scene_on(app).runs[0] == Run(GD(), Constant(valley))
    assert scene_on(app).runs[1].optimizer == Adam()
    assert f"run=gd+eta+{valley}" in query(scene_on(app))


def test_long_runs_are_made_in_the_background_and_the_test_is_there_at_once(monkeypatch):
    monkeypatch.setattr(study, "AT_ONCE", 10)
    scene = Scene(Quadratic(), (Run(GD(), Constant(0.05)),), steps=77)
    app = opened(query(scene), "range_test")
    assert "What each rule suggests, and why" in sentences(app)
    for _ in range(100):
        if "as good are those from" in sentences(app):
            break
        checked(app)
    assert "The test is partly right here" in sentences(app)
    assert study.shelf().get(study.question(scene, study.axis(View()))) is not None
    assert study.question(replace(scene, runs=(Run(GD(), Constant(0.3)),)), (0.1,)) == study.question(scene, (0.1,))


# ---- in a browser


@pytest.mark.browser
def test_a_hand_reads_the_chart_and_takes_a_rate_along(page: Page) -> None:
    page.goto("/range_test?surface=quadratic&run=gd+eta+0.05")
    expect(page.get_by_text("The test is partly right here")).to_be_visible(timeout=30_000)
    canvas = page.locator(".chart canvas").first
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    expect(page).not_to_have_url(re.compile(r"eta\+0\.05$"), timeout=10_000)
    expect(page).to_have_url(re.compile(r"run=gd\+eta\+0\.\d+"))
    field = page.get_by_role("textbox", name="Steps of the ramp")
    field.fill("60")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"view=ramp\+60"), timeout=10_000)
