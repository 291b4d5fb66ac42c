"""SAM goes down by the slope at the worst place nearby, and so out of a sharp minimum into a flat one."""

from typing import Any

import numpy as np
import pytest

from lrviz import GD, SURFACES, Additive, DoubleWell, Quadratic, Surface, simulate
from lrviz.declare import Array
from lrviz.optimizers import SAM, State

SOME = ("quadratic", "rosenbrock", "himmelblau", "beale", "ravine", "double_well", "rastrigin", "saddle")


@pytest.mark.parametrize("slug", SOME)
@pytest.mark.parametrize("rho", [1e-3, 0.05, 0.7])
def test_each_step_is_algorithm_1(slug: str, rho: float) -> None:
    check(SURFACES[slug](), SAM(rho=rho))


def check(surface: Surface, method: SAM) -> None:
    """The slope uphill by central differences of the loss alone."""
    eta, width = 1e-4, 1e-5
    starts = np.random.default_rng(3).uniform(-1, 1, (2, 20))
    run = simulate(surface, method, eta, start=starts, steps=10)
    for t in range(10):
        theta, g = run.theta[t], run.grad[t]
        there = theta + method.rho * g / np.hypot(*g)
        slopes = [(surface.loss(there + way) - surface.loss(there - way)) / (2 * width) for way in ways(width)]
        np.testing.assert_allclose(
            (theta - run.theta[t + 1]) / eta, slopes, rtol=1e-6, atol=1e-6 * np.abs(run.grad[t]).max() + 1e-6
        )
    assert (run.evaluations == 2 * 10).all()


def ways(width: float) -> Array:
    return width * np.eye(2)[:, :, None]


def test_to_first_order_no_place_within_rho_is_worse() -> None:
    """The paper's (2): among all directions that of the gradient has the highest loss, up to terms of ρ²."""
    for slug in SOME:
        surface = SURFACES[slug]()
        theta = np.array(surface.start)[:, None] * 0.9
        rho = 1e-4
        g = surface.grad(theta)
        angles = np.linspace(0, 2 * np.pi, 721)
        around = surface.loss(theta + rho * np.stack([np.cos(angles), np.sin(angles)]))
        uphill = surface.loss(theta + rho * g / np.hypot(*g)).item()
        top = np.linalg.eigvalsh(surface.hess(theta[:, 0]))
        assert around.max() - uphill <= rho * rho * np.abs(top).max() + 1e-4 * rho * np.hypot(*g).item()


def test_without_rho_it_is_gradient_descent_at_twice_the_cost() -> None:
    sam, gd = simulate(Quadratic(), SAM(rho=0.0), 0.05, steps=30), simulate(Quadratic(), GD(), 0.05, steps=30)
    np.testing.assert_array_equal(sam.theta, gd.theta)
    assert sam.evaluations == 2 * gd.evaluations == 60


def test_at_a_minimum_it_keeps_moving_by_eta_rho_lambda() -> None:
    """Along one curvature the slope uphill is λ(x ± ρ), so x hops to and fro by about ηλρ."""
    for kappa in (1.0, 4.0):
        run = simulate(Quadratic(kappa=kappa, angle=0.0), SAM(rho=0.1), 0.1, start=(0.0, 1.0), steps=400)
        hop = np.abs(np.diff(run.theta[-40:, 1]))
        # In the cycle x → −x: x = x(1 − ηλ) − ηλρ reversed, so 2x = ηλ(x + ρ).
        product = 0.1 * kappa
        np.testing.assert_allclose(hop, 2 * product * 0.1 / (2 - product), rtol=1e-6)
        assert run.outcome.kind != "stalled"


def test_where_there_is_no_slope_it_stays() -> None:
    run = simulate(Quadratic(), SAM(rho=1.0), 0.1, start=(0.0, 0.0), steps=5)
    assert run.theta.tolist() == [[0.0, 0.0]] * 6


def test_it_hovers_higher_above_a_sharp_minimum_than_above_a_flat_one() -> None:
    """The 2-cycle of half-width ηλρ/(2 − ηλ) has the loss λ/2 times its square: for small ηλ it grows as λ³."""
    surface, eta, rho = DoubleWell(), 1e-3, 0.05
    heights = {}
    for at in surface.minima:
        curvature = np.linalg.eigvalsh(surface.hess(np.array(at))).max()
        run = simulate(surface, SAM(rho=rho), eta, start=np.add(at, (0.02, 0.0)), steps=20_000)
        heights[curvature] = run.loss[-1] - surface.loss(np.array(at))
        expected = curvature / 2 * (eta * curvature * rho / (2 - eta * curvature)) ** 2
        assert heights[curvature] == pytest.approx(expected, rel=0.1)
    assert heights[27.0] > 10_000 * heights[1.0]
    plain = simulate(surface, GD(), eta, start=np.add(surface.minima[0], (0.02, 0.0)), steps=20_000)
    assert plain.loss[-1] - surface.loss(np.array(surface.minima[0])) < 1e-12


def test_a_large_rho_may_hold_it_on_a_ridge() -> None:
    """Near a ridge the slope beyond it, at θ + ε̂, points back: where gradient descent leaves, it stays."""
    ridge = DoubleWell().saddles[0]
    start = np.add(ridge, (0.05, 0.0))
    for method, leaves in ((GD(), True), (SAM(rho=0.5), False)):
        run = simulate(DoubleWell(), method, 0.01, start=start, steps=2000)
        assert (np.hypot(*(run.theta[-1] - ridge)) > 0.5) == leaves


def test_both_gradients_are_of_one_sample() -> None:
    """Additive noise tilts the plane: the direction uphill has it, and the slope there has the same once more."""
    noise, rho, eta = Additive(2.0), 0.3, 0.05
    run, plain = (simulate(Quadratic(), m, eta, steps=1, noise=noise, seed=5) for m in (SAM(rho=rho), GD()))
    seen = (plain.theta[0] - plain.theta[1]) / eta  # the noisy gradient at the start
    up = rho * seen / np.hypot(*seen)
    expected = seen + Quadratic().hess(np.zeros(2)) @ up
    np.testing.assert_allclose((run.theta[0] - run.theta[1]) / eta, expected, rtol=1e-10)
    assert SAM().init(np.zeros((2, 1))) == {}


class SAMByTheSign(SAM):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        return theta - eta * oracle.grad(theta + self.rho * np.sign(oracle.grad(theta))), state


class SAMUnnormalized(SAM):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        return theta - eta * oracle.grad(theta + self.rho * oracle.grad(theta)), state


class SAMDownhill(SAM):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        return theta - eta * oracle.grad(theta - self.rho * g / np.sqrt(np.sum(g * g, axis=0))), state


class SAMAtTheWorstPlace(SAM):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        new, after = super().step(t, eta, theta, oracle, state)
        g = oracle.grad(theta)
        return new + self.rho * g / np.sqrt(np.sum(g * g, axis=0)), after


@pytest.mark.parametrize("wrong", [SAMByTheSign, SAMUnnormalized, SAMDownhill, SAMAtTheWorstPlace])
def test_a_broken_sam_is_found(wrong: type[SAM]) -> None:
    with pytest.raises(AssertionError):
        check(SURFACES["himmelblau"](), wrong(rho=0.05))
