"""Multipliers, phases, rates and best settings are true of what is run."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from lrviz import GD, OPTIMIZERS, Momentum, Nesterov, Optimizer, Quadratic, Saddle, simulate
from lrviz.theory import (
    PHASES,
    best,
    best_eta,
    growth,
    iteration_matrix,
    measured_multipliers,
    measured_rate,
    multipliers,
    phase,
    spectral_radius,
    stability_limit,
    steps_to,
)
from tests.linear_map import Pull, edge, radius, stepped

PLAIN = (GD, Momentum, Nesterov)
ADAPTIVE = [cls for cls in OPTIMIZERS.values() if cls not in PLAIN]


def draws(count: int, seed: int = 0) -> list[tuple[Optimizer, float, float]]:
    """Plain methods with random β, dampening and decay, a curvature, and an η up to a little beyond the limit."""
    rng = np.random.default_rng(seed)
    drawn = []
    for i in range(count):
        cls = (GD, Momentum, Momentum, Nesterov)[i % 4]
        numbers = {} if cls is GD else {"beta": rng.uniform(0, 0.99)}
        if i % 4 == 1:
            numbers["dampening"] = numbers["beta"] if i % 8 == 1 else rng.uniform(0, 0.99)  # half of them EMA
        if i % 3 == 0:
            numbers["weight_decay"] = rng.uniform(0, 1)
        optimizer, curvature = cls(**numbers), 10 ** rng.uniform(0, 3)
        drawn.append((optimizer, curvature, float(stability_limit(optimizer, curvature)) * rng.uniform(0, 1.02)))
    return drawn


@pytest.mark.parametrize(("optimizer", "curvature", "eta"), draws(40), ids=str)
def test_the_matrix_is_that_of_a_step_and_the_multipliers_are_its_eigenvalues(
    optimizer: Optimizer, curvature: float, eta: float
) -> None:
    matrix = stepped(optimizer, eta, curvature)
    np.testing.assert_allclose(iteration_matrix(optimizer, eta, curvature), matrix, rtol=1e-13, atol=1e-13)
    found = multipliers(optimizer, eta, curvature)
    # An eigenvalue near another has half the digits; the coefficients of the polynomial have all.
    np.testing.assert_allclose(np.poly(found).real, np.poly(matrix), rtol=1e-12, atol=1e-12)
    assert np.all(np.diff(np.abs(found)) <= 0)


@pytest.mark.parametrize(("optimizer", "curvature", "eta"), draws(40), ids=str)
def test_the_limit_is_where_the_map_of_a_step_begins_to_stretch(
    optimizer: Optimizer, curvature: float, eta: float
) -> None:
    limit = edge(lambda eta: radius(stepped(optimizer, eta, curvature)) > 1 + 1e-12, 1e-9, 1000 / curvature)
    assert stability_limit(optimizer, curvature) == pytest.approx(limit, rel=1e-6)


def test_the_measured_rate_is_the_spectral_radius() -> None:
    rng = np.random.default_rng(1)
    worst = 0.0
    for optimizer, kappa, eta in draws(400, seed=2):
        surface = Quadratic(kappa=kappa, angle=float(rng.uniform(0, 90)))
        run = simulate(surface, optimizer, eta, start=(1.5, 1.0), steps=100)
        curvatures, axes = np.linalg.eigh(surface.hess(np.zeros(2)))
        measured = measured_rate(run.theta @ axes, terms=1 if isinstance(optimizer, GD) else 2)
        worst = max(worst, np.max(np.abs(measured - spectral_radius(optimizer, eta, curvatures))))
    assert worst < 1e-9


def test_what_cannot_be_measured_is_not_a_number() -> None:
    offsets = np.stack([0.9 ** np.arange(30), 1e-12 * 0.5 ** np.arange(30), np.zeros(30)], axis=1)
    assert measured_rate(offsets, terms=1) == pytest.approx([0.9, np.nan, np.nan], nan_ok=True)
    assert np.isnan(measured_rate(offsets[:3], terms=2)).all()
    blown = np.where(np.arange(30)[:, None] < 20, offsets, np.nan)
    assert measured_rate(blown, terms=1)[0] == pytest.approx(0.9)


def test_the_rate_is_measured_at_any_scale_but_not_in_the_rounding_of_the_middle() -> None:
    offsets = np.stack([0.9 ** np.arange(30), 0.5 ** np.arange(30)], axis=1)
    np.testing.assert_allclose(measured_rate(1e-12 * offsets, terms=1), [0.9, 0.5])
    np.testing.assert_allclose(measured_rate(1e-12 * offsets, terms=1, about=1e-6), [0.9, 0.5])
    assert np.isnan(measured_rate(1e-12 * offsets, terms=1, about=1.0)).all()


def test_both_multipliers_are_read_off() -> None:
    t = np.arange(40)
    offsets = np.stack([0.9**t + (-0.5) ** t, 0.8**t * np.cos(0.3 * t)], axis=1)
    found = measured_multipliers(offsets)
    assert found[0] == pytest.approx([0.9, -0.5])
    assert np.abs(found[1]) == pytest.approx([0.8, 0.8])
    assert np.abs(np.angle(found[1])) == pytest.approx([0.3, 0.3])


def behaviour(x: np.ndarray) -> str:
    """How a path behaves, by its size and its signs alone."""
    if np.abs(x[-1]) > 1e3:
        return "divergence"
    late = np.sign(x[50:])
    if not late.any():
        return "one-step"
    changes = int(np.sum(late[1:] != late[:-1]))
    return {0: "monotone", len(late) - 1: "oscillation"}.get(changes, "ripples")


@pytest.mark.parametrize(
    ("optimizer", "curvatures"),
    [
        (GD(), (-0.1, 0.1, 0.9, 1.0, 1.1, 1.9, 2.0, 2.1)),
        (GD(weight_decay=1.0), (-1.1, -0.9, -0.1, 0.0, 0.1, 1.1)),
        (Momentum(beta=0.5), (-0.1, 0.01, 0.08, 0.09, 1.0, 2.9, 2.92, 2.95, 3.1)),
        (Momentum(beta=0.9, dampening=0.9), (0.02, 0.1, 37.0, 37.99, 39.0)),
        (Momentum(beta=0.0), (0.5, 1.0, 1.5, 2.5)),
        (Nesterov(beta=0.5), (-0.1, 0.1, 0.115, 0.5, 0.99, 1.0, 1.1, 1.45, 1.6)),
    ],
    ids=str,
)
def test_each_phase_looks_as_it_is_called(optimizer: Optimizer, curvatures: tuple[float, ...]) -> None:
    for curvature in curvatures:
        x, path = np.array([[1.0]]), [1.0]
        state = optimizer.init(x)
        for t in range(1, 251):
            x, state = optimizer.step(t, 1.0, x, Pull(curvature), state)  # type: ignore[arg-type]
            path.append(float(x[0, 0]))
        assert str(phase(optimizer, 1.0, curvature)) == behaviour(np.array(path)), curvature
    assert {str(name) for name in phase(optimizer, 1.0, np.array(curvatures))} <= set(PHASES)


def test_at_the_limit_itself_no_direction_diverges() -> None:
    for optimizer, curvature, _ in draws(200, seed=3):
        limit = stability_limit(optimizer, curvature)
        assert phase(optimizer, limit, curvature) == "oscillation"
        assert phase(optimizer, limit * 1.001, curvature) == "divergence"


def rate_of(cls: type[Optimizer], numbers: np.ndarray, ends: np.ndarray) -> float:
    """The slower rate of two ends, from the maps of their steps; 2 where the numbers are not legal."""
    eta, beta = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
    if eta <= 0 or not 0 <= beta < 1:
        return 2.0
    optimizer = cls() if cls is GD else cls(beta=beta)
    return max(radius(stepped(optimizer, eta, end)) for end in ends)


@pytest.mark.parametrize("kappa", [1.5, 10.0, 300.0])
@pytest.mark.parametrize("cls", PLAIN)
def test_nothing_is_faster_than_the_best(cls: type[Optimizer], kappa: float) -> None:
    ends = np.array([0.7, 0.7 * kappa])
    optimizer, eta, rate = best(cls, *ends)
    assert np.max(spectral_radius(optimizer, eta, ends)) == pytest.approx(
        rate, abs=1e-7
    )  # double roots: half the digits
    inside = np.linspace(*ends, 200)
    assert np.max(spectral_radius(optimizer, eta, inside)) <= rate + 1e-7
    found = np.array([float(eta), float(getattr(optimizer, "beta", 0.0))][: 1 if cls is GD else 2])
    for shift in (0.8, 1.2):
        options = {"xatol": 1e-9, "fatol": 1e-9}
        other = minimize(lambda n: rate_of(cls, n, ends), found * shift, method="Nelder-Mead", options=options)
        assert other.fun >= float(rate) - 1e-6


@pytest.mark.parametrize(
    "optimizer",
    [
        GD(),
        GD(weight_decay=0.5),
        Momentum(beta=0.3),
        Momentum(beta=0.3, dampening=0.3),
        Momentum(beta=0.95),
        Momentum(beta=0.8, dampening=0.8, weight_decay=0.2),
        Nesterov(beta=0.3),
        Nesterov(beta=0.95, weight_decay=0.2),
    ],
    ids=str,
)
@pytest.mark.parametrize("kappa", [1.0, 2.0, 50.0])
def test_no_eta_is_faster_than_the_best_for_this_beta(optimizer: Optimizer, kappa: float) -> None:
    eta, rate = best_eta(optimizer, 0.7, 0.7 * kappa)
    ends = np.array([0.7, 0.7 * kappa])
    assert np.max(spectral_radius(optimizer, eta, ends)) == pytest.approx(rate, abs=1e-12)
    tried = stability_limit(optimizer, ends[1]) * np.linspace(0.001, 1, 3001)
    rates = spectral_radius(optimizer, tried[:, None], ends).max(axis=1)
    assert rates.min() >= rate - 1e-9
    assert rates.min() == pytest.approx(rate, abs=0.03)  # the optimum is a corner, so a grid stops a little above


def test_the_best_in_numbers() -> None:
    assert best(GD, 1.0, 10.0)[1:] == pytest.approx((2 / 11, 9 / 11))
    momentum, eta, rate = best(Momentum, 1.0, 100.0)
    assert momentum.beta == pytest.approx((9 / 11) ** 2)
    assert (eta, rate) == pytest.approx((4 / 121, 9 / 11))
    nesterov, eta, rate = best(Nesterov, 1.0, 5.0)
    assert nesterov.beta == pytest.approx(1 / 3)
    assert (eta, rate) == pytest.approx((0.25, 0.5))


@pytest.mark.parametrize("ends", [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0), (1.0, np.inf), (np.nan, 1.0)])
def test_there_is_no_best_without_a_bowl(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        best(GD, *ends)
    with pytest.raises(ValueError, match="above 0"):
        best_eta(Momentum(), *ends)


def test_steps_are_the_first_after_which_so_little_is_left() -> None:
    rates, fractions = np.array([0.1, 0.5, 0.9, 0.999])[:, None], np.array([0.5, 0.03, 1e-6])
    steps = steps_to(fractions, rates)
    assert np.all(rates**steps <= fractions * (1 + 1e-12))
    assert np.all(rates ** (steps - 1) > fractions * (1 - 1e-12))
    assert steps_to(0.5, np.array([1.0, 1.5, 0.0])).tolist() == [np.inf, np.inf, 1]
    assert steps_to(np.array([1.0, 2.0]), 0.5).tolist() == [0, 0]
    assert np.isnan(steps_to(0.1, np.nan))
    assert np.isnan(steps_to(np.nan, 0.5))


@pytest.mark.parametrize("optimizer", [GD(), Momentum(), Momentum(beta=0.9, dampening=0.9), Nesterov()], ids=str)
def test_the_growth_near_a_saddle_is_that_of_the_run(optimizer: Optimizer) -> None:
    run = simulate(Saddle(), optimizer, 0.1, start=(0.0, 1e-6), steps=60)
    measured = measured_rate(run.theta[:, 1:], terms=1 if isinstance(optimizer, GD) else 2)
    assert growth(optimizer, 0.1, -1.0) == pytest.approx(float(measured[0]), rel=1e-9)
    assert np.isnan(growth(optimizer, 0.1, np.array([0.0, 1.0]))).all()


def test_the_growth_of_gradient_descent_is_one_and_the_slope() -> None:
    np.testing.assert_allclose(growth(GD(), np.array([0.1, 0.2]), -3.0), [1.3, 1.6])
    assert np.isnan(growth(GD(weight_decay=1.0), 0.1, -0.5))


@pytest.mark.parametrize("cls", ADAPTIVE)
def test_an_adaptive_method_has_no_multipliers(cls: type[Optimizer]) -> None:
    optimizer, etas = cls(), np.array([0.1, 0.2])
    assert iteration_matrix(optimizer, etas, 1.0).shape == (2, 1, 1)
    for answer in (iteration_matrix, multipliers, spectral_radius, growth):
        assert np.isnan(answer(optimizer, etas, -1.0)).all()
    assert phase(optimizer, etas, 1.0).tolist() == ["", ""]
    with pytest.raises(ValueError, match="no closed form"):
        best(cls, 1.0, 2.0)
    with pytest.raises(ValueError, match="no closed form"):
        best_eta(optimizer, 1.0, 2.0)


@pytest.mark.parametrize(
    ("optimizer", "eta", "curvature", "shape"),
    [
        (GD(), 0.1, 1.0, ()),
        (GD(), np.full((4, 1), 0.1), np.ones(3), (4, 3)),
        (Momentum(beta=[0.1, 0.2]), 0.1, 1.0, (2,)),
        (Momentum(beta=[0.1, 0.2], weight_decay=[0.0, 1.0]), np.full((5, 1), 0.1), 1.0, (5, 2)),
        (Nesterov(beta=[0.1, 0.2]), 0.1, np.ones((5, 1)), (5, 2)),
    ],
    ids=str,
)
def test_shapes_broadcast(optimizer: Optimizer, eta: Any, curvature: Any, shape: tuple[int, ...]) -> None:
    k = 1 if isinstance(optimizer, GD) else 2
    assert iteration_matrix(optimizer, eta, curvature).shape == (*shape, k, k)
    assert multipliers(optimizer, eta, curvature).shape == (*shape, k)
    for answer in (spectral_radius, phase, growth):
        assert np.shape(answer(optimizer, eta, curvature)) == shape


def test_a_huge_rate_diverges_without_a_warning() -> None:
    for optimizer in (GD(), Momentum(), Nesterov()):
        assert spectral_radius(optimizer, 1e200, 1e200) == np.inf
        assert phase(optimizer, 1e200, 10.0) == "divergence"
