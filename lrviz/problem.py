"""What a run is made on: a loss of θ, in any dimension."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from lrviz.declare import Array


class Problem:
    """A loss to be brought down. θ has the coordinates first, particles last: (dim, ...) in; (...), (dim, ...) out."""

    title: ClassVar[str] = "the problem"
    averaged: ClassVar[bool] = False
    """Where `at(t)` is another problem: whether a run is told and judged by this one, else by that of the step."""

    @property
    def box(self) -> Any:
        """Where θ is expected, ((low, high), …) or (dim, 2): only what is far outside counts as blown up."""
        raise NotImplementedError

    @property
    def start(self) -> Any:
        """(dim,)"""
        raise NotImplementedError

    @property
    def minima(self) -> tuple[Any, ...]:
        """The local minima that are known, best first."""
        return ()

    @property
    def infimum(self) -> Any:
        """The least value of the loss, that at the best minimum; NaN where none is known."""
        return self.loss(np.stack(self.minima[0])) if self.minima else np.nan

    def knows(self, what: str) -> bool:
        """Whether it can tell its "hess" or its "infimum"."""
        return bool(self.minima) if what == "infimum" else type(self).hess is not Problem.hess

    def project(self, theta: Array) -> Array:
        """The nearest legal point, (dim, ...) → (dim, ...): where there is a constraint, each step ends there.

        Only θ is brought there: a point that a method remembers besides, as averaging does, may lie beyond.
        """
        return theta

    def loss(self, theta: Array) -> Array:
        """(dim, ...) → (...)"""
        raise NotImplementedError

    def grad(self, theta: Array) -> Array:
        """(dim, ...) → (dim, ...)"""
        raise NotImplementedError

    def hess(self, theta: Array) -> Array:
        """(dim, ...) → (dim, dim, ...)"""
        raise NotImplementedError

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        """Both at once, for problems where the one is half of the other's work."""
        return self.loss(theta), self.grad(theta)

    def validation(self, theta: Array) -> Array:
        """How good θ is: the loss on data that it was not trained on, where there are such. A run is judged by it."""
        return self.loss(theta)

    def at(self, t: int) -> Self:
        """The problem as the step from θ_t sees it: of its minibatch, or of its turn, where there are such."""
        return self
