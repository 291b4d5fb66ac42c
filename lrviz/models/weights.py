"""A linear model of two numbers as a surface, so that its runs are drawn and judged as those on any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.declare import Array
from lrviz.models.linear import Linear
from lrviz.surfaces import Surface

ROOM = 1.75
"""From between the start and the minimum the box reaches so many times as far as the minimum is from the start …"""
LEAST = 3.0
"""… but at least so far, and so far where there is no minimum."""


@dataclass(frozen=True, eq=False)
class Weights(Surface):
    """The loss over the two numbers of θ. ValueError where the model has more, or fewer."""

    formula = r"\tfrac1n \sum_i \ell(y_i \, w \cdot x_i) + \tfrac{\lambda}{2} \lVert w \rVert^2"
    source = "Hastie, Tibshirani & Friedman (2009), The elements of statistical learning, sections 4.4 and 12.3"
    lesson = "Training is walking on a surface; that of a linear model is convex."

    problem: Linear

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.problem.dim != 2:
            raise ValueError(f"a surface is of two numbers; this model has {self.problem.dim}")

    @property
    def title(self) -> Any:  # type: ignore[override]
        return self.problem.title

    @property
    def smooth(self) -> Any:  # type: ignore[override]
        return self.problem.smooth

    @property
    def box(self) -> Any:  # type: ignore[override]
        minimum = self.problem.minima[0] if self.problem.minima else self.problem.start
        far = max(LEAST, ROOM * float(np.abs(minimum).max()))
        return tuple((middle - far, middle + far) for middle in (minimum / 2).tolist())

    @property
    def start(self) -> Any:  # type: ignore[override]
        return tuple(self.problem.start.tolist())

    @property
    def minima(self) -> Any:
        return tuple(tuple(minimum.tolist()) for minimum in self.problem.minima)

    def loss(self, theta: Array) -> Array:
        return self.problem.loss(theta)

    def grad(self, theta: Array) -> Array:
        return self.problem.grad(theta)

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        return self.problem.loss_and_grad(theta)

    def hess(self, theta: Array) -> Array:
        """(2, ...) → (2, 2, ...). NaN for a loss with kinks: between them it is flat, and tells nothing of them."""
        hess = self.problem.hess(theta)
        return hess if self.smooth else np.full_like(hess, np.nan)
