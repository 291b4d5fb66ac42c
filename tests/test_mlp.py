"""The network’s gradient and Hessian-vector products are those of its loss; its loss is that of the textbook."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from lrviz.models import MLP, load
from lrviz.models.mlp import softmax

STEP = 1e-5
RNG = np.random.default_rng(7)
FEW = load("digits").rows(np.arange(40))
MORE = load("digits").rows(np.arange(40, 100))


def network(activation="tanh", objective="cross_entropy", penalty=0.03, hidden=(6, 5)):
    return MLP(FEW, MORE, hidden, activation, objective, penalty)


def places(model, count=3):
    """(dim, count): away from where anything vanishes."""
    initial = np.stack([model.initial(seed) for seed in range(count)], axis=1)
    return initial + 0.1 * np.random.default_rng(1).normal(size=initial.shape)


EACH = pytest.mark.parametrize(
    ("activation", "objective"),
    [(a, o) for a in ("tanh", "relu") for o in ("cross_entropy", "squared")],
)


@EACH
def test_the_gradient_is_that_of_the_loss(activation, objective):
    model = network(activation, objective)
    theta = places(model)
    grad = model.grad(theta)
    for coordinate in RNG.choice(model.dim, 25, replace=False):
        step = np.zeros((model.dim, 1))
        step[coordinate] = STEP
        central = (model.loss(theta + step) - model.loss(theta - step)) / (2 * STEP)
        np.testing.assert_allclose(grad[coordinate], central, rtol=1e-6, atol=1e-9)
    along = theta / np.linalg.norm(theta, axis=0)
    central = (model.loss(theta + STEP * along) - model.loss(theta - STEP * along)) / (2 * STEP)
    np.testing.assert_allclose((grad * along).sum(axis=0), central, rtol=1e-6)


@EACH
@pytest.mark.parametrize("hidden", [(), (6,), (6, 5)])
def test_the_hessian_vector_product_is_how_the_gradient_changes(activation, objective, hidden):
    model = network(activation, objective, hidden=hidden)
    theta = places(model)
    v = np.random.default_rng(2).normal(size=theta.shape)
    central = (model.grad(theta + STEP * v) - model.grad(theta - STEP * v)) / (2 * STEP)
    np.testing.assert_allclose(model.hvp(theta, v), central, rtol=1e-5, atol=1e-6 * np.abs(central).max())


def test_the_hessian_is_symmetric():
    model = network()
    theta = places(model, 1)
    u, v = (np.random.default_rng(seed).normal(size=theta.shape) for seed in (3, 4))
    assert (u * model.hvp(theta, v)).sum() == pytest.approx((v * model.hvp(theta, u)).sum(), rel=1e-9)


@pytest.mark.parametrize("penalty", [0.0, 0.03])
def test_the_loss_is_that_of_the_textbook(penalty):
    model = network(penalty=penalty)
    theta = places(model, 1)
    (outputs,) = model.outputs(theta, FEW.features)
    weights = sum((layer.weights**2).sum() for layer in model.layers(theta))
    expected = log_loss(FEW.labels, softmax(outputs), labels=range(10)) + penalty / 2 * weights
    assert model.loss(theta)[0] == pytest.approx(expected, rel=1e-12)
    held = log_loss(MORE.labels, softmax(model.outputs(theta, MORE.features)[0]), labels=range(10))
    assert model.validation(theta)[0] == pytest.approx(held, rel=1e-12)


def test_the_squared_loss_is_half_the_mean_squared_distance():
    model = network(objective="squared", penalty=0.0)
    theta = places(model, 1)
    (outputs,) = model.outputs(theta, FEW.features)
    expected = np.mean(
        [np.sum((row - np.eye(10)[label]) ** 2) / 2 for row, label in zip(outputs, FEW.labels, strict=True)]
    )
    assert model.loss(theta)[0] == pytest.approx(expected, rel=1e-12)


def test_the_network_computes_layer_after_layer():
    model = network("relu")
    theta = places(model, 1)
    said = FEW.features
    for number, (weights, biases) in enumerate(model.layers(theta)):
        said = said @ weights[0] + biases[0]
        said = np.where(said > 0, said, 0) if number < 2 else said
    np.testing.assert_allclose(model.outputs(theta, FEW.features)[0], said, rtol=1e-12)
    assert model.accuracy(theta)[0] == np.mean(said.argmax(axis=1) == FEW.labels)


@pytest.mark.parametrize("objective", ["cross_entropy", "squared"])
def test_side_by_side_and_alone_are_the_same(objective):
    model = network(objective=objective)
    theta = places(model)
    loss, grad = model.loss_and_grad(theta)
    for i in range(3):
        np.testing.assert_allclose(model.loss(theta[:, i]), loss[i], rtol=1e-12)
        np.testing.assert_allclose(model.grad(theta[:, i]), grad[:, i], rtol=1e-9, atol=1e-14)
        assert model.loss(theta[:, i]).shape == ()


def test_layers_and_vector_are_the_same_numbers():
    model = network()
    theta = places(model)
    np.testing.assert_array_equal(model.flat(model.layers(theta)), theta)
    assert model.dim == 64 * 6 + 6 + 6 * 5 + 5 + 5 * 10 + 10 == len(model.start) == len(model.box)
    assert [part.stop - part.start for part in model.slices] == [65 * 6, 7 * 5, 6 * 10]


def test_initial_weights_have_the_named_variance():
    for activation, gain in (("tanh", 1), ("relu", 2)):
        wide = MLP(FEW, hidden=(400,), activation=activation)
        first, second = wide.layers(wide.start[:, None])
        assert first.weights.std() == pytest.approx(np.sqrt(gain / 64), rel=0.02)
        assert second.weights.std() == pytest.approx(np.sqrt(gain / 400), rel=0.05)
        assert not first.biases.any()


def test_on_some_rows_it_is_the_network_of_those():
    model = network()
    theta, some = places(model), np.array([3, 1, 30])
    part = MLP(FEW.rows(some), None, (6, 5), penalty=0.03)
    np.testing.assert_array_equal(model.rows(some).loss(theta), part.loss(theta))
    np.testing.assert_array_equal(model.rows(some).grad(theta), part.grad(theta))
