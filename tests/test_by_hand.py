"""Tuning by hand: attempts are real runs, their log adds up, and the hints lead where the truth is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import (
    GD,
    OPTIMIZERS,
    SURFACES,
    AdaGrad,
    Adam,
    Additive,
    Constant,
    Cosine,
    Momentum,
    Quadratic,
    RMSProp,
    Rosenbrock,
    simulate,
)
from lrviz.outcome import Outcome
from lrviz.tuning.by_hand import CLOSE, Attempt, attempt, beaten, hint, log, symptom
from lrviz.tuning.measure import measure
from lrviz.tuning.repeat import repeat
from lrviz.tuning.task import Task

BOWL, PLAIN = Quadratic(), GD()


def task_of(surface=BOWL, optimizer=PLAIN, steps=100, **more) -> Task:
    return Task(surface, optimizer, steps, **more)


def made(eta: float, end: float, kind: str = "descending", loss: tuple[float, ...] = (4.0, 3.0, 2.0, 1.0)) -> Attempt:
    """An attempt with made-up numbers."""
    return Attempt(eta, Outcome(kind, len(loss) - 1, ""), np.array(loss), end, 100)


# ---- attempts and their log


@pytest.mark.parametrize("noise", [None, Additive(0.5)])
def test_an_attempt_is_the_run(noise):
    task = task_of(optimizer=Momentum(), schedule=Cosine(0.3, period=100), start=(0.5, 1.5), noise=noise, seed=3)
    one = attempt(task, 0.02)
    run = simulate(Quadratic(), Momentum(), Cosine(0.02, period=100), start=(0.5, 1.5), steps=100, noise=noise, seed=3)
    np.testing.assert_array_equal(one.loss, run.loss)
    assert one.outcome == run.outcome
    assert one.end == pytest.approx(float(run.loss[-1]), rel=1e-12)
    assert one.evaluations == 100


def test_a_run_that_blew_up_ends_nowhere_and_costs_what_it_ran():
    one = attempt(task_of(Rosenbrock(), Momentum(), 300), 0.01)
    assert one.end == np.inf
    assert one.outcome.kind == "diverged"
    assert one.evaluations == np.isfinite(one.loss).sum() - 1 < 10


def test_the_log_adds_up():
    entries = log([made(1, np.inf), made(2, 5.0), made(3, 7.0), made(4, 5.0), made(5, 4.0)])
    assert [entry.spent for entry in entries] == [100, 200, 300, 400, 500]
    assert [entry.best for entry in entries] == [np.inf, 5, 5, 5, 4]
    assert [entry.leads for entry in entries] == [False, True, False, False, True]


# ---- what a run points to


@pytest.mark.parametrize(
    ("task", "eta", "way", "tenfold", "words"),
    [
        (task_of(Rosenbrock(), Momentum(), 300), 0.01, "smaller", True, "It blew up at step 5 of 300"),
        (task_of(steps=300), 0.22, "smaller", False, "It blew up at step"),
        (task_of(steps=60), 0.205, "smaller", False, "It is growing, to"),
        (task_of(steps=60), 0.2, "smaller", False, "It goes to and fro, and ends at 0.0673"),
        (task_of(optimizer=RMSProp(rho=0.9), steps=300), 0.3, "smaller", False, "to and fro"),
        (task_of(steps=300, noise=Additive(2.0)), 0.1, "smaller", False, "It does not settle"),
        (task_of(steps=200), 0.1, "larger", False, "It was there by step 55 of 200"),
        (task_of(steps=60), 0.02, "larger", False, "From step 54 on the loss was still falling"),
        (task_of(SURFACES["least_squares"](), Adam(), 300), 0.001, "larger", True, "it ran out of steps"),
        (task_of(steps=60, schedule=Cosine(period=20)), 0.01, "larger", True, "It has come to a stop at 1.32."),
    ],
)
def test_a_run_says_where_to_go(task, eta, way, tenfold, words):
    one = attempt(task, eta)
    found = symptom(one)
    assert found[:2] == (way, tenfold)
    assert words in found[2]


def test_the_numbers_in_a_hint_are_the_runs():
    one = attempt(task_of(steps=60), 0.02)
    run = simulate(Quadratic(), GD(), 0.02, steps=60)
    assert f"{run.loss[54]:.3g} to {run.loss[60]:.3g}" in symptom(one)[2]
    one = made(0.1, 2.5, loss=(4.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.5))
    assert symptom(one) == ("smaller", False, "From step 9 on the loss rose, 2 to 2.5.")


# ---- what to try next


@pytest.mark.parametrize(
    ("tried", "way", "eta"),
    [
        ([made(0.1, 1.0)], "larger", 0.2),
        ([made(0.1, 3.9, loss=(4.0, 3.9, 3.9, 3.85))], "larger", 1.0),
        ([made(0.1, np.inf, "diverged", (4.0, np.nan, np.nan, np.nan))], "smaller", 0.01),
        ([made(0.1, np.inf, "diverged", (4.0, 9.0, 99.0, np.nan))], "smaller", 0.05),
        ([made(0.3, 2.0), made(0.1, 1.0)], "larger", 0.17),  # half the way to what was tried there
        ([made(0.1, 1.0), made(1.0, np.inf, "diverged", (4.0, 9.0, 99.0, np.nan))], "smaller", 0.5),
        ([made(0.1, 2.0), made(0.2, 1.0), made(0.8, 3.0)], "between", 0.4),
        ([made(0.8, 3.0), made(0.05, 2.0), made(0.2, 1.0)], "between", 0.4),
        ([made(0.01, 2.0), made(0.2, 1.0), made(0.8, 3.0)], "between", 0.045),
        ([made(0.18, 2.0), made(0.2, 1.0), made(0.22, 3.0)], None, np.nan),
        ([made(0.22, 2.0), made(0.2, 1.0)], None, np.nan),
    ],
)
def test_what_to_try_next(tried, way, eta):
    found = hint(tried)
    assert found.way == way
    assert found.eta == pytest.approx(eta, nan_ok=True)
    assert ("little is left to gain" in found.sentence) == (way is None)
    if way is not None:
        assert f"{eta:g}" in found.sentence


@given(
    st.lists(
        st.tuples(st.floats(1e-6, 1e3), st.one_of(st.just(np.inf), st.floats(1e-9, 1e9)), st.booleans()),
        min_size=1,
        max_size=8,
        unique_by=lambda one: one[0],
    )
)
def test_no_hint_leads_to_a_rate_that_was_tried_nor_past_its_neighbours(numbers):
    rising, falling = (4.0, 3.0, 2.0, 3.0), (4.0, 3.0, 2.0, 1.0)
    tried = [made(eta, end, loss=rising if rises else falling) for eta, end, rises in numbers]
    found = hint(tried)
    if found.way is None:
        return
    etas = np.array([one.eta for one in tried])
    assert np.all(np.abs(np.log(etas / found.eta)) > 0.02)
    if found.way == "between":
        assert etas.min() < found.eta < etas.max()
        best = min(tried, key=lambda one: (one.end, one.eta)).eta
        assert not np.any((etas > min(best, found.eta)) & (etas < max(best, found.eta)))
    else:
        last = etas[-1]
        assert (found.eta > last) == (found.way == "larger")
        assert not np.any((etas > min(last, found.eta)) & (etas < max(last, found.eta)))


@pytest.mark.parametrize(
    ("surface", "optimizer", "runs"),
    [
        ("quadratic", GD(), 8),
        ("quadratic", AdaGrad(), 8),
        ("quadratic", Adam(), 8),
        ("rosenbrock", GD(), 8),
        ("ravine", GD(), 8),
        ("ravine", RMSProp(), 8),
        ("least_squares", GD(), 8),
        ("least_squares", AdaGrad(), 11),
        ("himmelblau", AdaGrad(), 9),
    ],
)
def test_who_follows_the_hints_comes_close_to_the_best_rate_there_is(surface, optimizer, runs):
    task = task_of(SURFACES[surface](), optimizer, 200)
    tried = [attempt(task, optimizer.typical_eta)]
    while (found := hint(tried)).way is not None and len(tried) < runs:
        tried.append(attempt(task, found.eta))
    height, etas = measure(task), np.geomspace(1e-5, 10, 121)
    best = etas[height(task.losses(etas)) <= height(task.losses(etas)).min() + 1]
    mine = min(tried, key=lambda one: one.end)
    near = np.abs(np.log(best / mine.eta)).min() <= np.log(CLOSE)
    assert near or height(np.array(mine.end)) <= height(task.losses(etas)).min() + 1


@settings(max_examples=30)
@given(slug=st.sampled_from(list(OPTIMIZERS)), surface=st.sampled_from(list(SURFACES)), eta=st.floats(1e-5, 10))
def test_whatever_the_run_there_is_a_hint(slug, surface, eta):
    one = attempt(task_of(SURFACES[surface](), OPTIMIZERS[slug](), 12), eta)
    found = hint([one])
    assert found.way in ("larger", "smaller")
    assert (found.eta > eta) == (found.way == "larger")
    assert "nan" not in found.sentence.lower()


def test_a_single_step_is_enough_for_a_hint():
    assert "From step 0 on the loss was still falling" in hint([attempt(task_of(steps=1), 0.01)]).sentence


# ---- the comparison


def test_who_was_beaten_is_counted():
    found = repeat(Quadratic(), GD(), ("random",), seeds=40, steps=60, budget=240)
    ends = found.best["random"][:, -1]
    for loss in (0.0, float(np.median(ends)), 0.3, np.inf):
        above = (ends > loss).mean() + (ends == loss).mean() / 2
        share = beaten(found, "random", loss)
        if 0 < loss < np.inf:
            assert share.value == pytest.approx(above)
            assert share.error == pytest.approx(np.std(np.sign(ends - loss) / 2, ddof=1) / np.sqrt(40))
    assert beaten(found, "random", 0.0).value == 1
    assert beaten(found, "random", np.inf).value < 0.2


def test_a_task_without_a_rate_is_refused():
    with pytest.raises(ValueError, match="outside"):
        attempt(task_of(schedule=Constant(0.1)), -1.0)
