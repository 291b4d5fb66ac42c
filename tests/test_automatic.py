"""Barzilai and Borwein's rates are those of least squares, and DoG is its authors' loop."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lrviz import GD, SURFACES, Additive, Himmelblau, Quadratic, Surface, simulate
from lrviz.declare import Array, Number, hyper
from lrviz.optimizers import Averaged, BarzilaiBorwein, DoG, PerAxis, State

SOME = ("quadratic", "rosenbrock", "himmelblau", "beale", "ravine", "double_well", "ackley", "saddle")

# ---- Barzilai–Borwein


def rates_of(run: Any, method: BarzilaiBorwein) -> list[float]:
    """α of each step: the secant equation solved by NumPy's least squares; the last one where the curvature is not > 0.

    The short one is the α of s = αy, the long one 1 over the b of y = bs.
    """
    rates = [method.first]
    for t in range(1, run.steps):
        s, y = run.theta[t] - run.theta[t - 1], run.grad[t] - run.grad[t - 1]
        if not s @ y > 0:
            rates.append(rates[-1])
        elif method.shorter:
            rates.append(float(np.linalg.lstsq(y[:, None], s)[0][0]))
        else:
            rates.append(1 / float(np.linalg.lstsq(s[:, None], y)[0][0]))
    return rates


@pytest.mark.parametrize("slug", SOME)
@pytest.mark.parametrize("shorter", [False, True])
@pytest.mark.parametrize("eta", [1.0, 0.3])
def test_each_rate_satisfies_the_secant_equation_best(slug: str, shorter: bool, eta: float) -> None:
    check_rates(SURFACES[slug](), BarzilaiBorwein(first=0.003, shorter=shorter), eta)


def check_rates(surface: Surface, method: BarzilaiBorwein, eta: float = 1.0, steps: int = 12) -> None:
    run = simulate(surface, method, eta, steps=steps)
    expected = np.array(rates_of(run, method))
    np.testing.assert_allclose(run.state["alpha"][1:], expected, rtol=1e-9)
    places = run.theta[:-1] - eta * expected[:, None] * run.grad[:-1]
    np.testing.assert_allclose(run.theta[1:], places, rtol=1e-9, atol=1e-14)
    assert run.evaluations == steps


@pytest.mark.parametrize("shorter", [False, True])
def test_in_two_dimensions_it_is_faster_than_linear(shorter: bool) -> None:
    """The paper's theorem: on a convex quadratic of two variables the gradient goes to 0 R-superlinearly.

    That is ‖g‖^(1/t) → 0, so log‖g‖/t falls without end; gradient descent at its best has a constant one.
    """
    for kappa in (3.0, 10.0, 100.0):
        bowl = Quadratic(kappa=kappa, angle=25.0)
        run = simulate(bowl, BarzilaiBorwein(first=0.5 / kappa, shorter=shorter), 1.0, start=(1.5, 1.0), steps=60)
        size = np.hypot(*run.grad.T) / np.hypot(*run.grad[0])
        first, last = (int(np.argmax(size < threshold)) for threshold in (1e-3, 1e-12))
        best = (kappa - 1) / (kappa + 1)
        assert 0 < last < np.log(1e-12) / np.log(best) / (1 if kappa < 10 else 3)
        assert (last - first) < 1.5 * first + 6  # nine decades in hardly more steps than three: not linear


def test_the_loss_may_rise_on_the_way() -> None:
    run = simulate(Quadratic(kappa=30.0, angle=25.0), BarzilaiBorwein(), 1.0, steps=60)
    assert (np.diff(run.loss) > 0).any()
    assert run.outcome.kind == "converged"


def test_the_long_rate_is_never_the_shorter_one() -> None:
    """Cauchy and Schwarz: s·y / y·y ≤ s·s / s·y, both between the inverses of the curvatures."""
    run = simulate(Quadratic(kappa=20.0), BarzilaiBorwein(), 1.0, steps=20)
    s, y = np.diff(run.theta, axis=0), np.diff(run.grad, axis=0)
    sy = np.sum(s * y, axis=1)[:15]
    short, long = sy / np.sum(y * y, axis=1)[:15], np.sum(s * s, axis=1)[:15] / sy
    assert (short <= long * (1 + 1e-12)).all()
    assert ((long < 1 + 1e-9) & (short > 1 / 20 - 1e-9)).all()


def test_where_the_curvature_is_negative_the_last_rate_is_kept() -> None:
    run = simulate(SURFACES["saddle"](), BarzilaiBorwein(first=0.1), 1.0, start=(0.0, 0.5), steps=5)
    assert run.state["alpha"].tolist() == [0.1] * 6


def test_one_step_at_the_minimum_is_none() -> None:
    run = simulate(Quadratic(), BarzilaiBorwein(), 1.0, start=(0.0, 0.0), steps=5)
    assert run.theta.tolist() == [[0.0, 0.0]] * 6


class BBSwapped(BarzilaiBorwein):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        return BarzilaiBorwein(self.first, not self.shorter).step(t, eta, theta, oracle, state)


class BBTakesAnySign(BarzilaiBorwein):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        g = oracle.grad(theta)
        s, y = theta - state["theta_last"], g - state["g"]
        rate = np.sum(s * s, axis=0) / np.sum(s * y, axis=0)
        alpha = np.where(np.equal(t, 1), state["alpha"], rate)
        return theta - eta * alpha * g, {"theta_last": theta, "g": g, "alpha": alpha}


class BBOneStepLate(BarzilaiBorwein):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        _, after = super().step(t, eta, theta, oracle, state)
        return theta - eta * state["alpha"] * after["g"], after


@pytest.mark.parametrize(("wrong", "slug"), [(BBSwapped, "quadratic"), (BBTakesAnySign, "himmelblau")])
def test_a_broken_rate_is_found(wrong: type[BarzilaiBorwein], slug: str) -> None:
    with pytest.raises(AssertionError):
        check_rates(SURFACES[slug](), wrong(first=0.003))
    with pytest.raises(AssertionError):
        check_rates(SURFACES["quadratic"](), BBOneStepLate(first=0.003))


# ---- DoG


def authors(surface: Surface, method: DoG, lr: float, steps: int) -> tuple[list[list[float]], list[float]]:
    """dog.py of formll/dog in plain floats: the places, and each step's η. ε is in G from the first gradient on."""
    start = [float(x) for x in surface.start]
    theta, places, etas = list(start), [list(start)], []
    G = rbar = 0.0
    for t in range(steps):
        g = surface.grad(np.array(theta)).tolist()
        squares = sum(x * x for x in g)
        if t == 0:
            rbar = method.reps * (1 + sum(x * x for x in theta) ** 0.5)
            G = squares + method.eps
        else:
            rbar = max(rbar, sum((x - x0) ** 2 for x, x0 in zip(theta, start, strict=True)) ** 0.5)
            G += squares
        etas.append(lr * rbar / G**0.5)
        theta = [x - etas[-1] * slope for x, slope in zip(theta, g, strict=True)]
        places.append(list(theta))
    return places, etas


DOGS = [(DoG(), 1.0), (DoG(reps=1e-2, eps=0.3), 0.5), (DoG(reps=1e-8), 1.0)]


@pytest.mark.parametrize("slug", SOME)
@pytest.mark.parametrize(("method", "lr"), DOGS)
def test_it_is_its_authors(slug: str, method: DoG, lr: float) -> None:
    check_dog(SURFACES[slug](), method, lr)


def check_dog(surface: Surface, method: DoG, lr: float) -> None:
    run = simulate(surface, method, lr, steps=80)
    places, etas = authors(surface, method, lr, 80)
    np.testing.assert_allclose(run.theta, places, rtol=1e-9, atol=1e-12)
    found = run.eta * run.state["r"][1:] / np.sqrt(run.state["G"][1:] + method.eps)
    np.testing.assert_allclose(found, etas, rtol=1e-9)
    assert run.evaluations == 80


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_it_finds_the_rate_whatever_the_scale_of_the_loss(scale: float) -> None:
    """The paper's point: g and √G grow alike, so that the path does not know the loss's unit (but for ε)."""
    plain = simulate(Quadratic(kappa=5.0), DoG(eps=1e-300), 1.0, steps=400)
    scaled = simulate(Scaled(kappa=5.0, factor=scale), DoG(eps=1e-300), 1.0, steps=400)
    np.testing.assert_allclose(scaled.theta, plain.theta, rtol=1e-7, atol=1e-12)
    assert plain.loss[-1] < 1e-3 * plain.loss[0]
    gd = simulate(Scaled(kappa=5.0, factor=scale), GD(), 0.2, steps=400)
    assert (gd.loss[-1] < 0.1 * gd.loss[0]) == (scale == 1.0)


@dataclass(frozen=True)
class Scaled(Quadratic):
    """A quadratic in another unit of its loss."""

    factor: Number = hyper(1.0, "f", "(0, inf)", soft=(1e-3, 1e3), help="the unit")

    def loss(self, theta: Array) -> Array:
        return self.factor * super().loss(theta)

    def grad(self, theta: Array) -> Array:
        return self.factor * super().grad(theta)

    def hess(self, theta: Array) -> Array:
        return self.factor * super().hess(theta)


@pytest.mark.parametrize("reps", [1e-8, 1e-6, 1e-4])
def test_the_first_distance_hardly_matters(reps: float) -> None:
    run = simulate(Himmelblau(), DoG(reps=reps), 1.0, steps=400)
    assert run.outcome.kind == "converged"
    assert (np.diff(run.state["r"]) >= 0).all()


def test_on_a_convex_loss_the_average_under_noise_comes_near() -> None:
    """The paper returns the average; its excess loss falls, and the distance that it takes is that to the minimum."""
    run = simulate(Quadratic(kappa=5.0), Averaged(DoG()), 1.0, steps=4000, noise=Additive(1.0), seed=2)
    assert run.loss[-1] < 0.02 * run.loss[0]
    assert 0.5 < run.state["r"][-1] / np.hypot(*Quadratic().start) < 4


def test_with_rates_per_axis_both_have_one_distance() -> None:
    run = simulate(Quadratic(), PerAxis(DoG(), x=0.0, y=1.0), 1.0, steps=50)
    assert (run.theta[:, 0] == run.theta[0, 0]).all()
    assert run.state["r"].shape == (51,)


class DoGForgetsTheStart(DoG):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        new, after = super().step(t, eta, theta, oracle, state)
        return new, after | {"theta0": theta}


class DoGEpsOutside(DoG):
    def step(self, t: Any, eta: Any, theta: Any, oracle: Any, state: State) -> tuple[Array, State]:
        _, after = super().step(t, eta, theta, oracle, state)
        return theta - eta * after["r"] / (np.sqrt(after["G"]) + self.eps) * oracle.grad(theta), after


class DoGBegunWithoutOne(DoG):
    def init(self, theta: Array) -> State:
        state = super().init(theta)
        return state | {"r": self.reps * np.sqrt(np.sum(theta * theta, axis=0))}


@pytest.mark.parametrize("wrong", [DoGForgetsTheStart, DoGEpsOutside, DoGBegunWithoutOne])
def test_a_broken_dog_is_found(wrong: type[DoG]) -> None:
    with pytest.raises(AssertionError):
        check_dog(SURFACES["beale"](), wrong(reps=1e-2, eps=0.3), 0.5)
