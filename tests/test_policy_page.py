"""The Reinforcement page: what is asked and said of the learning, and that hands reach it all."""

import csv
import re
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Constant
from lrviz.models.learning import KEPT, Learned
from lrviz.scene import Run
from lrviz.ui.models import results
from lrviz.ui.policy import charts, page, study, told
from lrviz.ui.policy.examples import EXAMPLES
from lrviz.ui.policy.view import View
from tests import parcel
from tests.test_pages import checked, opened, sentences

RUNS = (Run(GD(), Constant(0.01)), Run(Adam(), Constant(0.1)))
SMALL = View(budget=1500, seeds=2, episodes=4, hidden=2, seed=3)


def quiet(*_: object) -> None:
    """Is told how far it is."""


@pytest.fixture(scope="module")
def asked():
    return study.question(RUNS, SMALL)


@pytest.fixture(scope="module")
def found(asked):
    return study.study(asked, quiet, lambda: False)


def made(returns, moved=None):
    """What would have been learned with these returns, (K, S)."""
    returns = np.asarray(returns, dtype=np.float64)
    K, S = returns.shape
    steps = np.repeat(1000.0 * np.arange(1, K + 1)[:, None], S, axis=1)
    moved = np.ones((K - 1, S)) if moved is None else np.asarray(moved, dtype=np.float64)
    return Learned(
        steps, returns, returns, np.ones(K - 1), moved, np.zeros((KEPT, 10, S)), np.zeros(KEPT, dtype=np.int64)
    )


# ---- the study


def test_runs_side_by_side_are_the_runs_alone(asked, found):
    for number, run in enumerate(RUNS):
        (alone,) = study.study(study.question((run,), SMALL), quiet, lambda: False)
        np.testing.assert_array_equal(alone.returns, found[number].returns)
        np.testing.assert_array_equal(alone.policies, found[number].policies)
    assert all(each.steps[-1] >= SMALL.budget > each.steps[-2] for each in found)


def test_curves_grow_together_and_a_stop_keeps_them(asked, found):
    seen = []
    stopped = study.study(asked, lambda done, total, partial: seen.append(partial), lambda: len(seen) >= 5)
    assert len(seen) == 5
    for partial, part, whole in zip(seen[-1], stopped, found, strict=True):
        K = len(part.returns)
        assert 1 < K < len(whole.returns)
        np.testing.assert_array_equal(part.returns, whole.returns[:K])
        np.testing.assert_array_equal(partial.returns, part.returns)
    spent = [each.steps[-1] for each in stopped]
    assert max(spent) - min(spent) < 500
    charts.learning(asked, stopped)


def test_what_is_watched_is_no_part_of_the_question(asked):
    assert study.question(RUNS, SMALL.replace(watch=2, after=50.0)) == asked
    assert study.question(RUNS, SMALL.replace(seeds=3)) != asked


def test_the_watched_episode_is_the_policys_own(asked, found):
    seen = study.watch(asked, found, 2, 0.5)
    row = round(0.5 * (KEPT - 1))
    alone = study.watch(asked, found[1:], 2, 0.5)[0]
    np.testing.assert_array_equal(alone.angle, seen[1].angle)
    for each, run in zip(seen, found, strict=True):
        assert each.updates == run.updates[row]
        assert each.stands.sum() == each.length
        assert np.ptp(each.position[each.length - 1 :]) == 0  # nothing moves after its end
        assert np.all(np.abs(each.angle) < 12.01)
        assert np.all(np.diff(each.position[: each.length]) != 0)
    (last,) = study.watch(asked, found[:1], 20, 1.0)
    (same,) = study.watch(asked, found[:1], 2, 1.0)
    np.testing.assert_array_equal(last.angle, same.angle)


def test_a_pole_is_drawn_where_it_stands(asked, found):
    seen = study.watch(asked, found, 1, 0.0)
    chart = charts.watching(asked, seen)
    (plane,) = chart.planes
    poles = [layer for layer in plane.layers if getattr(layer, "name", "")]
    assert len(poles) == 2
    for pole, each in zip(poles, seen, strict=True):
        foot, top = np.asarray(pole.x)[10], np.asarray(pole.y)[10]
        step = 10 * charts.EVERY
        assert foot[0] == each.position[step]
        np.testing.assert_allclose(np.degrees(np.arctan2(np.diff(foot), np.diff(top))), each.angle[step])
        np.testing.assert_allclose(np.hypot(np.diff(foot), np.diff(top)), charts.POLE)


# ---- the words


def test_who_learned_who_fell_and_why_is_said():
    rising = np.linspace(20, 300, 20)[:, None] * [1, 1]
    falling = np.concatenate([np.linspace(20, 200, 12), np.full(8, 10.0)])[:, None] * [1, 1]
    moved = np.linspace(0.1, 1.0, 19)[:, None] * [1, 1]
    asked = study.question(RUNS, View(seeds=2))
    said = told.verdict(asked, [made(falling, moved), made(rising)])
    assert said == [
        "The mean return of 2 seeds passes 150 after 9,000 steps in the environment with GD, η = 0.01 and after 10,000"
        " steps in the environment with Adam, η = 0.1.",
        "What was learned does not last everywhere: over the last 25% of the steps the return is below 50% of the"
        " seed’s own best 5 updates in a row for 2 of 2 seeds with GD, η = 0.01; with Adam, η = 0.1 none did.",
        "With GD, η = 0.01 the longest step of θ is 10 times the first, in the median seed. Its η stays, so it is the"
        " gradient that grows: it adds up the returns of all steps of the episodes, and these grow longer as the policy"
        " learns.",
    ]
    assert told.rows(asked, [made(falling, moved), made(rising)])[0][1:] == (
        "10", "10, 10", "9,000 steps", "2 of 2", "10", "19",
    )  # fmt: skip
    (*_, why) = told.verdict(study.question(RUNS[1:], View(seeds=2)), [made(falling, moved)])
    assert why == "With η = 0.1 the longest step of θ is 10 times the first, in the median seed."
    calm = told.verdict(asked, [made(rising / 10), made(rising)])
    assert calm[0].endswith("with Adam, η = 0.1.")
    assert calm[1] == "With GD, η = 0.01 it never does."
    assert calm[2].startswith("What was learned lasts here")
    assert len(told.verdict(asked, [made(rising / 10), made(rising / 10)])) == 1  # nothing was learned


def test_what_blew_up_is_said():
    broken = np.concatenate([np.full((5, 2), 20.0), np.full((5, 2), np.nan)])
    asked = study.question(RUNS[:1], View(seeds=2))
    assert told.rows(asked, [made(broken)])[0][1] == "blew up"
    assert told.alt(asked, [made(broken)]).endswith("η = 0.01 blew up.")
    assert told.verdict(asked, [made(broken)]) == [
        "With η = 0.01 the mean return of 2 seeds never passes 150.",
        "2 of 2 seeds with η = 0.01 blew up: θ went beyond all bounds.",
    ]
    charts.learning(asked, [made(broken)])


def test_the_file_has_a_row_for_each_run_seed_and_update(asked, found):
    text = results.text(page.columns(asked, found))
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == sum(each.returns.size for each in found)
    last = [row for row in rows if row["run"].startswith("Adam") and row["seed"] == "4"][-1]
    assert float(last["mean_return"]) == found[1].returns[-1, 1]
    assert last["next_eta"] == ""


# ---- the page

QUICK = "budget+1000+seeds+2+episodes+4"
LINK = f"surface=quadratic&view={QUICK}&run=gd+eta+0.01&run=adam+eta+0.1"


def work_of(app: AppTest):
    return app.session_state.get("work policy learning", None)


def settled(app: AppTest) -> AppTest:
    deadline = time.monotonic() + 60
    while (work := work_of(app)) and work.is_going_on:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return checked(app)


def curves(app: AppTest) -> dict:
    component = next(c.proto for c in app.get("bidi_component") if c.proto.id.endswith(page.CURVES))
    return parcel.opened(component.bytes)[0]["chart"]


def test_the_page_learns_and_says_what_came_of_it():
    app = settled(opened(LINK, "policy"))
    assert "the mean return of 2 seeds never passes 150" in sentences(app)
    assert "a linear softmax policy of 10 numbers plays 4 episodes" in sentences(app)
    assert curves(app)["alt"].startswith("Mean return")
    checked(app.text_input("view after").set_value("0"))
    assert app.query_params["view"] == "budget 1000 seeds 2 episodes 4 after 0"
    assert "(0 updates)" in sentences(app)
    assert work_of(app) is None  # nothing was learned anew


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("view seeds", "1", "View.seeds (S) = 1 is outside [2, 20]. Nothing was changed."),
        ("view budget", "lots", "View.budget (N) = &#x27;lots&#x27; is not a number. Nothing was changed."),
        ("view discount", "1.1", "View.discount (γ) = 1.1 is outside [0, 1]. Nothing was changed."),
    ],
)
def test_nonsense_is_refused_and_nothing_is_lost(field, typed, sentence):
    app = settled(opened(LINK, "policy"))
    before = dict(app.query_params)
    checked(app.text_input(field).set_value(typed))
    assert sentence in sentences(app)
    assert dict(app.query_params) == before


def test_more_than_a_moment_waits_for_a_button():
    app = opened("surface=quadratic&view=budget+500000+seeds+20+colour+red&run=gd+eta+0.01", "policy")
    assert not app.exception
    assert app.button("work policy learning begin").label == "Learn"
    assert "1 run with 20 seeds, of 500,000 steps in the environment each." in sentences(app)
    assert "The view has no number &#x27;colour&#x27;" in sentences(app)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_is_legal(example):
    view, problems = View.parse(example.view)
    assert not problems
    assert study.question(example.scene.runs, view).steps <= study.AT_ONCE


def test_nothing_heavy_is_loaded_before_a_policy_plays():
    script = "import sys, lrviz.ui.policy.page; print(*{'gymnasium', 'sklearn', 'pandas'} & set(sys.modules))"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.browser
def test_hands_play_the_episode_and_change_what_learns(page: Page) -> None:
    page.goto(f"/policy?{LINK}")
    scrub = page.get_by_role("slider", name="step").first
    expect(scrub).to_have_attribute("aria-valuetext", re.compile(r"step \d+"), timeout=60_000)
    scrub.focus()
    page.keyboard.press("End")
    expect(page.get_by_text(re.compile("^9.9 seconds: "))).to_be_visible()
    eta = page.get_by_label("η of run 1")
    eta.fill("0.002")
    eta.press("Enter")
    expect(page).to_have_url(re.compile(r"run=gd\+eta\+0\.002"))
    expect(page.get_by_role("rowheader", name="GD, η = 0.002")).to_be_visible(timeout=60_000)
