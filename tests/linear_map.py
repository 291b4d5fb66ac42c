"""The linear map of a step, found by stepping basis states: it knows no formula of theory's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lrviz import Optimizer
from lrviz.declare import Array
from lrviz.optimizers import State


class Pull:
    """An oracle whose gradient is curvature · θ, plus a push."""

    def __init__(self, curvature: Any, push: Any = 0.0) -> None:
        self.curvature, self.push = curvature, push

    def grad(self, theta: Array) -> Array:
        return self.curvature * theta + self.push


def stepped(
    optimizer: Optimizer, eta: float, curvature: float, memory: State | None = None, tiny: float = 1.0
) -> Array:
    """The matrix of a late step on f = curvature · x²/2, over θ and what else of the state moves with it.

    memory: what the optimizer remembers besides; tiny: the length of the basis states, where g² must vanish beside it.
    """
    moving = [name for name in ("m", "b") if name in optimizer.init(np.zeros((1, 1)))]
    columns = []
    for basis in np.eye(1 + len(moving)) * tiny:
        state = {**(memory or {}), **{name: np.array([[value]]) for name, value in zip(moving, basis[1:], strict=True)}}
        theta, after = optimizer.step(2, eta, basis[:1, None], Pull(curvature), state)  # type: ignore[arg-type]
        columns.append([theta[0, 0], *(after[name][0, 0] for name in moving)])
    return np.array(columns).T / tiny


def radius(matrix: Array) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def edge(grows: Callable[[float], bool], low: float, high: float) -> float:
    """Where something begins to grow, by bisection."""
    assert not grows(low)
    assert grows(high)
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) else (middle, high)
    return low
