"""Each surface is what it says: its derivatives are those of its loss, and its list of critical points is true."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import (
    GD,
    SURFACES,
    Ackley,
    Adam,
    Beale,
    Cosine,
    DoubleWell,
    Exponential,
    Factorization,
    Himmelblau,
    LeastSquares,
    Momentum,
    MonkeySaddle,
    PlateauAndCliff,
    Quadratic,
    Rastrigin,
    Ravine,
    Rosenbrock,
    Saddle,
    Surface,
    simulate,
)
from lrviz.declare import Array
from lrviz.surfaces import length
from tests.strategies import any_of

CASES = [cls() for cls in SURFACES.values()] + [
    Quadratic(kappa=1.0, angle=0.0),
    Quadratic(kappa=1000.0, angle=-75.0),
    Quadratic(kappa=0.01, angle=200.0),
    Ravine(kappa=0.5),
    Ravine(kappa=500.0),
    DoubleWell(sharpness=1.0),
    DoubleWell(sharpness=0.04),
    DoubleWell(sharpness=900.0),
]
every_surface = pytest.mark.parametrize("surface", CASES, ids=str)


def in_the_box(surface: Surface, count: int) -> Array:
    low, high = np.array(surface.box).T[:, :, None]
    return np.random.default_rng(0).uniform(low, high, (2, count))


def differences(f: Any, theta: Array, h: float = 1e-5) -> Array:
    """∂f/∂θ by central differences, one more axis in front."""
    ways = np.eye(2).reshape(2, 2, *[1] * (theta.ndim - 1)) * h
    return np.stack([(f(theta + way) - f(theta - way)) / (2 * h) for way in ways])


def eigenvalues(surface: Surface, theta: Array) -> Array:
    """(n, 2), ascending, at θ of shape (2, n)."""
    return np.linalg.eigvalsh(np.moveaxis(surface.hess(theta), -1, 0))


def nearest(points: Any, theta: Array) -> Array:
    """The nearest of some points to each of θ, (2, n)."""
    table = np.array(points, dtype=float).T[:, :, None]
    return table[:, np.argmin(np.sum((table - theta[:, None]) ** 2, axis=0), axis=0), 0]


def distance(a: Array, b: Array) -> Array:
    return np.hypot(*(a - b))


# ---- formulas


@every_surface
def test_gradient_and_hessian_are_those_of_the_loss(surface: Surface) -> None:
    theta = in_the_box(surface, 300)
    if not surface.smooth:
        theta = theta[:, np.hypot(*theta) > 0.1]
    grad, hess = surface.grad(theta), surface.hess(theta)
    scale = 1 + np.abs(surface.loss(theta)).max()
    np.testing.assert_allclose(differences(surface.loss, theta), grad, rtol=1e-6, atol=1e-9 * scale)
    np.testing.assert_allclose(differences(surface.grad, theta), hess, rtol=1e-6, atol=1e-8 * np.abs(hess).max())


@every_surface
def test_shapes(surface: Surface) -> None:
    many = in_the_box(surface, 12)
    for shape in [(), (12,), (3, 4)]:
        theta = many[:, 0] if shape == () else many.reshape(2, *shape)
        assert np.shape(surface.loss(theta)) == shape
        assert surface.grad(theta).shape == (2, *shape)
        assert surface.hess(theta).shape == (2, 2, *shape)
        assert surface.nearest_minimum(theta).shape == (2, *shape)
        np.testing.assert_array_equal(np.ravel(surface.loss(theta)), surface.loss(many)[: np.size(theta) // 2])


@pytest.mark.parametrize("surface", [Quadratic(), Ravine(), DoubleWell()], ids=str)
def test_a_row_of_hyperparameters_is_as_many_surfaces(surface: Surface) -> None:
    name = surface.hypers()[0].name
    row, theta = np.array([0.5, 3.0, 40.0]), in_the_box(surface, 3)
    batch = surface.replace(**{name: row})
    for i, value in enumerate(row):
        single = surface.replace(**{name: value})
        np.testing.assert_array_equal(batch.loss(theta)[i], single.loss(theta[:, i]))
        np.testing.assert_array_equal(batch.grad(theta)[:, i], single.grad(theta[:, i]))
        np.testing.assert_array_equal(batch.hess(theta)[..., i], single.hess(theta[:, i]))


@settings(max_examples=200)
@given(surface=any_of(SURFACES), theta=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)))
def test_the_loss_is_no_lower_than_the_best_minimum(surface: Surface, theta: tuple[float, float]) -> None:
    """With any hyperparameter, and where rounding may play: a loss is finite or above all numbers, never NaN below."""
    if surface.bounded_below:
        with np.errstate(all="ignore"):
            loss = float(surface.loss(np.array(theta)))
        assert loss >= -1e-14 or np.isnan(loss)


# ---- critical points


@pytest.mark.parametrize("surface", [s for s in CASES if s.smooth], ids=str)
def test_listed_minima_are_minima(surface: Surface) -> None:
    minima = np.array(surface.minima, dtype=float).reshape(-1, 2).T
    largest = np.abs(surface.hess(minima)).max(axis=(0, 1))
    assert np.all(np.abs(surface.grad(minima)) <= 1e-12 * largest)
    assert np.all(eigenvalues(surface, minima)[:, 0] >= -1e-12)
    losses = surface.loss(minima)
    assert np.all(np.diff(losses) > -1e-12), "best first"
    (left, right), (bottom, top) = surface.box
    assert np.all((left <= minima[0]) & (minima[0] <= right) & (bottom <= minima[1]) & (minima[1] <= top))


@every_surface
def test_listed_saddles_are_saddles(surface: Surface) -> None:
    for saddle in surface.saddles:
        theta = np.array(saddle)[:, None]
        assert np.abs(surface.grad(theta)).max() < 1e-11
        least, most = eigenvalues(surface, theta)[0]
        angles = np.linspace(0, 2 * np.pi, 64)
        around = surface.loss(theta + 0.01 * np.stack([np.cos(angles), np.sin(angles)]))
        assert least < 0 < most or least == most == 0
        assert around.min() < surface.loss(theta)[0] < around.max()


def critical_points(surface: Surface) -> Array:
    """Where Newton's method from a fine grid comes to rest in the box, (2, n)."""
    axes = [np.linspace(low, high, 121) for low, high in surface.box]
    theta = np.stack(np.meshgrid(*axes)).reshape(2, -1) + 1e-3
    with np.errstate(all="ignore"):
        for _ in range(60):
            (xx, xy), (_, yy) = surface.hess(theta)
            x, y = surface.grad(theta)
            step = np.stack([xy * y - yy * x, xy * x - xx * y]) / (xx * yy - xy * xy)
            theta = theta + step * np.minimum(1, 0.3 / np.hypot(*step))
    (left, right), (bottom, top) = surface.box
    x, y = theta
    rest = (np.hypot(*step) < 1e-9) & (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
    return theta[:, rest]


@every_surface
def test_a_search_of_the_box_finds_no_other_minimum_or_saddle(surface: Surface) -> None:
    found = critical_points(surface)
    least, most = eigenvalues(surface, found).T
    bowl = least > 1e-6 * np.abs(most)
    wells, passes = found[:, bowl], found[:, (least < -1e-6 * np.abs(most)) & (most > 0)]
    assert np.all(distance(wells, surface.nearest_minimum(wells)) < 1e-6)
    if surface.minima and surface.smooth and not isinstance(surface, Factorization):
        minima = np.array(surface.minima).T
        assert np.all(distance(minima, nearest(wells.T, minima)) < 1e-6), "each is found"
    if not isinstance(surface, Rastrigin | Ackley):
        assert passes.size == 0 or np.all(distance(passes, nearest(surface.saddles, passes)) < 1e-6)


@every_surface
def test_nearest_minimum_is_the_nearest(surface: Surface) -> None:
    theta = 1.5 * in_the_box(surface, 400)
    found = surface.nearest_minimum(theta)
    if not surface.minima:
        assert np.isnan(found).all()
    elif not isinstance(surface, Factorization):  # its own test is below
        excess = distance(theta, found) - distance(theta, nearest(surface.minima, theta))
        by_cell = isinstance(surface, Rastrigin | Ackley)  # of a lattice: between two that are as near, either will do
        assert np.all(excess <= (0.1 if by_cell else 0))
        assert np.mean(excess == 0) > 0.8


def test_nearest_minimum_on_the_hyperbola() -> None:
    along = np.exp(np.linspace(-4, 4, 8_001))
    branch = np.stack([along, 1 / along])
    curve = np.concatenate([branch, -branch], axis=1)
    corners = np.array([[0, 0], [3, 3], [-3, 3], [1, -1], [5, 5], [1.2, 1 / 1.2], [0, 20], [1e-9, -1e-9]]).T
    theta = np.concatenate([1.5 * in_the_box(Factorization(), 200), corners], axis=1)
    found = Factorization().nearest_minimum(theta)
    np.testing.assert_allclose(found[0] * found[1], 1, rtol=1e-9)
    assert np.all(distance(theta, found) <= distance(theta, nearest(curve.T, theta)) + 1e-12)


def test_ackley_ends_in_a_kink() -> None:
    tip = np.zeros((2, 1))
    assert Ackley().loss(tip)[0] == pytest.approx(0, abs=1e-14)
    assert Ackley().grad(tip).tolist() == [[0], [0]]
    assert np.isnan(Ackley().hess(tip)).all()
    assert np.hypot(*Ackley().grad(tip + 1e-9)) == pytest.approx(2 * np.sqrt(2), rel=1e-6)


@every_surface
def test_what_is_said_of_the_whole_surface_is_true(surface: Surface) -> None:
    theta = in_the_box(surface, 500)
    constant = bool(np.ptp(surface.hess(theta), axis=-1).max() == 0)
    assert surface.constant_hessian == constant
    assert surface.bounded_below == bool(surface.loss(100 * theta).min() >= -1e-12)


# ---- length


@given(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)] * 2))
def test_length_is_that_of_a_triangle_and_neither_overflows_nor_underflows(vector: tuple[float, float]) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(length(np.array(vector)), np.hypot(*vector), rtol=5e-16)


@pytest.mark.parametrize(
    ("vector", "expected"),
    [((0.0, -0.0), 0), ((3.0, -4.0), 5), ((5e-324, 0.0), 5e-324), ((-np.inf, 1.0), np.inf), ((1.0, np.nan), np.nan)],
    ids=str,
)
def test_length_at_the_ends(vector: tuple[float, float], expected: float) -> None:
    np.testing.assert_equal(float(length(np.array(vector))), float(expected))


def test_length_is_over_the_first_axis() -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 4, 5))
    np.testing.assert_allclose(length(vectors), np.linalg.norm(vectors, axis=0))


# ---- lessons


def test_quadratic_the_steep_way_sets_the_limit_the_flat_way_the_time() -> None:
    kinds = simulate(Quadratic(kappa=[10.0, 100.0]), GD(), [0.21, 0.021], steps=2000).outcome
    assert [outcome.kind for outcome in kinds] == ["diverged", "diverged"]
    ten, hundred = simulate(Quadratic(kappa=[10.0, 100.0]), GD(), [2 / 11, 2 / 101], steps=500).outcome
    assert hundred.step == pytest.approx(10 * ten.step, rel=0.1)


def test_rosenbrock_is_quick_into_the_valley_and_slow_along_it() -> None:
    least, most = eigenvalues(Rosenbrock(), np.ones((2, 1)))[0]
    assert round(most / least, -2) == 2500
    run = simulate(Rosenbrock(), GD(), 0.001, start=(-1.2, 1.0), steps=500)
    assert run.loss[5] < 0.2 * run.loss[0]
    assert run.loss[500] > 0.4 * run.loss[5]


@pytest.mark.parametrize("eta", [0.01, 0.02, 0.04])
def test_ravine_momentum_averages_the_walls_away(eta: float) -> None:
    plain, heavy = (simulate(Ravine(), optimizer, eta, steps=2000).outcome for optimizer in (GD(), Momentum()))
    assert (plain.kind, heavy.kind) == ("converged", "converged")
    assert heavy.step < plain.step / 2


def test_saddle_the_way_out_grows_by_one_plus_eta() -> None:
    run = simulate(Saddle(), GD(), 0.1, start=(1.5, 0.001), steps=50)
    np.testing.assert_allclose(run.theta[1:, 1] / run.theta[:-1, 1], 1.1)
    assert not simulate(Saddle(), GD(), 0.1, start=(1.5, 0.0), steps=50).theta[:, 1].any()


def test_monkey_saddle_the_way_in_is_slower_than_any_exponential() -> None:
    run = simulate(MonkeySaddle(), GD(), 0.1, start=(1.5, 0.0), steps=4000)
    times = np.array([500, 1000, 2000, 4000])
    np.testing.assert_allclose(run.theta[times, 0] * 0.3 * times, 1, rtol=0.03)  # x falls like 1/(3ηt)


def test_plateau_a_fixed_rate_stands_still_where_adam_walks_off() -> None:
    fixed, adaptive = (
        simulate(PlateauAndCliff(), optimizer, 0.01, start=(-3.9, 3.0), steps=1000) for optimizer in (GD(), Adam())
    )
    assert fixed.outcome.kind == "stalled"
    assert distance(fixed.theta[-1], fixed.theta[0]) < 0.001
    assert adaptive.outcome.kind == "converged"


def test_double_well_eta_picks_the_minimum() -> None:
    sharp, flat = DoubleWell().minima
    for sharpness in (4.0, 27.0, 300.0):
        wells = eigenvalues(DoubleWell(sharpness=sharpness), np.array([sharp, flat]).T)
        np.testing.assert_allclose(wells, [[sharpness] * 2, [1, 1]], rtol=1e-12)
    below, above, far_above = simulate(DoubleWell(), GD(), np.array([0.95, 1.05, 4.0]) * 2 / 27, steps=1000).outcome
    assert (below.kind, above.kind, far_above.kind) == ("converged", "oscillating", "converged")
    assert "(−1, 0)" in below.sentence
    assert "(2, 0)" in far_above.sentence


def test_himmelblau_the_start_picks_the_minimum_and_near_the_limit_so_does_eta() -> None:
    run = simulate(Himmelblau(), GD(), [0.002, 0.005, 0.012, 0.018], start=(0.5, -0.5), steps=1000)
    ends = Himmelblau().nearest_minimum(run.theta[-1])[0]
    assert [outcome.kind for outcome in run.outcome] == ["converged"] * 4
    np.testing.assert_allclose(ends, [3.584, 3.584, 3.0, 3.0], atol=1e-3)


def test_beale_slopes_differ_by_five_orders_of_magnitude() -> None:
    corner, floor = np.hypot(*Beale().grad(np.array([[4.5, -4.5], [2.0, 0.25]]).T))
    assert 5 < np.log10(corner / floor) < 6


def test_factorization_a_high_rate_slides_to_a_flatter_minimum() -> None:
    etas = np.array([0.1, 0.35, 0.5])
    run = simulate(Factorization(), GD(), etas, start=(2.5, 0.5), steps=1000)
    sharpness = np.sum(run.theta[-1] ** 2, axis=0)
    assert [outcome.kind for outcome in run.outcome] == ["converged"] * 3
    assert np.all(np.diff(sharpness) < 0)
    assert np.all(sharpness < 2 / etas)
    assert sharpness[0] == pytest.approx(np.sum(run.theta[0, :, 0] ** 2), rel=0.05)


def test_rastrigin_keeps_a_low_rate_in_its_dent_and_shows_a_high_one_the_bowl() -> None:
    start = in_the_box(Rastrigin(), 200)
    low = simulate(Rastrigin(), GD(), 0.004, start=start, steps=300)
    high = simulate(Rastrigin(), GD(), Exponential(eta=0.03, gamma=0.995), start=start, steps=1000)
    assert distance(start, low.theta[-1]).max() < np.hypot(0.55, 0.55)
    assert np.mean(high.loss[-1] < low.loss[-1]) > 0.9


def test_ackley_a_fixed_rate_never_settles_a_decayed_one_does() -> None:
    fixed = simulate(Ackley(), GD(), 0.01, start=(0.3, 0.2), steps=1000)
    decayed = simulate(Ackley(), GD(), Cosine(eta=0.01, period=1000), start=(0.3, 0.2), steps=1000)
    assert (fixed.outcome.kind, decayed.outcome.kind) == ("oscillating", "converged")
    assert distance(fixed.theta[-1], fixed.theta[-2]) > 0.01
    assert distance(decayed.theta[-1], decayed.theta[-2]) < 1e-6


def test_least_squares_is_the_line_that_r_fits() -> None:
    """lm(dist ~ speed, cars) prints −17.579 and 3.932, a residual standard error of 15.38 on 48 degrees of freedom."""
    (x, y), *_ = LeastSquares().minima
    assert (round(10 * x, 3), round(y, 3)) == (-17.579, 3.932)  # distances count in tens of feet, as speeds in 10 mph
    residual = np.sqrt(100 * 2 * 50 * LeastSquares().loss(np.array([x, y])) / 48)
    assert round(float(residual), 2) == 15.38


def test_least_squares_height_and_slope_make_up_for_each_other() -> None:
    (xx, xy), (_, yy) = LeastSquares().hess(np.zeros(2))
    assert xy / np.sqrt(xx * yy) > 0.9
    least, most = eigenvalues(LeastSquares(), np.zeros((2, 1)))[0]
    assert round(most / least) == 46
