"""What gradient noise keeps up: exact recursions and stationary states, against steps, equations and many seeds."""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from lrviz import GD, OPTIMIZERS, Cosine, Momentum, Nesterov, Optimizer, Quadratic, simulate
from lrviz.declare import Array
from lrviz.theory import floor, has_limit, noise_covariance, noise_variance, rest, spread, stability_limit
from tests.linear_map import Pull, stepped

PLAIN = [
    GD(),
    GD(weight_decay=0.5),
    Momentum(beta=0.9),
    Momentum(beta=0.8, dampening=0.8),
    Momentum(beta=0.5, dampening=0.3, weight_decay=0.2),
    Nesterov(beta=0.9),
    Nesterov(beta=0.6, weight_decay=0.3),
]
HESSIAN = np.array([[3.0, 1.0], [1.0, 1.0]])
COVARIANCE = np.array([[0.5, -0.2], [-0.2, 0.3]])  # has other axes than the Hessian


class Shaken:
    """An oracle whose gradient is H θ plus the noise of this step."""

    def __init__(self, hessian: Array, xi: Array) -> None:
        self.hessian, self.xi = hessian, xi

    def grad(self, theta: Array) -> Array:
        return self.hessian @ theta + self.xi


def pushed(optimizer: Optimizer, eta: float) -> Array:
    """What a gradient of 1 does to a state at 0 in a late step."""
    zero = np.zeros((1, 1))
    theta, state = optimizer.step(2, eta, zero, Pull(0.0, 1.0), optimizer.init(zero))  # type: ignore[arg-type]
    return np.array([theta[0, 0], *(values[0, 0] for values in state.values())])


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
@pytest.mark.parametrize("optimizer", PLAIN, ids=str)
def test_the_variance_solves_the_equation_of_the_step(optimizer: Optimizer, share: float) -> None:
    curvature, sigma = 2.5, 0.7
    eta = share * float(stability_limit(optimizer, curvature))
    step, push = stepped(optimizer, eta, curvature), pushed(optimizer, eta)
    expected = solve_discrete_lyapunov(step, sigma**2 * np.outer(push, push))[0, 0]
    assert noise_variance(optimizer, eta, curvature, sigma) == pytest.approx(expected, rel=1e-9)
    one = noise_covariance(optimizer, eta, np.array([[curvature]]), np.array([[sigma**2]]))
    assert one == pytest.approx(np.array([[expected]]), rel=1e-9)


@pytest.mark.parametrize("optimizer", PLAIN, ids=str)
def test_the_covariance_solves_the_equation_of_the_step(optimizer: Optimizer) -> None:
    eta = 0.4 * float(stability_limit(optimizer, np.linalg.eigvalsh(HESSIAN)[1]))
    memory = optimizer.init(np.zeros((2, 1)))
    size = 2 + 2 * len(memory)

    def step(state: Array, xi: Array) -> Array:
        held = {"m": state[2:, None]} if memory else {}
        theta, after = optimizer.step(2, eta, state[:2, None], Shaken(HESSIAN, xi[:, None]), held)  # type: ignore[arg-type]
        return np.concatenate([theta[:, 0], *(values[:, 0] for values in after.values())])

    matrix = np.array([step(basis, np.zeros(2)) for basis in np.eye(size)]).T
    push = np.array([step(np.zeros(size), basis) for basis in np.eye(2)]).T
    expected = solve_discrete_lyapunov(matrix, push @ COVARIANCE @ push.T)[:2, :2]
    found = noise_covariance(optimizer, eta, HESSIAN, COVARIANCE)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert floor(optimizer, eta, HESSIAN, COVARIANCE) == pytest.approx(0.5 * np.trace(HESSIAN @ expected), rel=1e-9)


def test_the_variance_in_numbers() -> None:
    """Mandt, Hoffman & Blei's, with the η² that they leave out."""
    assert noise_variance(GD(), 0.1, 4.0, 0.5) == pytest.approx(0.1 * 0.25 / (4 * 1.6))
    assert noise_variance(Momentum(beta=0.9), 0.1, 4.0, 0.5) == pytest.approx(0.1 * 0.25 * 1.9 / (4 * 0.1 * 3.4))


@pytest.mark.parametrize("optimizer", PLAIN, ids=str)
def test_twenty_thousand_seeds_are_as_wide_as_theory_says(optimizer: Optimizer) -> None:
    eta = 0.4 * float(stability_limit(optimizer, np.linalg.eigvalsh(HESSIAN)[1]))
    rng, root = np.random.default_rng(0), np.linalg.cholesky(COVARIANCE)
    etas = np.array(Cosine(eta=eta, period=40, eta_min=eta / 2)(np.arange(300)))
    offset = np.array([2.0, -1.0])
    means, covs = spread(optimizer, etas, HESSIAN, COVARIANCE, offset)
    theta = np.repeat(offset[:, None], 20_000, axis=1)
    state = optimizer.init(theta)
    for t, rate in enumerate(etas, start=1):
        xi = root @ rng.standard_normal(theta.shape)
        theta, state = optimizer.step(t, float(rate), theta, Shaken(HESSIAN, xi), state)  # type: ignore[arg-type]
        if t in (1, 2, 5, 20, 300):
            sure = np.sqrt(np.diag(covs[t]))
            np.testing.assert_allclose(theta.mean(axis=1), means[t], atol=5 * sure.max() / np.sqrt(20_000))
            np.testing.assert_allclose(np.cov(theta), covs[t], atol=0.05 * sure.min() * sure.min(), rtol=0.05)
    settled = noise_covariance(optimizer, float(etas[-1]), HESSIAN, COVARIANCE)
    np.testing.assert_allclose(covs[-1], settled, rtol=1e-3)
    np.testing.assert_allclose(np.diag(np.cov(theta)), np.diag(settled), rtol=0.05)


@pytest.mark.parametrize("optimizer", PLAIN, ids=str)
def test_the_mean_is_the_run_without_noise(optimizer: Optimizer) -> None:
    surface, schedule = Quadratic(kappa=7.0, angle=20.0), Cosine(eta=0.05, period=30)
    run = simulate(surface, optimizer, schedule, start=(1.5, 1.0), steps=50)
    means, covs = spread(optimizer, run.eta, surface.hess(np.zeros(2)), np.zeros((2, 2)), np.array([1.5, 1.0]))
    np.testing.assert_allclose(means, run.theta, atol=1e-13)
    assert not covs.any()


@pytest.mark.parametrize("optimizer", PLAIN, ids=str)
def test_at_the_limit_nothing_settles(optimizer: Optimizer) -> None:
    limit = float(stability_limit(optimizer, np.linalg.eigvalsh(HESSIAN)[1]))
    etas = np.array([0.999, 1.0, 1.001]) * limit
    covariances = noise_covariance(optimizer, etas, HESSIAN, COVARIANCE)
    assert np.isfinite(covariances[0]).all()
    assert np.isinf(covariances[1:]).all()
    assert np.isinf(floor(optimizer, etas, HESSIAN, COVARIANCE)).tolist() == [False, True, True]
    single = float(stability_limit(optimizer, 2.0))
    assert np.isinf(noise_variance(optimizer, np.array([0.999, 1.0, 1.001]) * single, 2.0, 0.1)).tolist() == [
        False,
        True,
        True,
    ]
    assert np.isinf(noise_variance(optimizer, 0.01, -1.0, 0.1))
    assert np.isinf(noise_covariance(optimizer, 0.01, -HESSIAN, COVARIANCE)).all()
    assert noise_variance(optimizer, 0.01, 1.0, 0.0) == 0


@pytest.mark.parametrize("optimizer", PLAIN, ids=str)
def test_the_floor_is_in_proportion_to_a_small_eta(optimizer: Optimizer) -> None:
    low, high = floor(optimizer, np.array([1e-5, 2e-5]), HESSIAN, COVARIANCE)
    assert high / low == pytest.approx(2, rel=1e-3)


def test_the_floor_of_gradient_descent_in_numbers() -> None:
    eta = 1e-6  # Σ → η C-averaged: ½ tr(HΣ) → η tr(C)/4, whatever the curvatures
    assert floor(GD(), eta, HESSIAN, COVARIANCE) == pytest.approx(eta * 0.8 / 4, rel=1e-4)


@pytest.mark.parametrize("cls", [cls for cls in OPTIMIZERS.values() if not has_limit(cls())])
def test_adaptive_methods_have_no_closed_form(cls: type[Optimizer]) -> None:
    assert np.isnan(noise_variance(cls(), 0.1, 1.0, np.array([1.0, 2.0]))).all()
    assert np.isnan(noise_covariance(cls(), np.array([0.1, 0.2]), HESSIAN, COVARIANCE)).all()
    assert np.isnan(floor(cls(), 0.1, HESSIAN, COVARIANCE))
    means, covs = spread(cls(), np.full(5, 0.1), HESSIAN, COVARIANCE, np.ones(2))
    assert (means.shape, covs.shape) == ((6, 2), (6, 2, 2))
    assert np.isnan(means).all()
    assert np.isnan(covs).all()


def test_at_rest_the_slope_and_the_decay_cancel() -> None:
    minimum = np.array([1.0, -2.0])
    np.testing.assert_array_equal(rest(GD(), HESSIAN, minimum), minimum)
    place = rest(Momentum(weight_decay=0.7), HESSIAN, minimum)
    np.testing.assert_allclose(HESSIAN @ (place - minimum) + 0.7 * place, 0, atol=1e-14)
    valley = np.diag([0.0, 2.0])
    np.testing.assert_allclose(rest(GD(weight_decay=0.5), valley, minimum), [0.0, -1.6])
