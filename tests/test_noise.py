"""Noise is what it says: one noisy function a step, of the declared size, drawn from its seed alone."""

from typing import Any

import numpy as np
import pytest

from lrviz import GD, Additive, Anisotropic, LeastSquares, Minibatch, Noise, Quadratic, Rosenbrock, Surface, simulate
from lrviz.declare import Array
from lrviz.iterate import SampledOracle
from lrviz.noise import check, draws, numbers
from lrviz.scene import Scene
from lrviz.surfaces.regression import cars
from tests.test_surfaces import differences

CASES = [
    (Rosenbrock(), Additive(0.7)),
    (Rosenbrock(), Additive(0.7, batch=5)),
    (Quadratic(), Anisotropic(0.5, 2.0, batch=3)),
    (LeastSquares(), Additive(1.5)),
    (LeastSquares(), Minibatch(1)),
    (LeastSquares(), Minibatch(7)),
]
every_noise = pytest.mark.parametrize(("surface", "noise"), CASES, ids=str)


@every_noise
def test_a_run_draws_the_same_whether_at_once_or_step_by_step(surface: Surface, noise: Noise) -> None:
    whole = numbers(noise, surface, 3, 700)
    assert whole.shape == (700, noise.width(surface))
    np.testing.assert_array_equal([z[:, 0] for z in draws(noise, surface, 3, 700)], whole)
    together = np.stack(list(draws(noise, surface, np.array([9, 3]), 700)))
    np.testing.assert_array_equal(together[..., 1], whole)
    assert not np.array_equal(together[..., 0], whole)


@every_noise
def test_a_step_sees_one_function_whose_slopes_are_its_gradient(surface: Surface, noise: Noise) -> None:
    theta = np.random.default_rng(0).uniform(-2, 2, (2, 40))
    z = numbers(noise, surface, 1, 40).T
    slopes = differences(lambda at: noise.loss(z, at), theta)
    np.testing.assert_allclose(slopes, noise.grad(z, theta), atol=1e-7)
    bends = differences(lambda at: noise.grad(z, at), theta)
    np.testing.assert_allclose(bends, np.broadcast_to(noise.hess(z, theta), bends.shape), atol=1e-7)


@every_noise
def test_the_covariance_is_that_of_the_samples(surface: Surface, noise: Noise) -> None:
    theta = np.array([1.3, -0.4])
    at = np.broadcast_to(theta[:, None], (2, 40_000))
    sampled = noise.grad(numbers(noise, surface, 2, 40_000).T, at)
    expected = noise.covariance(surface, theta)
    size = np.sqrt(np.diag(expected))
    assert np.abs(sampled.mean(axis=1) / size).max() < 4 / np.sqrt(40_000)
    np.testing.assert_allclose(np.cov(sampled) / np.outer(size, size), expected / np.outer(size, size), atol=0.03)
    assert noise.covariance(surface, at[:, :6].reshape(2, 2, 3)).shape == (2, 2, 2, 3)
    np.testing.assert_allclose(noise.covariance(surface, at[:, :6])[..., 3], expected)


@pytest.mark.parametrize("batch", [1, 4])
def test_a_batch_makes_additive_noise_smaller_by_its_root(batch: int) -> None:
    at = np.zeros((2, 1))
    z = np.array([[1.0], [-2.0]])
    np.testing.assert_allclose(Additive(0.6, batch).grad(z, at), 0.6 / np.sqrt(batch) * z)
    np.testing.assert_allclose(Anisotropic(1.0, 3.0, batch).grad(z, at), np.array([[1], [3]]) / np.sqrt(batch) * z)


# ---- minibatches


def mean_error(theta: Array, chosen: Any) -> float:
    """Half the mean squared error of the line on some of the cars, by its definition."""
    speeds, distances = cars()[:, chosen]
    return float(np.mean([0.5 * (theta[0] + theta[1] * s - d) ** 2 for s, d in zip(speeds, distances, strict=True)]))


@pytest.mark.parametrize("batch", [1, 6])
def test_a_minibatch_is_the_loss_of_the_examples_drawn(batch: int) -> None:
    surface, noise, theta = LeastSquares(), Minibatch(batch), np.array([0.8, 2.5])
    z = numbers(noise, surface, 11, 20).T
    chosen = np.random.default_rng(11).integers(50, size=(20, batch))
    at = np.broadcast_to(theta[:, None], (2, 20))
    expected = [mean_error(theta, row) for row in chosen]
    np.testing.assert_allclose(surface.loss(at) + noise.loss(z, at), expected, rtol=1e-12, atol=1e-13)
    slopes = [differences(lambda at, row=row: mean_error(at, row), theta) for row in chosen]
    np.testing.assert_allclose((surface.grad(at) + noise.grad(z, at)).T, slopes, rtol=1e-6, atol=1e-6)


def test_gradient_descent_on_minibatches_is_that_on_the_examples_drawn() -> None:
    run = simulate(LeastSquares(), GD(), 0.05, start=(0.0, 1.0), steps=30, noise=Minibatch(3), seed=4)
    speeds, distances = cars()[:, np.random.default_rng(4).integers(50, size=(30, 3))]
    x, y = 0.0, 1.0
    for t in range(30):
        errors = x + y * speeds[t] - distances[t]
        x, y = x - 0.05 * np.mean(errors), y - 0.05 * np.mean(errors * speeds[t])
        np.testing.assert_allclose(run.theta[t + 1], [x, y], rtol=1e-12)


def test_at_any_place_the_mean_over_all_single_examples_is_the_whole_gradient() -> None:
    surface, theta = LeastSquares(), np.array([[1.0], [2.0]])
    all_of_them = surface.examples - surface.examples.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(Minibatch().grad(all_of_them, theta).mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(Minibatch().loss(all_of_them, theta).mean(), 0, atol=1e-12)


def test_there_are_minibatches_only_where_there_are_examples() -> None:
    sentence = "Minibatches are drawn from data: Rosenbrock has none, Least squares has"
    for refused in (
        lambda: check(Minibatch(), Rosenbrock()),
        lambda: Scene(Rosenbrock(), noise=Minibatch()),
        lambda: simulate(Rosenbrock(), GD(), 0.001, steps=3, noise=Minibatch()),
    ):
        with pytest.raises(ValueError, match=sentence):
            refused()
    check(Minibatch(), LeastSquares())
    with pytest.raises(ValueError, match=r"Minibatch\.batch \(b\) is a row of numbers"):
        Minibatch([1, 2])


def test_an_oracle_answers_every_question_from_one_batch() -> None:
    """Loss, gradient and Hessian at any place, of the mean over the examples that were drawn."""
    surface, noise, theta = LeastSquares(), Minibatch(3), np.array([[1.0], [2.0]])
    z = numbers(noise, surface, 8, 1).T
    chosen = np.random.default_rng(8).integers(50, size=3)
    oracle = SampledOracle(surface, theta, surface.loss(theta), surface.grad(theta), (noise, z))
    speeds, _ = cars()[:, chosen]
    for at in (theta, theta + 0.5):
        assert oracle.loss(at)[0] == pytest.approx(mean_error(at[:, 0], chosen), rel=1e-12)
        slopes = differences(lambda place: mean_error(place, chosen), at[:, 0])
        np.testing.assert_allclose(oracle.grad(at)[:, 0], slopes, rtol=1e-6)
        bends = [[1, speeds.mean()], [speeds.mean(), np.mean(speeds * speeds)]]
        np.testing.assert_allclose(oracle.hess(at)[..., 0], bends, rtol=1e-12)
    assert oracle.evaluations == 2 * (1 + 1 + 2)
