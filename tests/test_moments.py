"""The moments of noisy runs, against long hand-made sums, against theory for constant noise, and against many seeds."""

import itertools

import numpy as np
import pytest

from lrviz import (
    GD,
    Adam,
    Additive,
    Anisotropic,
    Cosine,
    LeastSquares,
    Minibatch,
    Momentum,
    Nesterov,
    Noise,
    Optimizer,
    Quadratic,
    Rosenbrock,
    Saddle,
    Surface,
    simulate,
    theory,
)
from lrviz.surfaces.regression import cars
from lrviz.theory.moments import Moments, why_not

METHODS = [GD(), Momentum(0.8), Momentum(0.8, dampening=0.8), Nesterov(0.6), GD(weight_decay=0.3)]


@pytest.mark.parametrize("optimizer", METHODS, ids=str)
@pytest.mark.parametrize("noise", [Additive(0.5, 3), Anisotropic(0.4, 2.0)], ids=str)
def test_with_the_same_noise_everywhere_they_are_the_closed_forms(optimizer: Optimizer, noise: Noise) -> None:
    moments = Moments(Quadratic(kappa=8.0), optimizer, noise)
    covariance = noise.covariance(Quadratic(), np.zeros(2))
    expected = theory.noise_covariance(optimizer, 0.07, moments.hessian, covariance)
    np.testing.assert_allclose(moments.settled(0.07), expected, rtol=1e-9)
    etas = Cosine(eta=0.1, period=40)
    rates = np.array([float(etas(t)) for t in range(60)])
    offsets, covs = theory.spread(optimizer, rates, moments.hessian, covariance, np.array([1.5, 1.0]) - moments.rest)
    means, own = moments.path(rates, np.array([1.5, 1.0]))
    np.testing.assert_allclose(means - moments.rest, offsets, atol=1e-12)
    np.testing.assert_allclose(own, covs, atol=1e-12)
    largest = np.linalg.eigvalsh(moments.hessian)[-1]
    assert moments.limit == pytest.approx(float(theory.stability_limit(optimizer, largest)), rel=1e-9)


@pytest.mark.parametrize("optimizer", [GD(), Momentum(0.5), Nesterov(0.5, weight_decay=0.2)], ids=str)
def test_three_steps_on_single_examples_are_the_mean_over_all_that_could_be_drawn(optimizer: Optimizer) -> None:
    """Every sequence of three out of eight cars, stepped by hand."""
    speeds, distances = cars()[:, ::7]
    etas, ends = [0.1, 0.2, 0.05], []
    for chosen in itertools.product(range(len(speeds)), repeat=3):
        theta, m = np.array([0.5, 1.0]), np.zeros(2)
        for eta, i in zip(etas, chosen, strict=True):
            g = (theta @ [1, speeds[i]] - distances[i]) * np.array([1, speeds[i]])
            g = g + getattr(optimizer, "weight_decay", 0) * theta
            beta = getattr(optimizer, "beta", 0)
            m = beta * m + g
            theta = theta - eta * (g + beta * m if isinstance(optimizer, Nesterov) else m)
        ends.append(theta)
    moments = Moments(Few(), optimizer, OneOfFew())
    means, covs = moments.path(etas, np.array([0.5, 1.0]))
    np.testing.assert_allclose(means[3], np.mean(ends, axis=0), rtol=1e-12)
    np.testing.assert_allclose(covs[3], np.cov(np.transpose(ends), bias=True), rtol=1e-10)


class Few(LeastSquares):
    """Least squares on every seventh car."""

    @property
    def minima(self):  # type: ignore[no-untyped-def]
        s, d = cars()[:, ::7]
        return (tuple(np.linalg.lstsq(np.stack([np.ones_like(s), s], axis=1), d)[0]),)

    def hess(self, theta):  # type: ignore[no-untyped-def]
        s, _ = cars()[:, ::7]
        return np.array([[1, s.mean()], [s.mean(), (s * s).mean()]])


class OneOfFew(Minibatch):
    """One of these cars at a time."""

    def covariance(self, surface, theta):  # type: ignore[no-untyped-def]
        s, d = cars()[:, ::7]
        error = theta[0] + theta[1] * s - d
        return np.cov(np.stack([error, s * error]), bias=True)


@pytest.mark.parametrize(
    ("surface", "optimizer", "noise", "eta"),
    [
        (LeastSquares(), GD(), Minibatch(1), 0.1),
        (LeastSquares(), Momentum(0.7), Minibatch(2), 0.05),
        (LeastSquares(), Nesterov(0.8, weight_decay=0.1), Minibatch(4), 0.03),
        (Quadratic(), Momentum(), Anisotropic(0.5, 2.0), 0.1),
    ],
    ids=str,
)
def test_many_seeds_have_these_moments(surface: Surface, optimizer: Optimizer, noise: Noise, eta: float) -> None:
    moments, seeds = Moments(surface, optimizer, noise), 6_000
    means, covs = moments.path([eta] * 300, np.array(surface.start))
    run = simulate(surface, optimizer, eta, steps=300, noise=noise, seed=np.arange(seeds))
    for t in (3, 30, 300):
        size = np.sqrt(np.diag(covs[t]))
        assert np.abs((run.theta[t].mean(axis=1) - means[t]) / size).max() < 4 / np.sqrt(seeds)
        np.testing.assert_allclose(
            np.cov(run.theta[t]) / np.outer(size, size), covs[t] / np.outer(size, size), atol=0.1
        )
    np.testing.assert_allclose(covs[300], moments.settled(eta), rtol=0.05)
    least = surface.loss(np.array(surface.minima[0]))
    assert np.mean(run.loss[300] - least) == pytest.approx(moments.loss(means, covs)[300], rel=0.06)


def test_the_floor_is_linear_in_eta_while_it_is_small_and_bends_up_near_the_limit() -> None:
    moments = Moments(LeastSquares(), GD(), Minibatch(1))
    assert moments.floor(2e-4) / moments.floor(1e-4) == pytest.approx(2, rel=1e-3)
    assert moments.floor(0.4) / moments.floor(0.2) > 5
    assert np.isinf(moments.floor(moments.limit * (1 + 1e-9)))
    assert np.isfinite(moments.floor(moments.limit * (1 - 1e-6)))


def test_minibatches_lower_the_limit_and_larger_ones_less() -> None:
    """Where one example's curvature may be far above the mean's, squares grow at rates at which means still shrink."""
    limits = [Moments(LeastSquares(), GD(), Minibatch(batch)).limit for batch in (1, 4, 64)]
    largest = np.linalg.eigvalsh(LeastSquares().hess(np.zeros(2)))[-1]
    assert limits == sorted(limits)
    assert limits[0] < 0.85 * 2 / largest
    assert limits[2] == pytest.approx(2 / largest, rel=0.01)


def test_where_there_is_no_closed_form_it_says_why() -> None:
    assert why_not(LeastSquares(), Momentum()) == ""
    for surface, optimizer, reason in [
        (Rosenbrock(), GD(), "the surface is not quadratic"),
        (Quadratic(), Adam(), "Adam rescales each coordinate"),
        (Saddle(), GD(), "the surface has no minimum"),
    ]:
        with pytest.raises(ValueError, match=reason):
            Moments(surface, optimizer, Additive())
