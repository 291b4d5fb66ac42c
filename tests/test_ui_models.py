"""What the model pages share: the runs in the sidebar, a range test of a model, tables and files."""

import csv
from io import StringIO

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import GD, Adam, Constant, Cosine, Exponential, Quadratic, Warmup
from lrviz.models import MLP, Minibatches, follow, load, range_check
from lrviz.problem import Problem
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.tuning.range_test import range_test
from lrviz.tuning.task import Task
from lrviz.ui.models import named, ranging, results
from lrviz.ui.models.runs import another, spread
from tests.test_background import ended

TWO = Scene(Quadratic(), (Run(GD(), Constant(0.1)), Run(GD(), Constant(0.1))))


class Line(Problem):
    """θ² in one dimension: GD multiplies θ by 1 − 2η."""

    box = ((-2.0, 2.0),)
    start = (1.0,)

    def loss(self, theta):
        return theta[0] * theta[0]

    def grad(self, theta):
        return 2 * theta


# ---- the runs


def sidebar() -> None:
    import streamlit as st

    from lrviz.ui import session
    from lrviz.ui.models import ranging, runs
    from tests import test_ui_models as here

    board = session.board("network", here.TWO)
    with st.sidebar:
        runs.runs(board)
    ranging.ranging("line", "θ²", lambda: here.Task(here.Line(), here.GD(), 20), 1e-3, 10, steps=60)


def opened() -> AppTest:
    return checked(AppTest.from_function(sidebar, default_timeout=20))


def checked(change) -> AppTest:
    """The page after a change, which raised nothing."""
    app = change.run()
    assert not app.exception
    return app


def board(app: AppTest):
    return app.session_state["desks"]["network"].board


def rates(app: AppTest) -> list[float]:
    return [float(run.schedule.eta) for run in board(app).scene.runs]


@pytest.mark.parametrize(
    ("runs", "names"),
    [
        ([Run(GD(), Constant(0.1)), Run(GD(), Constant(1.0))], ["η = 0.1", "η = 1"]),
        ([Run(GD(), Constant(0.1))], ["η = 0.1"]),
        ([Run(GD(), Constant(0.1)), Run(Adam(), Constant(0.1))], ["GD", "Adam"]),
        ([Run(GD(), Constant(0.1)), Run(GD(weight_decay=0.3), Constant(0.1))], ["λ = 0", "λ = 0.3"]),
        ([Run(GD(), Constant(0.1)), Run(GD(), Warmup(Cosine(0.1)))], ["constant", "warm-up and cosine decay"]),
        ([Run(GD(), Exponential(0.1, gamma)) for gamma in (0.9, 0.8)], ["γ = 0.9", "γ = 0.8"]),
        ([Run(GD(), Constant(0.1))] * 2, ["1: η = 0.1", "2: η = 0.1"]),
        ([Run(GD(), Constant(0.1)), Run(Adam(), Cosine(1.0))], ["GD, constant, η = 0.1", "Adam, cosine decay, η = 1"]),
    ],
)
def test_a_run_is_called_by_what_sets_it_apart(runs, names):
    assert named.names(runs) == names


def test_what_a_page_adds_tells_runs_apart_too():
    assert named.names([Run(GD(), Constant(0.1))] * 2, ["m = 1", "m = 20"]) == ["η = 0.1, m = 1", "η = 0.1, m = 20"]


def test_each_run_has_its_rate_and_a_typed_one_is_its_own():
    app = opened()
    assert [app.text_input(f"rate {number}").label for number in (1, 2)] == ["η of run 1", "η of run 2"]
    checked(app.text_input("rate 2").set_value("3e-2"))
    assert rates(app) == [0.1, 0.03]
    checked(app.text_input("rate 2").set_value("fast"))
    assert rates(app) == [0.1, 0.03]
    assert "is not a number. Nothing was changed." in app.session_state["desks"]["network"].problems[0]


def test_of_two_equal_runs_the_one_that_was_meant_goes():
    app = opened()
    first, second = board(app).ids
    checked(app.button("remove 1").click())
    assert board(app).ids == (second,)
    assert app.button(f"remove {second}").disabled  # the last one stays
    checked(app.button(f"duplicate {second}").click())
    assert rates(app) == [0.1, 0.1]
    assert first not in board(app).ids


def test_a_run_that_is_added_is_another_optimizer_until_no_more_can_be_told_apart():
    app = opened()
    while not app.button("add a run").disabled:
        checked(app.button("add a run").click())
    scene = board(app).scene
    assert len(scene.runs) == MOST_RUNS
    assert len({run.optimizer.slug for run in scene.runs}) == MOST_RUNS - 1  # gradient descent was there twice
    assert scene.runs[-1].schedule.eta == scene.runs[-1].optimizer.typical_eta


def test_another_run_is_one_that_is_not_there():
    assert another(Scene(Quadratic(), (Run(GD()), Run(Adam())))).optimizer.slug not in ("gd", "adam")


def test_the_rate_is_spread_around_its_own_and_all_else_stays():
    scene = Scene(Quadratic(), (Run(Adam(beta1=0.8), Cosine(0.05, period=40)), Run()))
    spreaded = spread(scene).runs
    assert [run.schedule.eta for run in spreaded] == [0.005, 0.016, 0.05, 0.16, 0.5]
    assert {run.optimizer for run in spreaded} == {Adam(beta1=0.8)}
    assert {run.schedule.with_eta(1.0) for run in spreaded} == {Cosine(1.0, period=40)}
    app = opened()
    checked(app.button("spread eta").click())
    assert rates(app) == [0.01, 0.032, 0.1, 0.32, 1.0]


def test_a_rate_that_cannot_be_spread_gets_a_sentence():
    with pytest.raises(ValueError, match="is outside"):
        spread(Scene(Quadratic(), (Run(GD(), Constant(1e308)),)))


# ---- the range test of a model


def test_a_check_is_the_range_test_and_plain_runs():
    found = range_check.check(Task(Line(), GD(), 20), (1e-3, 10.0), 60)
    alone = range_test(Line(), GD(), (1e-3, 10.0), 60, smoothing=range_check.SMOOTHING)
    assert np.array_equal(found.test.loss, alone.loss)
    assert found.suggested == {name: eta for name, eta in alone.suggestions.items() if eta > 0}
    assert set(found.suggested.values()) <= set(found.eta.tolist())
    left = (1 - 2 * found.eta) ** 40
    assert found.loss == pytest.approx(np.where(left < 1e12, left, np.inf), rel=1e-9)
    assert found.loss[found.best] == found.loss.min()


def test_on_minibatches_real_runs_are_judged_on_what_was_held_out():
    train, held_out = load("iris").split(0.3)
    net = MLP(train, held_out, hidden=(4,))
    task = Task(Minibatches(net, 10), GD(), 12)
    found = range_check.check(task, (1e-3, 1.0), 20)
    ends = follow(task.problem, GD(), Constant(found.eta), np.repeat(net.start[:, None], found.eta.size, 1), [12], {})
    assert np.array_equal(found.loss, net.validation(ends.theta))
    assert found.start == net.validation(net.start[:, None])[0]
    assert not np.array_equal(found.test.loss, found.test.true)  # the test sees minibatches


def test_a_check_that_is_cancelled_ends_where_it_is():
    told = []
    found = range_check.check(
        Task(Line(), GD(), 20), (1e-3, 10.0), 60, lambda *done: told.append(done), lambda: len(told) >= 5
    )
    assert told == [(step, 80) for step in (1, 2, 3, 4, 5, 60)]
    assert len(found.test.eta) == 5


def checked_with(losses: dict[str, float], start: float = 1.0, best: float = 0.0) -> range_check.Checked:
    """A test whose rules suggest these rates, in order, and what real runs there come to."""
    test = range_test(Line(), GD(), (1e-3, 10.0), 60)
    suggested = {name: eta for name, eta in test.suggestions.items() if name in losses}
    assert len(suggested) == len(losses)
    ends = {eta: losses[name] for name, eta in suggested.items()} | {9.0: best}
    # Rules may agree on a rate; then they agree on the loss too.
    eta = np.array(sorted({*ends, *(one for name, one in test.suggestions.items() if one > 0)}))
    return range_check.Checked(test, eta, np.array([ends.get(one, np.inf) for one in eta.tolist()]), start, 20)


@pytest.mark.parametrize(
    ("losses", "begins"),
    [
        ({"steepest": 0.04, "valley": 0.05}, "The test is partly right here: steepest and valley are as good"),
        ({"steepest": 0.04, "valley": 0.06}, "The test is partly right here: steepest is as good"),
        ({"steepest": 0.06, "valley": 0.06}, "The test misleads here"),
    ],
)
def test_the_verdict_is_by_the_share_of_the_best_ones_way(losses, begins):
    assert ranging.verdict(checked_with(losses))[0].startswith(begins)


def test_the_verdict_says_when_no_rate_is_good():
    assert ranging.verdict(checked_with({}, best=2.0))[0].startswith("None of the real runs came below the loss")
    assert ranging.verdict(checked_with({}, best=np.inf))[0].startswith("Every one of the real runs blew up")


def test_the_picture_has_the_test_the_real_runs_and_where_they_blow_up():
    found = range_check.check(Task(Line(), GD(), 2000), (1e-3, 10.0), 60)
    first, second = ranging.picture(found, "held-out loss").panels
    assert [mark.x for mark in first.layers if hasattr(mark, "text")] == list(found.suggested.values())
    (zone,) = [layer for layer in second.layers if getattr(layer, "label", "") == "blows up"]
    assert zone.low == found.eta[np.isinf(found.loss)][0]
    assert second.y.title == "held-out loss"
    assert len(ranging.rows(found)) == 4


def test_on_the_page_it_waits_for_its_button_and_a_suggestion_becomes_the_first_runs():
    app = opened()
    checked(app.button("work range test of line begin").click())
    work = app.session_state["work range test of line"]
    ended(work)
    checked(app)
    assert any("The test " in html.proto.body for html in app.get("html"))
    checked(app.button("range test of line take steepest").click())
    suggested = range_check.check(Task(Line(), GD(), 20), (1e-3, 10.0), 60).suggested["steepest"]
    assert rates(app) == [pytest.approx(suggested, rel=5e-3), 0.1]


# ---- tables and files


def test_a_file_reads_back_as_what_was_measured():
    start = np.array([[1.0, 1.0, 1.0]])
    eta = np.array([0.1, 1 / 3, 1e9])
    found = follow(Line(), GD(), Constant(eta), start, [0, 3, 40], {"loss": Line().loss})
    rows = list(csv.DictReader(StringIO(results.text(results.curves(["a", "b, c", "d"], found)))))
    assert [(row["run"], row["step"]) for row in rows[:4]] == [("a", "0"), ("a", "3"), ("a", "40"), ("b, c", "0")]
    told = [float(row["loss"]) if row["loss"] else np.nan for row in rows]
    assert np.array_equal(told, found.values["loss"].T.ravel(), equal_nan=True)
    assert rows[-1]["loss"] == ""  # it blew up


def test_columns_of_different_lengths_make_no_file():
    with pytest.raises(ValueError, match="shorter"):
        results.text({"a": [1, 2], "b": [1]})
