"""A problem whose steps each see a few of its examples."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.problem import Problem


class Sampled(Protocol):
    """A problem made of examples."""

    @property
    def data(self) -> Any:
        """The examples: of `len` many."""

    def rows(self, index: NDArray[Any]) -> Any:
        """The same problem on some of them."""


class Minibatches(Problem):
    """Epoch by epoch the examples in an order drawn anew, so many a step; what is left over at its end is dropped.

    Only a step sees the minibatch: `loss`, `grad` and `validation` are those of the whole problem. Which examples step
    t sees depends on the seed alone (NumPy's PCG64), so that runs side by side see the same. Without replacement, as
    PyTorch's DataLoader(shuffle=True, drop_last=True). ValueError where the size is not between 1 and the number of
    examples.
    """

    def __init__(self, problem: Problem, size: int, seed: int = 0) -> None:
        n = len(cast(Sampled, problem).data)
        if not 1 <= size <= n:
            raise ValueError(f"a minibatch of {size} examples cannot be drawn from {n}")
        self.problem, self.size, self.seed = problem, size, seed
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, dtype=np.int64))

    @cached_property
    def an_epoch(self) -> int:
        """Steps in an epoch."""
        return len(cast(Sampled, self.problem).data) // self.size

    def index(self, t: int) -> NDArray[np.int64]:
        """(size,): the examples that the step from θ_t sees."""
        epoch, step = divmod(t, self.an_epoch)
        known, order = self._order
        if known != epoch:
            order = np.random.default_rng((self.seed, epoch)).permutation(len(cast(Sampled, self.problem).data))
            self._order = epoch, order
        return order[step * self.size : (step + 1) * self.size]

    def at(self, t: int) -> Self:
        return cast(Self, cast(Sampled, self.problem).rows(self.index(t)))

    @property
    def box(self) -> Any:
        return self.problem.box

    @property
    def start(self) -> Any:
        return self.problem.start

    def loss(self, theta: Array) -> Array:
        return self.problem.loss(theta)

    def grad(self, theta: Array) -> Array:
        return self.problem.grad(theta)

    def loss_and_grad(self, theta: Array) -> tuple[Array, Array]:
        return self.problem.loss_and_grad(theta)

    def validation(self, theta: Array) -> Array:
        return self.problem.validation(theta)
