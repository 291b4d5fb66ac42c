"""Tuning fairly: the best rate is the best, by one rule for all, at the budget that is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import (
    GD,
    OPTIMIZERS,
    SURFACES,
    Adam,
    Additive,
    Constant,
    Cosine,
    Himmelblau,
    Momentum,
    Quadratic,
    Warmup,
    simulate,
)
from lrviz.tuning.fair import Rule, fairly, tuned
from lrviz.tuning.task import Task

ALONG = Quadratic(angle=0.0)  # its axes are its eigenvectors


def closed_form(eta: np.ndarray, steps: int) -> np.ndarray:
    """The loss of gradient descent on ALONG after so many steps, by its multipliers."""
    (x, y), (small, large) = ALONG.start, (1.0, ALONG.kappa)
    return 0.5 * (small * (x * (1 - eta * small) ** steps) ** 2 + large * (y * (1 - eta * large) ** steps) ** 2)


@pytest.mark.parametrize("steps", [1, 7, 60])
def test_the_best_rate_is_that_of_the_closed_form(steps):
    found = tuned(Task(ALONG, GD(), steps, Constant(0.001)))
    etas = np.geomspace(0.01, 1, 20_001)
    losses = closed_form(etas, steps)
    nearest = 1.01 * 10 ** (0.2 * 2 / 31)  # one of the finer rates lies so near, and the digits may be off by 0.5 %
    assert 1 / nearest < found.eta / etas[losses.argmin()] < nearest
    assert found.loss == pytest.approx(closed_form(np.array(found.eta), steps), rel=1e-9)
    assert found.first_loss == pytest.approx(closed_form(np.array(0.001), steps), rel=1e-9)


@pytest.mark.parametrize("slug", SURFACES)
def test_no_rate_that_was_tried_ends_lower(slug):
    task = Task(SURFACES[slug](), Momentum(), 50, Cosine(0.02, period=50))
    found = tuned(task)
    again = task.losses(found.tried)
    np.testing.assert_array_equal(again, found.losses)
    assert found.loss == again.min() == task.losses(np.array([found.eta]))[0]


def test_all_are_tried_alike_and_the_cost_is_what_the_runs_cost():
    rule, steps, shelf = Rule(), 40, SURFACES["plateau"]()
    tasks = [Task(shelf, cls(), steps, Constant(cls.typical_eta)) for cls in OPTIMIZERS.values()]
    for task, found in zip(tasks, fairly(tasks, rule).runs, strict=True):
        assert len(found.tried) == rule.tries == 62
        blown = ~np.isfinite(found.losses)
        assert not blown[found.tried < 10].any()
        if blown.any() or task.optimizer.slug in ("armijo", "bfgs"):  # they cost what they ran
            each = [simulate(shelf, task.optimizer, float(eta), steps=steps).evaluations for eta in found.tried]
            assert found.evaluations == sum(each)
        else:
            assert found.evaluations == 62 * simulate(shelf, task.optimizer, 0.1, steps=steps).evaluations
        for eta in (1e-5, 0.1, 10.0, task.schedule.eta):
            assert eta in found.tried
        apart = np.log10(found.tried[1:] / found.tried[:-1])
        assert apart.max() <= 0.205
        around = np.abs(np.log10(found.tried / found.eta)) < 0.15
        assert around.sum() >= 10


def test_a_run_that_blew_up_costs_what_it_ran():
    found = tuned(Task(Quadratic(), GD(), 600, Constant(0.1)))
    counts = [simulate(Quadratic(), GD(), float(eta), steps=600).evaluations for eta in found.tried]
    assert found.evaluations == sum(counts) < 62 * 600


@given(
    slug=st.sampled_from([slug for slug, surface in SURFACES.items() if surface.bounded_below]),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    eta=st.floats(1e-7, 1e3),
    steps=st.integers(1, 12),
)
def test_it_never_makes_a_run_worse(slug, optimizer, eta, steps):
    found = tuned(Task(SURFACES[slug](), OPTIMIZERS[optimizer](), steps, Constant(eta)), Rule(rates=5, finer=3))
    assert found.first_eta == eta
    assert found.loss <= found.first_loss


def test_of_equal_ends_the_one_that_was_there_sooner_is_best():
    task = Task(Himmelblau(), GD(), 300)
    found = tuned(task)
    equal = found.tried[found.losses == found.losses.min()]
    assert len(equal) > 10
    halfway = {eta: float(simulate(Himmelblau(), GD(), eta, steps=300).loss[75]) for eta in equal.tolist()}
    assert halfway[found.eta] <= 1e-20
    assert halfway[found.eta] < np.median(list(halfway.values()))


def test_under_noise_the_mean_over_the_seeds_counts():
    noise, etas = Additive(0.5), []
    task = Task(Quadratic(), GD(), 80, Constant(0.1), noise=noise, seed=5)
    found = tuned(task, Rule(rates=7, finer=3, seeds=4))
    for eta, loss in zip(found.tried.tolist(), found.losses.tolist(), strict=True):
        ends = [simulate(Quadratic(), GD(), eta, steps=80, noise=noise, seed=s).loss[-1] for s in (5, 6, 7, 8)]
        etas.append(eta if np.isfinite(ends).all() and loss == pytest.approx(np.mean(ends), rel=1e-9) else np.nan)
    blown_up = ~np.isfinite(found.losses)
    assert (np.isfinite(etas) | blown_up).all()
    assert found.evaluations > 4 * 8 * 80
    assert found.eta == found.tried[found.losses.argmin()]


def test_the_rest_of_the_schedule_stays():
    schedule = Warmup(Cosine(0.3, period=30), steps=5)
    found = tuned(Task(Quadratic(), Adam(), 40, schedule))
    alone = simulate(Quadratic(), Adam(), schedule.with_eta(found.eta), steps=40)
    assert found.loss == pytest.approx(float(alone.loss[-1]), rel=1e-9)


def test_where_every_rate_blows_up_the_rate_stays():
    found = tuned(Task(Himmelblau(), GD(), 50, Constant(0.07), start=(1e30, 1e30)))
    assert (found.eta, found.loss, found.first_loss) == (0.07, np.inf, np.inf)


def test_a_best_at_the_end_of_the_range_is_told():
    rule = Rule()
    assert rule.at_an_end(tuned(Task(ALONG, GD(), 5), Rule(low=1e-6, high=1e-3)).eta / 1e-3 * rule.high)
    assert not rule.at_an_end(tuned(Task(ALONG, GD(), 5)).eta)


@pytest.mark.parametrize(
    "wrong", [{"low": 0}, {"low": 2, "high": 1}, {"high": np.inf}, {"rates": 1}, {"finer": 0}, {"seeds": 0}]
)
def test_an_impossible_rule_is_refused(wrong):
    with pytest.raises(ValueError, match=r"does not rise|too few"):
        Rule(**wrong)


def test_it_tells_how_far_it_is_and_can_be_stopped():
    tasks, told = [Task(Quadratic(), GD(), 5)] * 3, []
    assert len(fairly(tasks, progress=lambda done, total: told.append((done, total))).runs) == 3
    assert told == [(0, 3), (1, 3), (2, 3)]
    stopped = fairly(tasks, cancelled=lambda: len(told) > 4, progress=lambda *now: told.append(now))
    assert len(stopped.runs) == len(stopped.at_one) == 2


@pytest.mark.parametrize("noise", [None, Additive(0.5)])
def test_beside_it_stands_the_race_at_the_first_ones_rate(noise):
    tasks = [Task(Quadratic(), cls(), 60, Constant(eta), noise=noise) for cls, eta in ((GD, 0.15), (Adam, 0.3))]
    race = fairly(tasks, Rule(rates=5, finer=3, seeds=3))
    assert race.one_eta == 0.15
    assert race.at_one[0] == race.runs[0].first_loss
    draws = range(3) if noise else [0]
    ends = [simulate(Quadratic(), Adam(), 0.15, steps=60, noise=noise, seed=seed).loss[-1] for seed in draws]
    assert race.at_one[1] == pytest.approx(np.mean(ends), rel=1e-9)
    assert race.evaluations == sum(tuned(task, Rule(rates=5, finer=3, seeds=3)).evaluations for task in tasks)
