"""Hypergradient descent is that of its paper, and what its rate learns is what the paper says it learns."""

from collections.abc import Callable

import numpy as np
import pytest

from lrviz import GD, SURFACES, Additive, Constant, Cosine, Quadratic, Schedule, Surface, simulate
from lrviz.optimizers import Hypergradient
from lrviz.theory import claims


def by_paper(
    grad: Callable[[list[float]], list[float]], start: list[float], rates: list[float], beta: float, decay: float
) -> tuple[list[list[float]], list[float]]:
    """Algorithm 4 of the paper (SGD-HD), in plain floats: the places, and the rates α.

    Order and weight decay as in the authors' sgd_hd.py (gbaydin/hypergradient-descent, a6f82e7): the gradient with its
    decay; the rate moved by β times its product with the last one, which is 0 at first; then the step. A rate that a
    schedule changes is changed under the learnt part.
    """
    theta, last, learnt = list(start), [0.0] * len(start), 0.0
    places, alphas = [list(theta)], []
    for rate in rates:
        g = [slope + decay * at for slope, at in zip(grad(theta), theta, strict=True)]
        learnt += beta * sum(one * other for one, other in zip(g, last, strict=True))
        alphas.append(rate + learnt)
        theta = [at - alphas[-1] * slope for at, slope in zip(theta, g, strict=True)]
        last = g
        places.append(list(theta))
    return places, alphas


CASES: list[tuple[str, Schedule, float, float]] = [
    ("quadratic", Constant(0.01), 1e-4, 0.0),
    ("quadratic", Constant(0.01), 1e-3, 0.3),
    ("quadratic", Cosine(0.05, period=60), 1e-3, 0.0),
    ("rosenbrock", Constant(1e-4), 1e-9, 0.0),
    ("himmelblau", Constant(0.001), 1e-7, 0.1),
    ("least_squares", Constant(0.001), 1e-5, 0.0),
    ("rastrigin", Constant(1e-4), 1e-8, 0.0),
]


@pytest.mark.parametrize(("slug", "schedule", "beta", "decay"), CASES)
def test_it_is_the_papers(slug: str, schedule: Schedule, beta: float, decay: float) -> None:
    surface: Surface = SURFACES[slug]()
    run = simulate(surface, Hypergradient(hyper_beta=beta, weight_decay=decay), schedule, steps=80)

    def grad(theta: list[float]) -> list[float]:
        slopes: list[float] = surface.grad(np.array(theta)).tolist()
        return slopes

    rates = [float(schedule(t)) for t in range(80)]
    places, alphas = by_paper(grad, list(surface.start), rates, beta, decay)
    np.testing.assert_allclose(run.theta, places, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(run.eta + run.state["h"][1:], alphas, rtol=1e-10)
    assert np.ptp(np.array(alphas) - rates) > 0.01 * np.mean(rates)  # else nothing was compared


def test_without_beta_it_is_gradient_descent() -> None:
    plain, learning = (simulate(Quadratic(), o, 0.05, steps=50) for o in (GD(0.1), Hypergradient(0.0, 0.1)))
    np.testing.assert_array_equal(learning.theta, plain.theta)


def test_the_rate_follows_the_slope_of_the_loss_by_the_last_rate() -> None:
    """One step: h is −β times the derivative of the loss after the step by the rate of the step, by differences."""
    surface, eta, beta, width = Quadratic(kappa=7.0), 0.03, 1e-3, 1e-6
    start = np.array(surface.start)
    losses = [float(surface.loss(start - rate * surface.grad(start))) for rate in (eta - width, eta + width)]
    run = simulate(surface, Hypergradient(hyper_beta=beta), eta, steps=2)
    assert run.state["h"][2] == pytest.approx(-beta * (losses[1] - losses[0]) / (2 * width), rel=1e-8)


def test_too_small_a_rate_grows_and_too_large_a_one_shrinks() -> None:
    """On one curvature a step of η > 1/L turns the gradient around, one of η < 1/L does not."""
    bowl = Quadratic(kappa=1.0, angle=0.0)
    for eta in (0.1, 1.5):
        run = simulate(bowl, Hypergradient(hyper_beta=1e-2), eta, steps=60)
        moved = np.diff(run.state["h"][1:12])
        assert (moved > 0).all() if eta < 1 else moved[0] < 0
        alpha = run.eta + run.state["h"][1:]
        assert abs(alpha[-1] - 1) < abs(eta - 1)  # 1/L, which arrives in one step


def test_noise_is_in_both_gradients() -> None:
    noise = Additive(1.0)
    run = simulate(Quadratic(), Hypergradient(hyper_beta=1e-3), 0.01, steps=30, noise=noise, seed=3)
    g, h = run.state["g"], run.state["h"]
    np.testing.assert_allclose(np.diff(h)[1:], 1e-3 * np.sum(g[2:] * g[1:-1], axis=1), rtol=1e-9)
    assert not np.allclose(g[1:], run.grad[:-1])


@pytest.mark.parametrize("beta", [1e-6, 1e-2])
def test_theory_speaks_of_the_learnt_rate(beta: float) -> None:
    optimizer = Hypergradient(hyper_beta=beta)
    run = simulate(Quadratic(kappa=10.0), optimizer, 0.21, steps=40)
    (claim,) = claims(Quadratic(kappa=10.0), optimizer, run.schedule, None, run.theta, run.loss, run.eta, run.state)
    product = 10 * (run.eta + run.state["h"][1:])
    outside = int(np.sum((product > 2) | (product < 0)))
    assert f"not between them in {outside} of 40 steps" in claim.measured
    assert (outside == 40) == (beta == 1e-6)  # it learns its way back below the limit, or not
    assert claim.holds
