"""The closed forms are true of what is run."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from lrviz import GD, OPTIMIZERS, Adam, Momentum, Nesterov, Optimizer, Quadratic, simulate
from lrviz.declare import Array
from lrviz.theory import has_limit, stability_limit

BETAS, DAMPENINGS, DECAYS = (0.0, 0.5, 0.9, 0.97), (0.0, 0.5, 0.9), (0.0, 0.7)


def grid(**values: tuple[float, ...]) -> dict[str, Array]:
    """All combinations, as one row a hyperparameter."""
    return dict(zip(values, np.array(list(product(*values.values()))).T, strict=True))


@pytest.mark.parametrize("curvature", [0.3, 40.0])
@pytest.mark.parametrize(
    "optimizer",
    [
        GD(**grid(weight_decay=DECAYS)),
        Momentum(**grid(beta=BETAS, dampening=DAMPENINGS, weight_decay=DECAYS)),
        Nesterov(**grid(beta=BETAS, weight_decay=DECAYS)),
    ],
    ids=lambda optimizer: optimizer.slug,
)
def test_the_limit_is_where_runs_begin_to_grow(optimizer: Optimizer, curvature: float) -> None:
    limit = stability_limit(optimizer, curvature)
    surface = Quadratic(kappa=curvature, angle=0.0)

    def amplitude(eta: Array) -> Array:
        run = simulate(surface, optimizer, eta, start=(0.0, 1.0), steps=4000)
        blown = np.isnan(run.theta[:, 1]).any(axis=0)
        return np.where(blown, np.inf, np.abs(run.theta[-20:, 1]).max(axis=0))

    assert np.all(amplitude(0.99 * limit) < 0.1)
    assert np.all(amplitude(1.01 * limit) > 10)


@pytest.mark.parametrize(
    ("optimizer", "product"),
    [
        (GD(), 2.0),
        (Momentum(beta=0.9), 3.8),
        (Momentum(beta=0.9, dampening=0.9), 38.0),
        (Nesterov(beta=0.9), 3.8 / 2.8),
        (GD(weight_decay=10.0), 1.0),
        (Momentum(beta=0.0, dampening=0.9), 2.0),  # as in PyTorch, without momentum nothing is dampened
    ],
    ids=str,
)
def test_the_limit_in_numbers(optimizer: Optimizer, product: float) -> None:
    assert stability_limit(optimizer, 10.0) == pytest.approx(product / 10)


@pytest.mark.parametrize("optimizer", [GD(), Momentum(), Nesterov()], ids=str)
def test_without_curvature_there_is_no_limit_and_downhill_there_is_no_hope(optimizer: Optimizer) -> None:
    assert stability_limit(optimizer, np.array([0.0, -1.0, -1e-300])).tolist() == [np.inf, 0, 0]
    decayed = optimizer.replace(weight_decay=1.0)
    assert stability_limit(decayed, np.array([-1.0, -2.0])).tolist() == [np.inf, 0]
    assert stability_limit(decayed, -0.5) == stability_limit(optimizer, 0.5)


@pytest.mark.parametrize("cls", [cls for cls in OPTIMIZERS.values() if cls not in (GD, Momentum, Nesterov)])
def test_an_adaptive_method_has_no_closed_form(cls: type[Optimizer]) -> None:
    assert np.isnan(stability_limit(cls(), 1.0))


@pytest.mark.parametrize("cls", OPTIMIZERS.values())
def test_what_has_a_limit_is_told_by_its_class(cls: type[Optimizer]) -> None:
    assert has_limit(cls()) == np.isfinite(stability_limit(cls(), 1.0))


@pytest.mark.parametrize(
    ("optimizer", "curvature", "shape"),
    [
        (GD(), 1.0, ()),
        (GD(), np.ones((3, 4)), (3, 4)),
        (Momentum(beta=[0.1, 0.2, 0.3, 0.4]), 1.0, (4,)),
        (Momentum(beta=[0.1, 0.2, 0.3, 0.4], dampening=[0.0] * 4), np.ones((3, 1)), (3, 4)),
        (Nesterov(beta=[0.1, 0.2]), np.ones(2), (2,)),
        (Nesterov(weight_decay=[0.1, 0.2]), np.ones((5, 1)), (5, 2)),
        (Adam(beta1=[0.1, 0.2]), np.ones((5, 1)), (5, 2)),
        (Adam(), np.ones(7), (7,)),
    ],
    ids=str,
)
def test_shapes_broadcast(optimizer: Optimizer, curvature: Any, shape: tuple[int, ...]) -> None:
    assert np.shape(stability_limit(optimizer, curvature)) == shape


def test_a_row_of_limits_is_as_many_single_ones() -> None:
    betas, curvatures = np.array([0.0, 0.5, 0.9]), np.array([1.0, 10.0, 100.0])
    singles = [stability_limit(Momentum(beta=b), curvature) for b, curvature in zip(betas, curvatures, strict=True)]
    np.testing.assert_array_equal(stability_limit(Momentum(beta=betas), curvatures), singles)
