"""A plane through a network's loss, as a surface: against the network, against differences, and with runs on it."""

import numpy as np
import pytest

from lrviz import simulate
from lrviz.iterate import iterate
from lrviz.models import MLP, load
from lrviz.models.slice import TOGETHER, Slice, field, principal_directions, random_directions
from lrviz.optimizers import GD, Adam, Momentum
from lrviz.schedules import Constant


@pytest.fixture(scope="module")
def network() -> MLP:
    return MLP(load("digits").rows(np.arange(0, 1200, 20)), hidden=(5,), penalty=1e-3)


@pytest.fixture(scope="module")
def plane(network) -> Slice:
    directions, lengths = random_directions(network, network.start, 3)
    reach = tuple((-length, length) for length in lengths.tolist())
    return Slice(network, network.start, directions, reach)


POINTS = np.random.default_rng(5).normal(size=(2, 3, 2))


def test_its_loss_is_the_networks(network, plane):
    for i in np.ndindex(3, 2):
        theta = network.start + plane.directions[:, 0] * POINTS[0][i] + plane.directions[:, 1] * POINTS[1][i]
        assert plane.loss(POINTS)[i] == pytest.approx(network.loss(theta), rel=1e-12)
    assert plane.loss(POINTS[:, 0, 0]).shape == ()


def test_its_derivatives_are_those_of_its_loss(plane):
    step = 1e-5
    for axis in range(2):
        move = np.zeros((2, 1, 1))
        move[axis] = step
        slope = (plane.loss(POINTS + move) - plane.loss(POINTS - move)) / (2 * step)
        np.testing.assert_allclose(plane.grad(POINTS)[axis], slope, rtol=1e-6, atol=1e-9)
        bend = (plane.grad(POINTS + move) - plane.grad(POINTS - move)) / (2 * step)
        np.testing.assert_allclose(plane.hess(POINTS)[axis], bend, rtol=1e-5, atol=1e-8)
    loss, grad = plane.loss_and_grad(POINTS)
    np.testing.assert_allclose(loss, plane.loss(POINTS), rtol=1e-12)
    np.testing.assert_allclose(grad, plane.grad(POINTS), rtol=1e-12)


def test_points_are_lifted_and_dropped_again(network, plane):
    a = POINTS.reshape(2, -1)
    np.testing.assert_allclose(plane.projected(plane.lifted(a)), a, atol=1e-12)
    np.testing.assert_allclose(plane.distance(plane.lifted(a)), 0, atol=1e-12)
    away = np.random.default_rng(1).normal(size=network.dim)
    theta = network.start + away
    shadow = plane.lifted(plane.projected(theta)[:, None])[:, 0]
    assert plane.distance(theta) == pytest.approx(np.linalg.norm(theta - shadow))
    assert plane.distance(theta) ** 2 + (plane.projected(theta) ** 2).sum() == pytest.approx((away**2).sum())


def test_directions_must_be_orthonormal(network, plane):
    with pytest.raises(ValueError, match="not orthonormal"):
        Slice(network, network.start, 2 * plane.directions)


def test_a_field_is_the_loss_over_a_grid_and_stops(plane):
    x, y = np.linspace(-1, 1, 5), np.linspace(-2, 2, 3)
    told: list[tuple[int, int]] = []
    losses = field(plane, x, y, progress=lambda *now: told.append(now))
    assert losses.shape == (3, 5)
    assert losses[2, 1] == pytest.approx(plane.loss(np.array([x[1], y[2]])))
    assert told == [(1, 3), (2, 3), (3, 3)]
    stopped = field(plane, x, y, cancelled=lambda: True)
    np.testing.assert_array_equal(np.isfinite(stopped).all(axis=1), [True, False, False])


def test_more_points_than_go_together_are_all_there(plane):
    many = np.random.default_rng(2).normal(size=(2, TOGETHER + 3))
    losses = plane.loss(many)
    assert losses.shape == (TOGETHER + 3,)
    assert losses[-1] == pytest.approx(plane.loss(many[:, -1]))


# ---- directions


def test_random_directions_move_each_unit_by_as_much_as_it_weighs(network):
    theta = network.initial(1) * 1.7
    directions, lengths = random_directions(network, theta, 0)
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-12)
    (own,) = zip(*[(layer.weights[0],) for layer in network.layers(theta[:, None])], strict=True)
    moved = [layer.weights[0] for layer in network.layers(lengths[0] * directions[:, :1])]
    for mine, its in zip(own, moved, strict=True):
        np.testing.assert_allclose(np.linalg.norm(its, axis=0), np.linalg.norm(mine, axis=0))
    assert all(np.abs(layer.biases).max() < 1e-12 for layer in network.layers(directions))
    assert lengths[0] == pytest.approx(np.linalg.norm(np.concatenate([one.ravel() for one in own])))
    other, _ = random_directions(network, theta, 1)
    assert np.abs(directions.T @ other).max() < 0.3


def test_the_principal_plane_holds_what_a_flat_path_is_made_of(network):
    generator = np.random.default_rng(0)
    span, _ = np.linalg.qr(generator.normal(size=(network.dim, 3)))
    end = generator.normal(size=network.dim)
    along = np.stack([np.linspace(5, 0, 20), 2 * np.sin(np.linspace(0, 3, 20)) * np.linspace(1, 0, 20)], axis=1)
    flat = principal_directions(end + along @ span[:, :2].T, end)
    assert flat.share == pytest.approx(1)
    plane = Slice(network, end, flat.directions)
    assert plane.distance((end + along @ span[:, :2].T).T).max() < 1e-9
    assert flat.directions[:, 0] @ span[:, 0] > 0.9  # the first points to the start
    third = 0.5 * np.linspace(1, 0, 20)[:, None] * np.where(np.arange(20) % 2, 1, -1)[:, None] @ span[:, 2:].T
    bent = principal_directions(end + along @ span[:, :2].T + third, end)
    distances = (along**2).sum() + (third**2).sum()
    assert 1 - bent.share <= (third**2).sum() / distances + 1e-12  # no plane holds more than this one
    assert bent.spread.sum() == pytest.approx(distances)
    with pytest.raises(ValueError, match="lies on a line"):
        principal_directions(end + along[:, :1] @ span[:, :1].T, end)
    broken = np.concatenate([end + along @ span[:, :2].T, np.full((2, network.dim), np.nan)])
    assert principal_directions(broken, end).share == pytest.approx(1)


# ---- the landscape is one of our surfaces


@pytest.mark.parametrize("optimizer", [GD(), Momentum(), Adam()], ids=lambda one: one.slug)
def test_the_same_optimizers_run_on_it(network, plane, optimizer):
    done = simulate(plane, optimizer, 0.1, start=(1.0, -1.5), steps=60)
    assert done.loss[-1] < done.loss[30] < done.loss[0]
    assert done.outcome.sentence
    (*_, last) = iterate(plane, optimizer, Constant(0.1), np.array([[1.0], [-1.5]]), 60)
    np.testing.assert_allclose(done.theta[-1], last.theta[:, 0], rtol=1e-12)


def test_gradient_descent_on_it_is_descent_of_the_model_held_to_the_plane(network, plane):
    done = simulate(plane, GD(), 0.1, start=(0.5, 0.5), steps=5)
    theta = plane.lifted(np.array([[0.5], [0.5]]))
    project = plane.directions @ plane.directions.T
    for _ in range(5):
        theta = theta - 0.1 * project @ network.grad(theta)
    np.testing.assert_allclose(plane.lifted(done.theta[-1][:, None]), theta, atol=1e-12)


def test_too_large_a_rate_runs_away_on_it_too(plane):
    done = simulate(plane, GD(), 1e7, start=(0.5, 0.5), steps=60)
    assert done.outcome.kind in ("diverged", "escaped")
