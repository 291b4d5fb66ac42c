"""Gradient flow and heavy-ball flow are solutions, and the limits of small steps."""

import numpy as np
import pytest

from lrviz import (
    GD,
    SURFACES,
    Ackley,
    Himmelblau,
    Momentum,
    MonkeySaddle,
    Quadratic,
    Rastrigin,
    Rosenbrock,
    Saddle,
    Surface,
    simulate,
)
from lrviz.surfaces import Absolute, Online
from lrviz.theory import friction, gradient_flow, heavy_ball_flow

TIMES = np.array([0.0, 0.1, 0.1, 1.0, 5.0])


@pytest.mark.parametrize("kappa", [1.0, 10.0, 1000.0])
def test_on_a_quadratic_each_direction_decays_exponentially(kappa: float) -> None:
    surface = Quadratic(kappa=kappa, angle=25.0)
    curvatures, axes = np.linalg.eigh(surface.hess(np.zeros(2)))
    start = np.array([1.5, 1.0])
    expected = (np.exp(-np.outer(TIMES, curvatures)) * (start @ axes)) @ axes.T
    np.testing.assert_allclose(gradient_flow(surface, start, TIMES), expected, atol=1e-8)


@pytest.mark.parametrize("c", [0.0, 0.5, 2.0, 10.0])
def test_on_a_quadratic_the_ball_is_a_damped_oscillator(c: float) -> None:
    found = heavy_ball_flow(Quadratic(kappa=1.0), (1.0, -2.0), TIMES, c)
    roots = np.roots([1.0, c, 1.0]).astype(complex)
    if roots[0] == roots[1]:
        expected = (1 + TIMES) * np.exp(-TIMES)
    else:
        a, b = roots
        expected = ((b * np.exp(a * TIMES) - a * np.exp(b * TIMES)) / (b - a)).real
    np.testing.assert_allclose(found, np.outer(expected, [1.0, -2.0]), atol=1e-7)


@pytest.mark.parametrize(
    ("surface", "start"), [(Himmelblau(), (0.5, -0.5)), (Rosenbrock(), (-0.5, 1.0)), (Saddle(), (1.0, 0.1))], ids=str
)
def test_gradient_descent_comes_near_in_proportion_to_eta(surface: Surface, start: tuple[float, float]) -> None:
    time = 0.064
    there = gradient_flow(surface, start, [time])[0]
    errors = []
    for steps in (400, 800, 1600):
        run = simulate(surface, GD(), time / steps, start=start, steps=steps)
        errors.append(np.linalg.norm(run.theta[-1] - there))
    assert errors[0] > 1e-6
    np.testing.assert_allclose(np.array(errors[:-1]) / errors[1:], 2, rtol=0.02)


def test_momentum_comes_near_in_proportion_to_the_root_of_eta() -> None:
    surface, start, time, c = Himmelblau(), (0.5, -0.5), 0.8, 2.0
    there = heavy_ball_flow(surface, start, [time], c)[0]
    errors = []
    for steps in (400, 800, 1600):
        eta = (time / steps) ** 2
        beta = 1 - c * time / steps
        assert friction(eta, beta) == pytest.approx(c)
        run = simulate(surface, Momentum(beta=beta), eta, start=start, steps=steps)
        errors.append(np.linalg.norm(run.theta[-1] - there))
    assert errors[0] > 1e-6
    np.testing.assert_allclose(np.array(errors[:-1]) / errors[1:], 2, rtol=0.05)


@pytest.mark.parametrize("flow", [gradient_flow, lambda *of: heavy_ball_flow(*of, 0.5)], ids=["gradient", "ball"])
def test_a_flow_that_leaves_for_infinity_is_not_a_number_from_there_on(flow) -> None:
    for surface, start in ((MonkeySaddle(), (1.5, 0.01)), (Saddle(), (0.0, 1.0))):
        found = flow(surface, start, np.linspace(0, 40, 81))
        left = np.isnan(found).all(axis=1)
        assert np.array_equal(left, np.isnan(found).any(axis=1))
        assert np.isfinite(found[0]).all()
        assert left[-1]
        assert np.sum(np.diff(left.astype(int)) != 0) == 1
        assert np.nanmax(np.abs(found)) < 1e7


@pytest.mark.parametrize("cls", SURFACES.values())
def test_the_loss_only_falls_along_the_gradient_flow(cls: type[Surface]) -> None:
    surface = cls()
    path = gradient_flow(surface, surface.start, np.linspace(0, 3, 100))
    losses = surface.loss(path[np.isfinite(path).all(axis=1)].T)
    assert len(losses) > 1
    assert np.all(np.diff(losses) <= 1e-9)
    assert losses[-1] < losses[0]


def test_at_the_tip_of_a_cone_it_stays() -> None:
    found = gradient_flow(Ackley(), (0.3, 0.1), [0.0, 1.0, 100.0, 1e6])
    assert found[2:].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert gradient_flow(Ackley(), (0.0, 0.0), [1.0]).tolist() == [[0.0, 0.0]]
    dent = gradient_flow(Ackley(), (2.7, -1.7), [100.0])[0]  # a dent is smooth, so it is only come near to
    np.testing.assert_allclose(dent, Ackley().nearest_minimum(np.array([2.7, -1.7])), atol=1e-9)


def test_on_a_crease_it_slides_along() -> None:
    """As descent does with a small η: |x| falls at speed 1 and |y| at speed κ, each to its crease, where it stays."""
    start, times, small = (1.5, -1.2), np.linspace(0, 2, 9), 1e-4
    found = gradient_flow(Absolute(kappa=2.0), start, times)
    run = simulate(Absolute(kappa=2.0), GD(), small, start=start, steps=20_000)
    np.testing.assert_allclose(found, run.theta[:: round(0.25 / small)], atol=3 * small)
    assert found[-1].tolist() == [0.0, 0.0]


def test_at_the_end_of_what_is_legal_it_goes_no_farther() -> None:
    """Small steps of descent on losses that take turns follow the average, and end at the edge."""
    times, small = np.linspace(0, 6, 7), 1e-4
    found = gradient_flow(Online(), (0.5, 1.0), times)
    run = simulate(Online(), GD(), small, start=(0.5, 1.0), steps=60_000)
    np.testing.assert_allclose(found, run.theta[:: round(1 / small)], atol=5 * small)
    assert found[-1, 0] == -1
    with pytest.raises(ValueError, match="has no such flow"):
        heavy_ball_flow(Online(), (0.5, 1.0), times, 0.5)


def test_a_flow_that_cannot_be_followed_says_so_instead_of_taking_for_ever() -> None:
    with pytest.raises(ValueError, match="takes more than 20,000 evaluations"):
        heavy_ball_flow(Rastrigin(), (2.3, -1.2), [1e9], 0.0)


def test_at_time_0_it_is_at_its_start() -> None:
    assert gradient_flow(Rosenbrock(), (1.5, 2.5), [0.0, 0.0]).tolist() == [[1.5, 2.5]] * 2
    assert gradient_flow(Rosenbrock(), (1.5, 2.5), []).shape == (0, 2)


@pytest.mark.parametrize("times", [[-1.0], [1.0, 0.5], [np.nan], [np.inf], [[1.0]]])
def test_illegal_times_are_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="the times of a flow"):
        gradient_flow(Rosenbrock(), (0.0, 0.0), times)


def test_an_illegal_start_or_friction_is_refused() -> None:
    with pytest.raises(ValueError, match="one finite point"):
        gradient_flow(Rosenbrock(), (np.inf, 0.0), [1.0])
    with pytest.raises(ValueError, match="one finite point"):
        heavy_ball_flow(Rosenbrock(), np.zeros((2, 3)), [1.0], 1.0)
    for bad in (-1.0, np.nan):
        with pytest.raises(ValueError, match="friction"):
            heavy_ball_flow(Rosenbrock(), (0.0, 0.0), [1.0], bad)
