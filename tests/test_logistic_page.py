"""The page of linear models: what is chosen on it is in its address, what it says is so, and nonsense loses nothing."""

import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Constant, Momentum
from lrviz.scene import Run, Scene
from lrviz.ui.logistic import charts, page, study, told, told_sparse
from lrviz.ui.logistic.examples import EXAMPLES
from lrviz.ui.logistic.view import View
from tests import parcel
from tests.test_pages import checked, opened, sentences

ASKED = study.question(page.SCENE, View())
GO = (lambda *done: None, lambda: False)


# ---- the view


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View(part=2, data=3, first=4, second=9, x=42, y=43, penalty=0.001),
        View(data=2, first=0, second=1, x=0, y=1, hinge=True, penalty=0.0),
    ],
)
def test_a_view_survives_its_words(view):
    assert View.parse(str(view)) == (view, ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("data 4", "View.data (number) = 4 is outside [0, 3]."),
        ("second 5", "Iris has the classes 0 to 2; 1 and 5 are not two of them."),
        ("data 2", "Breast cancer has the classes 0 to 1; 1 and 2 are not two of them."),
        ("first 2", "Iris has the classes 0 to 2; 2 and 2 are not two of them."),
        ("x 9", "Iris has the features 0 to 3; 9 and 2 are not two of them."),
        ("penalty -1", "View.penalty (λ) = -1 is outside [0, ∞)."),
        ("hinge maybe", "View.hinge (hinge) = 'maybe' is neither 0 (off) nor 1 (on)."),
        ("colour red", "The view has no number 'colour'; it has: part, data, first, second, x, y, hinge, penalty."),
    ],
)
def test_nonsense_in_a_view_gets_a_sentence_and_the_rest_holds(text, sentence):
    assert View.parse(f"{text} part 1") == (View(part=1), (sentence,))


def test_what_is_first_chosen_of_any_data_can_be_shown():
    for data in range(4):
        assert View().replace(**View.on(data)).shape.classes > 1


# ---- what it computes


def test_of_a_long_run_the_beginning_is_shown_step_by_step_and_the_rest_evenly():
    assert study.shown(60) == list(range(61))
    steps = study.shown(5000)
    assert steps[:100] == list(range(100))
    assert steps[-1] == 5000
    assert len(steps) <= study.MOST_FRAMES + 1


@pytest.fixture(scope="module")
def found():
    return study.two(ASKED, *GO)


def test_the_hand_shows_the_very_runs_that_the_scene_has(found):
    eta = float(found.eta[70])
    alone = replace(ASKED.scene, runs=(Run(GD(), Constant(eta)),))
    again = study.two(study.question(alone, View()), *GO)
    np.testing.assert_allclose(found.paths[70], again.runs[0].theta[again.steps], rtol=1e-12, atol=1e-12)
    assert found.ends[70] == pytest.approx(again.losses(0)[-1], abs=1e-14)
    assert found.outcomes[70].kind == again.runs[0].outcome.kind


def test_the_rates_reach_from_far_below_what_is_sure_to_beyond_the_edge(found):
    assert found.eta[0] < found.known.sure / 10
    assert found.known.sure < found.known.edge < found.eta[-1]
    kinds = np.array([outcome.kind for outcome in found.outcomes])
    assert set(kinds[(found.eta > 0.5 * found.known.sure) & (found.eta < 0.95 * found.known.edge)]) == {"converged"}
    assert "converged" not in kinds[found.eta > found.known.edge]
    assert kinds[-1] == "diverged"
    assert found.eta[-1] > found.known.end


def test_theory_marks_the_limits_of_the_optimizer_that_runs():
    problem = ASKED.problem
    gd, momentum = (study.landmarks(problem, optimizer) for optimizer in (GD(), Momentum(beta=0.9)))
    assert gd.sure == pytest.approx(2 / problem.smoothness)
    assert gd.end == pytest.approx(2 / problem.penalty)
    assert momentum.edge == pytest.approx(1.9 * gd.edge)
    assert np.isnan(momentum.sure)
    assert [label for _, label, *_ in told.landmarks(momentum)][1:] == ["limit at θ*", "limit far out"]
    assert np.isnan(study.landmarks(problem, Adam()).edge)


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_shows_what_it_says(example):
    view, problems = View.parse(example.view)
    assert problems == ()
    assert str(view) == example.view
    asked = study.question(example.scene, view)
    if view.part == 0:
        found = study.two(asked, *GO)
        kinds = [run.outcome.kind for run in found.runs]
        ends = [found.losses(k)[-1] for k in range(3)]
        if example is EXAMPLES[0]:
            assert kinds == ["descending", "converged", "oscillating"]
        elif view.hinge:
            bands = [found.losses(k)[-50:].mean() for k in range(2)]
            assert ends[2] < bands[0] / 10
            assert bands[0] < bands[1] / 10
        else:
            assert not found.problem.minima
            assert ends[2] < ends[1] < ends[0]
    elif view.part == 1:
        ends = [run.values["loss above the lowest"][-1, 0] for run in study.everything(asked, *GO).runs]
        assert ends[1] < ends[0] / 3
    else:
        gd, adagrad = map(told_sparse.end, study.sparse(asked, *GO).contestants)
        assert gd > 3 * adagrad if "telling" in example.title else gd < adagrad / 3


def test_adagrad_steps_what_is_rare_with_more():
    asked = study.question(replace(page.SCENE, steps=40), View(part=2, data=2, first=0, second=1, x=0, y=1))
    found = study.sparse(asked, *GO)
    gd, adagrad = found.contestants
    np.testing.assert_allclose(gd.acted, float(gd.run.schedule.eta))
    rare = found.often < 0.05
    assert np.median(adagrad.acted[:-1][rare]) > 3 * np.median(adagrad.acted[:-1][~rare])
    assert told_sparse.end(gd) == np.nanmin(gd.ends)
    assert gd.followed.values["loss above the lowest"][-1, 0] == pytest.approx(told_sparse.end(gd), rel=0.05)
    times = told_sparse.end(gd) / told_sparse.end(adagrad)
    assert (f"came {times:.2g} times as near" in told_sparse.verdict(found)[0]) == (times > told_sparse.CLOSE)


def test_what_is_said_of_a_run_is_what_it_did():
    asked = study.question(
        Scene(runs=tuple(Run(GD(), Constant(eta)) for eta in (1e-3, 0.5, 500.0)), steps=400),
        View(part=1, penalty=0.1),
    )
    slow, good, wild = study.everything(asked, *GO).runs
    assert "of the way to the lowest loss" in told.became(slow)
    arrived, last = told.came(good)
    loss = good.values["loss above the lowest"][:, 0]
    assert loss[list(good.steps).index(arrived)] <= told.ARRIVED * loss[0] < loss[list(good.steps).index(arrived) - 1]
    assert told.became(good) == f"had gone 99.9% of the way to the lowest loss at step {arrived}"
    assert last == loss[-1]
    assert told.became(wild) == f"blew up at step {wild.blew_up[0]}"


# ---- the page


WORKS = [f"work logistic {part}" for part in ("two", "all", "sparse")]


def works(app: AppTest) -> list:
    return [app.session_state[key] for key in WORKS if key in app.session_state]


def settled(app: AppTest) -> AppTest:
    """The page after all that it works on by itself has ended."""
    deadline = time.monotonic() + 60
    while any(work and work.is_going_on for work in works(app)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return checked(app)


def visited(text: str = "") -> AppTest:
    return settled(opened(text, "logistic"))


def told_chart(app: AppTest, key: str) -> dict:
    """The header of a chart."""
    component = next(c.proto for c in app.get("bidi_component") if c.proto.id.endswith(key))
    return parcel.opened(component.bytes)[0]["chart"]


def test_an_empty_link_shows_runs_below_and_beyond_the_limits():
    app = visited()
    said = sentences(app)
    assert "GD 2, η = 4: Converged at step" in said
    assert "GD 3, η = 16.5: Oscillating" in said
    assert f"2/L = {2 / ASKED.problem.smoothness:.2f}" in said
    assert told_chart(app, page.STEPS)["frames"] == 61
    assert told_chart(app, page.HAND)["frames"] == study.RATES


def test_an_example_opens_by_its_button():
    app = visited("surface=quadratic&steps=3&run=gd")
    example = EXAMPLES[1]
    app = settled(checked(app.button(f"exhibit {example.title}").click()))
    assert app.query_params["view"] == example.view
    assert "the minimum is at infinity" in sentences(app)


def test_the_sparse_part_shows_its_two_charts_and_says_who_came_lower():
    app = visited("surface=quadratic&steps=5&run=gd&view=part+2+data+1+first+0+y+12")
    assert "each its best of 46 rates" in sentences(app)
    assert told_chart(app, page.CONTEST)["panels"]
    assert told_chart(app, page.ACTING)["panels"]


def test_all_that_is_chosen_is_in_the_address_and_classes_change_places():
    app = visited("surface=quadratic&steps=5&run=gd")
    app = settled(checked(app.selectbox("first class").select(2)))
    assert app.query_params["view"] == "first 2 second 1"
    app = settled(checked(app.selectbox("feature y").select(3)))
    app = settled(checked(app.selectbox("loss").select(1)))
    app = settled(checked(app.text_input("view penalty").set_value("0.5")))
    assert app.query_params["view"] == "first 2 second 1 y 3 hinge 1 penalty 0.5"
    app = settled(checked(app.selectbox("data").select(1)))
    app = settled(checked(app.segmented_control("part").set_value("All features")))
    assert app.query_params["view"] == "part 1 data 1 first 0 second 1 y 12 hinge 1 penalty 0.5"
    assert "The hinge loss is convex" in sentences(app)


def test_nonsense_is_refused_and_nothing_is_lost():
    app = visited("surface=quadratic&steps=5&run=gd")
    before = dict(app.query_params)
    checked(app.text_input("view penalty").set_value("<b>"))
    assert "View.penalty (λ) = &#x27;&lt;b&gt;&#x27; is not a number. Nothing was changed." in sentences(app)
    checked(app.text_input("steps").set_value("1e9"))
    assert "Scene.steps (T) = 1000000000 is outside [1, 5000]. Nothing was changed." in sentences(app)
    assert dict(app.query_params) == before


def test_every_number_of_a_chart_is_one_that_was_computed(found):
    chart = charts.steps(ASKED, found, 0)
    surface, data = chart.planes
    path = surface.layers[1]
    np.testing.assert_array_equal(path.x, found.runs[0].theta[found.steps, 0])
    line = data.layers[2]
    on = np.array([-line.b[9], line.a[9]])  # along the line
    assert on @ found.runs[0].theta[9] == pytest.approx(0, abs=1e-12)
    assert surface.field.values[5, 7] == pytest.approx(
        float(found.problem.loss(np.array([found.axes[0][7], found.axes[1][5]]))) - found.problem.infimum
    )
    assert chart.says[0].startswith("Step 0")
    assert len(chart.alt) > 100


def test_nothing_heavy_is_loaded_with_the_page():
    script = "import sys, lrviz.ui.logistic.page; print(*{'sklearn', 'scipy.optimize', 'pandas'} & set(sys.modules))"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# ---- in a browser


@pytest.mark.browser
def test_a_hand_steps_through_the_run_and_the_address_is_kept(page: Page) -> None:
    page.goto("/logistic?surface=quadratic&steps=20&run=gd+eta+4&view=y+3")
    scrub = page.get_by_role("slider", name="step").first
    expect(scrub).to_have_attribute("aria-valuetext", "step 20 of 20", timeout=60_000)
    says = page.locator(".says").first
    expect(says).to_contain_text("Step 20. Told rightly: GD")
    scrub.focus()
    page.keyboard.press("Home")
    expect(says).to_contain_text("Step 0: both weights are 0")
    rate = page.get_by_role("slider", name="η").last
    rate.focus()
    page.keyboard.press("End")
    expect(page.locator(".says").last).to_contain_text("Diverged")
    page.get_by_role("radio", name="All features").click()
    expect(page.get_by_text("held-out accuracy").first).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile(r"view=part\+1\+y\+3"))
