"""Leaving a saddle or a plateau: what is measured against runs one by one, and theory against both."""

import numpy as np
import pytest

from lrviz import GD, OPTIMIZERS, AdaGrad, Adam, Constant, Cosine, Momentum, Nesterov, Plateau, Warmup, simulate
from lrviz.escape import TRAPS, escape, predicted
from lrviz.theory import growth

SADDLE, BEALE = TRAPS["saddle"], TRAPS["beale"]
LINEAR = [GD(), GD(weight_decay=0.3), Momentum(0.5), Momentum(0.9, dampening=0.9), Nesterov(0.9)]


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_the_time_is_that_of_each_run_by_itself(trap):
    found = escape(trap, Adam(), Cosine(0.02, period=80), starts=20, steps=80)
    for start, steps in zip(trap.starts(20).T, found.steps, strict=True):
        run = simulate(trap.surface, Adam(), Cosine(0.02, period=80), start=start, steps=80)
        away = run.theta - trap.place
        if trap.slug in ("monkey_saddle", "plateau"):
            distance = np.hypot(*away.T)
        else:  # the eigenvector of the saddle's negative curvature: y, and (1, −1)/√2
            distance = np.abs(away[:, 1]) if trap.slug == "saddle" else np.abs(away @ [1, -1]) / np.sqrt(2)
        left = np.flatnonzero(distance >= trap.out)
        assert steps == left[0] if len(left) else np.isnan(steps)


@pytest.mark.parametrize("optimizer", LINEAR, ids=repr)
@pytest.mark.parametrize("schedule", [Constant(0.1), Cosine(0.2, period=200), Warmup(Constant(0.1), 30)], ids=repr)
def test_on_a_quadratic_saddle_theory_is_exact(optimizer, schedule):
    found = escape(SADDLE, optimizer, schedule, starts=50, steps=400)
    assert np.isfinite(found.steps).sum() > 25
    np.testing.assert_array_equal(found.predicted, found.steps)


@pytest.mark.parametrize("optimizer", LINEAR, ids=repr)
def test_in_the_long_run_the_time_grows_as_the_logarithm_of_the_distance(optimizer):
    """A start that is a million times nearer takes log(10⁶)/log(growth) steps longer."""
    factor = growth(optimizer, 0.1, -1.0)
    near, far = predicted(SADDLE, optimizer, Constant(0.1), np.array([1e-12, 1e-6]), steps=2000)
    assert near - far == pytest.approx(np.log(1e6) / np.log(factor), abs=1)


def test_gradient_descent_grows_by_1_plus_eta_lambda():
    found = escape(BEALE, GD(), Constant(0.001), starts=5, steps=10)
    assert found.growth == pytest.approx(1 + 0.001 * 27.75)


@pytest.mark.parametrize("optimizer", [GD(), Momentum(0.9), Nesterov(0.9)], ids=repr)
def test_near_a_saddle_that_is_not_quadratic_theory_is_near(optimizer):
    found = escape(BEALE, optimizer, Constant(0.002), starts=200, steps=400)
    np.testing.assert_allclose(found.predicted, found.steps, rtol=0.02, atol=1)


def test_a_start_on_the_ridge_never_leaves():
    np.testing.assert_array_equal(predicted(SADDLE, GD(), Constant(0.1), np.array([0.0, 1.0]), steps=50), [np.nan, 0])


def test_those_that_have_not_left_count_as_late():
    found = escape(SADDLE, GD(), Constant(0.1), starts=101, steps=70)
    late = np.isnan(found.steps).mean()
    assert 0.2 < late < 0.8
    early, last = found.quantiles(0.01, 0.99)
    assert early == np.nanmin(found.steps)
    assert np.isinf(last)


@pytest.mark.parametrize(
    ("trap", "optimizer", "schedule", "because"),
    [
        ("saddle", Adam(), Constant(0.1), "each coordinate is rescaled"),
        ("saddle", AdaGrad(), Constant(0.1), "each coordinate is rescaled"),
        ("saddle", GD(), Plateau(0.1), "the rate follows the loss"),
        ("monkey_saddle", GD(), Constant(0.1), "no curvature"),
        ("plateau", GD(), Constant(0.1), "not a saddle"),
    ],
)
def test_theory_says_where_it_does_not_apply(trap, optimizer, schedule, because):
    found = escape(TRAPS[trap], optimizer, schedule, starts=5, steps=10)
    assert found.because.startswith(because)
    assert np.isnan(found.predicted_quantiles(0.5)).all()


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_method_is_timed_and_what_blows_up_is_out(trap, slug):
    assert len(escape(trap, OPTIMIZERS[slug](), Constant(0.05), starts=7, steps=20).steps) == 7
    far = escape(trap, OPTIMIZERS[slug](), Constant(1e300), starts=7, steps=20).quantiles(1.0)
    # Backtracking does not go where the loss is no number; resilient steps have a longest one.
    assert far <= 3 or slug in ("armijo", "bfgs", "rprop")
