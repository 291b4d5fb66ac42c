"""What an optimizer is: an initial memory, and a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Declared, Number
from lrviz.problem import Problem

State: TypeAlias = dict[str, Array]
"""What an optimizer remembers, by the paper's names: one entry a coordinate, (dim, B), or one a particle, (B,)."""


Asked: TypeAlias = bool | NDArray[np.bool_]


class Oracle(Protocol):
    """What an optimizer may ask about the loss. Answers are noisy where the run is, and every question is counted.

    asked: which particles need the answer, (B,) truths: only for these it is counted. A loop that has to be unrolled
    asks for all and uses what it needs.
    """

    def loss(self, theta: Array, asked: Asked = True) -> Array:
        """The loss at θ of shape (dim, B): (B,)."""

    def grad(self, theta: Array, asked: Asked = True) -> Array:
        """The gradient at θ of shape (dim, B): (dim, B)."""

    def hess(self, theta: Array) -> Array:
        """The Hessian at θ of shape (dim, B): (dim, dim, B)."""

    @property
    def infimum(self) -> Number:
        """The least value of the loss, where it is known, else NaN: costs nothing."""


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
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """{another library: its call for the same, and where it differs}."""
    eta_means: ClassVar[str] = ""
    """What η is, where it is not the step size."""
    no_limit: ClassVar[str] = "rescales each coordinate"
    """Why theory has no closed limit on its η, to be said after its title; where it has one, this is not asked."""
    needs: ClassVar[frozenset[str]] = frozenset()
    """What a problem must know beside loss and gradient: its "hess", its "infimum"."""
    scales: ClassVar[bool] = True
    """Whether its memory and its work grow with the number of coordinates, not with the square of it."""
    in_words: ClassVar[Mapping[str, str]] = {}
    """{a variable of its step: how it is found}, where the formula, such as a search's, is too long to print."""
    source: ClassVar[str]
    """The citation."""

    def refusal(self, problem: Problem) -> str:
        """Why it cannot run there, as a sentence without its full stop; empty where it can."""
        for need in sorted(self.needs):
            if not problem.knows(need):
                return f"{self.title} needs {_NEEDS[need]}, which {problem.title} has not"
        return ""

    def init(self, theta: Array) -> State:
        """The memory before the first step, for θ of shape (dim, B)."""
        return {}

    def step(self, t: int, eta: Number, theta: Array, oracle: Oracle, state: State) -> tuple[Array, State]:
        """One step from θ with rate η; t counts from 1, as in Adam's paper. Returns the new θ and the new memory."""
        raise NotImplementedError


_NEEDS = {"hess": "a Hessian", "infimum": "the least value of the loss"}


def ones(theta: Array) -> Array:
    """A running product before its first factor: 1 for each particle."""
    return np.ones_like(theta[0])
