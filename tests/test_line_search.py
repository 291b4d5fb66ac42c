"""Backtracking takes the first length that satisfies Armijo's condition, and is charged for what it tried."""

from typing import Any

import numpy as np
import pytest

from lrviz import SURFACES, Additive, Quadratic, Rosenbrock, Surface, simulate
from lrviz.declare import Array, Number
from lrviz.optimizers import Armijo, Clipped, PerAxis
from lrviz.optimizers.optimizer import Oracle, State

STEEP = ("quadratic", "rosenbrock", "himmelblau", "beale", "rastrigin", "ackley", "ravine", "double_well")


def by_book(surface: Surface, theta: Array, eta: float, c: float, shrink: float, trials: int) -> tuple[float, int]:
    """Algorithm 3.1 of Nocedal & Wright (2006) along −g, in plain floats: the share of η, and how often f was asked."""
    g = surface.grad(theta)
    f, slope = float(surface.loss(theta)), float(-g @ g)
    alpha, asked = eta, 1
    for _ in range(trials):
        asked += 1
        if float(surface.loss(theta - alpha * g)) <= f + c * alpha * slope:
            return alpha, asked
        alpha *= shrink
    return 0.0, asked


CASES = [(1.0, {}), (100.0, {"shrink": 0.3}), (0.5, {"decrease": 0.4, "trials": 3}), (3.0, {"decrease": 0.9})]


@pytest.mark.parametrize("slug", STEEP)
@pytest.mark.parametrize(("eta", "numbers"), CASES)
def test_each_step_is_the_books(slug: str, eta: float, numbers: dict[str, Any]) -> None:
    check(SURFACES[slug](), Armijo(**numbers), eta)


def check(surface: Surface, method: Armijo, eta: float) -> None:
    run = simulate(surface, method, eta, steps=40)
    asked = 0
    for t in range(run.outcome.step if run.outcome.kind == "diverged" else 40):
        alpha, more = by_book(surface, run.theta[t], eta, method.decrease, method.shrink, method.trials)
        asked += 1 + more
        assert eta * run.state["sigma"][t + 1] == pytest.approx(alpha, rel=1e-14)
        np.testing.assert_allclose(run.theta[t + 1], run.theta[t] - alpha * run.grad[t], rtol=1e-12, atol=1e-13)
    assert run.evaluations == asked  # a gradient a step, the loss there, and one for each length tried


@pytest.mark.parametrize("slug", STEEP)
def test_the_condition_holds_where_it_went_and_not_one_length_before(slug: str) -> None:
    surface = SURFACES[slug]()
    starts = np.random.default_rng(1).uniform(*np.asarray(surface.box).T[..., None], (2, 40))
    run = simulate(surface, Armijo(), 8.0, start=starts, steps=15)
    for t in range(15):
        squares = np.sum(run.grad[t] ** 2, axis=0)
        sigma = run.state["sigma"][t + 1]
        enough = run.loss[t] - 1e-4 * 8 * sigma * squares
        assert (run.loss[t + 1] <= enough + 1e-14 * np.abs(run.loss[t])).all()  # none goes up, ever
        before = surface.loss(run.theta[t] - 2 * sigma * 8 * run.grad[t])
        tried = (sigma > 0) & (sigma < 1)
        assert not (before < run.loss[t] - 1e-4 * 16 * sigma * squares)[tried].any()
        assert (run.theta[t + 1] == run.theta[t])[:, sigma == 0].all()


def test_on_a_quadratic_it_stops_shortening_at_the_length_that_theory_gives() -> None:
    """Along one curvature λ the condition is α ≤ 2(1 − c)/λ."""
    for kappa in (0.7, 3.0, 50.0):
        bowl = Quadratic(kappa=kappa, angle=0.0)
        run = simulate(bowl, Armijo(decrease=0.25), 10.0, start=(0.0, 1.0), steps=1)
        alpha = 10 * run.state["sigma"][1]
        assert alpha <= 1.5 / kappa < 2 * alpha or alpha == 10


def test_it_comes_as_near_to_a_minimum_as_one_likes() -> None:
    """Theorem 3.2 of Nocedal & Wright: the gradient goes to 0, from anywhere, whatever the first length."""
    etas = np.array([1e-2, 1.0, 1e4])
    run = simulate(Rosenbrock(), Armijo(trials=30), etas, start=(-1.2, 1.0), steps=12_000)
    assert (np.hypot(*run.grad[-1]) < 1e-4).all()


def test_each_particle_is_charged_for_its_own_lengths() -> None:
    starts = np.array([[1.5, 0.1], [-1.2, 1.0], [0.9, 0.8]]).T
    together = simulate(Rosenbrock(), Armijo(), 1.0, start=starts, steps=30)
    alone = [simulate(Rosenbrock(), Armijo(), 1.0, start=start, steps=30).evaluations for start in starts.T]
    assert together.evaluations.tolist() == alone
    assert len(set(alone)) == 3


def test_where_no_length_holds_it_stays_and_has_paid_for_all() -> None:
    run = simulate(Quadratic(), Armijo(trials=2), 100.0, steps=5)
    assert (run.theta == run.theta[0]).all()
    assert run.state["sigma"][1:].tolist() == [0.0] * 5
    assert run.evaluations == 5 * (1 + 1 + 2)


def test_a_length_that_leads_to_no_number_is_passed_over() -> None:
    run = simulate(Rosenbrock(), Armijo(shrink=1e-3, trials=40), 1e100, start=(-1.2, 1.0), steps=3)
    assert np.isfinite(run.theta).all()
    assert run.loss[3] < run.loss[0]


def test_losses_that_are_compared_are_of_one_sample() -> None:
    """With noise g is not the slope of the true loss, but it is that of the loss that is compared: it goes down it."""
    run = simulate(Quadratic(), Armijo(), 1.0, steps=60, noise=Additive(5.0), seed=3)
    assert (run.state["sigma"][1:] > 0).all()
    assert (np.diff(run.loss) > 0).any()


def test_with_rates_per_axis_the_condition_is_that_of_the_step_taken() -> None:
    surface, rates = Rosenbrock(), np.array([0.1, 3.0])
    run = simulate(surface, PerAxis(Armijo(decrease=0.3), x=0.1, y=3.0), 1.0, start=(-1.2, 1.0), steps=20)
    for t in range(20):
        g, sigma = run.grad[t], run.state["sigma"][t + 1]
        np.testing.assert_allclose(run.theta[t + 1], run.theta[t] - sigma * rates * g, rtol=1e-13)
        for share, holds in ((sigma, True), (2 * sigma, False)):
            there = surface.loss(run.theta[t] - share * rates * g)
            assert share > 1 or (there <= run.loss[t] - 0.3 * share * np.sum(rates * g * g)) == holds


def test_clipped_it_goes_along_the_clipped_slope() -> None:
    run = simulate(Rosenbrock(), Clipped(Armijo(), norm=0.5), 1.0, start=(-1.2, 1.0), steps=30)
    moved = np.hypot(*np.diff(run.theta, axis=0).T)
    np.testing.assert_allclose(moved[:5], 0.5 * run.state["sigma"][1:6], rtol=1e-5)
    assert (np.diff(run.loss) <= 0).all()


# ---- what is broken on purpose must be found


class HalfTheSlope(Armijo):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return self.replace(decrease=self.decrease / 2).step_of_armijo(t, eta, theta, oracle, state)

    step_of_armijo = Armijo.step


class OneTrialTooMany(Armijo):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        return self.replace(trials=self.trials + 1).step_of_armijo(t, eta, theta, oracle, state)

    step_of_armijo = Armijo.step


class LastThatHolds(Armijo):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        g, f, sigma, share = oracle.grad(theta), oracle.loss(theta), np.zeros_like(theta[0]), 1.0
        for _ in range(int(self.trials)):
            there = oracle.loss(theta - share * eta * g)
            sigma = np.where(there <= f - self.decrease * share * eta * np.sum(g * g, axis=0), share, sigma)
            share = share * self.shrink
        return theta - sigma * eta * g, {"sigma": sigma}


class ChargedForAll(Armijo):
    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        theta_next, after = super().step(t, eta, theta, oracle, state)
        return theta_next + 0 * oracle.loss(theta_next), after


@pytest.mark.parametrize("wrong", [HalfTheSlope, OneTrialTooMany, LastThatHolds, ChargedForAll])
def test_a_broken_search_is_found(wrong: type[Armijo]) -> None:
    def check_all() -> None:
        for slug in ("quadratic", "himmelblau"):
            for eta, numbers in CASES:
                check(SURFACES[slug](), wrong(**numbers), eta)

    with pytest.raises(AssertionError):
        check_all()
