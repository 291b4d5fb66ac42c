"""What each surface is said to teach is what happens on it."""

import numpy as np
import pytest

from lrviz import (
    GD,
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
    simulate,
)
from lrviz.surfaces import Absolute, Booth, StyblinskiTang, ThreeHumpCamel
from tests.test_surfaces import distance, eigenvalues, in_the_box


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


def test_booth_a_rate_for_each_coordinate_cannot_straighten_it() -> None:
    """The best η of plain descent leaves (κ − 1)/(κ + 1) = 0.8 a step, and no diagonal scaling makes κ less than 9."""
    run = simulate(Booth(), GD(), 2 / 20, steps=60)
    away = distance(run.theta.T, np.array([[1.0], [3.0]]))
    assert (away[40] / away[20]) ** (1 / 20) == pytest.approx(0.8, rel=1e-6)
    hess = Booth().hess(np.zeros(2))
    for ratio in (0.1, 0.5, 2.0, 10.0):
        scaled = np.linalg.eigvals(np.diag([1.0, ratio]) @ hess).real
        assert scaled.max() / scaled.min() > 9


def test_styblinski_tang_the_step_decides_how_deep_a_run_ends() -> None:
    deep, mixed, _, shallow = StyblinskiTang().loss(np.array(StyblinskiTang().minima).T)
    low, high = (simulate(StyblinskiTang(), GD(), eta, steps=500) for eta in (0.01, 0.05))
    assert (low.outcome.kind, high.outcome.kind) == ("converged", "converged")
    assert low.loss[-1] == pytest.approx(shallow)
    assert high.loss[-1] < mixed + 1e-6
    assert deep < mixed < shallow


def test_three_hump_camel_momentum_rolls_over_the_pass_and_a_high_rate_jumps_it() -> None:
    plain, heavy, jumping = (
        simulate(ThreeHumpCamel(), by, eta, steps=500).theta[-1]
        for by, eta in ((GD(), 0.02), (Momentum(), 0.02), (GD(), 0.08))
    )
    np.testing.assert_allclose(plain, ThreeHumpCamel().minima[1], atol=1e-3)
    np.testing.assert_allclose([heavy, jumping], np.zeros((2, 2)), atol=1e-3)


def test_absolute_a_fixed_rate_goes_to_and_fro_a_falling_one_comes_to_rest() -> None:
    fixed = simulate(Absolute(), GD(), 0.1, steps=400)
    falling = simulate(Absolute(), GD(), Cosine(eta=0.1, period=400), steps=400)
    assert (fixed.outcome.kind, falling.outcome.kind) == ("oscillating", "converged")
    late = np.abs(fixed.theta[-50:])
    assert np.all(late <= [0.1, 0.3])  # a step's length on the last side of the crease
    np.testing.assert_allclose(np.abs(np.diff(fixed.theta[-50:], axis=0)), [[0.1, 0.3]] * 49, rtol=1e-9)
    assert np.abs(falling.theta[-1]).max() < 1e-3


def test_absolute_takes_a_subgradient_on_its_creases() -> None:
    """f(θ) ≥ f(θ₀) + g·(θ − θ₀) for all θ, on a crease and beside it; and no curvature is claimed there."""
    surface, theta = Absolute(kappa=2.5), in_the_box(Absolute(), 300)
    for point in [(0.0, 0.0), (0.0, -1.2), (0.7, 0.0), (-0.3, 0.4)]:
        here = np.array(point)
        plane = surface.loss(here) + surface.grad(here) @ (theta - here[:, None])
        assert np.all(surface.loss(theta) >= plane - 1e-14)
        assert np.isnan(surface.hess(here)).all() == (0.0 in point)
