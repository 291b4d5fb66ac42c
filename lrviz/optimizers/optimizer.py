"""What an optimizer is: an initial memory, and a step."""

from __future__ import annotations

from typing import ClassVar, Protocol, TypeAlias

import numpy as np

from lrviz.declare import Array, Declared, Number

State: TypeAlias = dict[str, Array]
"""What an optimizer remembers, by the paper's names: one entry a coordinate, (dim, B), or one a particle, (B,)."""


class Oracle(Protocol):
    """What an optimizer may ask about the loss. Answers are noisy where the run is, and every question is counted."""

    def loss(self, theta: Array) -> Array:
        """The loss at θ of shape (dim, B): (B,)."""

    def grad(self, theta: Array) -> Array:
        """The gradient at θ of shape (dim, B): (dim, B)."""

    def hess(self, theta: Array) -> Array:
        """The Hessian at θ of shape (dim, B): (dim, dim, B)."""


class Optimizer(Declared):
    """A method that turns gradients into steps. The schedule owns η; the optimizer owns everything else.

    A subclass is a frozen dataclass of `hyper` fields. Its formulas are branch-free (`np.where`, `np.maximum`), so
    that one definition steps one particle, a batch, or a recorded graph. Powers such as β^t are carried in the state
    as running products: `pow` is rounded differently from machine to machine, a product is not.
    """

    short: ClassVar[str] = ""
    """A name for tight places, where the title is long."""
    typical_eta: ClassVar[float]
    """The η to start from, by the named library's default."""
    same_as: ClassVar[str]
    """The library call whose semantics these are."""
    source: ClassVar[str]
    """The citation."""

    def init(self, theta: Array) -> State:
        """The memory before the first step, for θ of shape (dim, B)."""
        return {}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        """One step from θ with rate η; t counts from 1, as in Adam's paper. Returns the new θ and the new memory."""
        raise NotImplementedError


def ones(theta: Array) -> Array:
    """A running product before its first factor: 1 for each particle."""
    return np.ones_like(theta[0])
