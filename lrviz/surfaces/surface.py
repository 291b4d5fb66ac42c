"""What a loss surface is: a formula with its gradient and Hessian, and what is known about it."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Declared
from lrviz.lengths import length, squared_length
from lrviz.problem import Problem

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[tuple[float, float], tuple[float, float]]


class Surface(Declared, Problem):
    """A loss f(x, y). θ has the coordinates first and particles last: (2, ...) in; (...), (2, ...), (2, 2, ...) out.

    A subclass is a frozen dataclass of `hyper` fields. Its formulas are branch-free, so that one definition serves one
    point, a batch and a recorded graph; they use x·x rather than powers, which are rounded differently everywhere.
    """

    box: ClassVar[Box]
    """The part of the plane that is shown, ((x from, x to), (y from, y to))."""
    start: ClassVar[Point]
    """A start that shows what the surface teaches."""
    bounded_below: ClassVar[bool] = True
    constant_hessian: ClassVar[bool] = False
    """Whether it is a quadratic: the Hessian is the same everywhere, and linear theory is exact."""
    isolated_minima: ClassVar[bool] = True
    smooth: ClassVar[bool] = True
    """False where there is a kink: there the gradient is taken as 0 and no Hessian is claimed (NaN)."""
    beyond_theory: ClassVar[str] = ""
    """Why linear theory says nothing of its runs, where it does not: the sentence's end after "because"."""
    bounds: ClassVar[tuple[float, float] | None] = None
    """The ends of the segment that x is held in, where there is a constraint."""
    formula: ClassVar[str]
    """The loss in LaTeX."""
    source: ClassVar[str]
    """The citation."""
    lesson: ClassVar[str]
    """The one thing this surface teaches."""

    def loss(self, theta: Array) -> Array:
        """f at θ: (2, ...) → (...)."""
        raise NotImplementedError

    def grad(self, theta: Array) -> Array:
        """∇f at θ: (2, ...) → (2, ...)."""
        raise NotImplementedError

    def hess(self, theta: Array) -> Array:
        """∇²f at θ: (2, ...) → (2, 2, ...)."""
        raise NotImplementedError

    @property
    def minima(self) -> tuple[Point, ...]:
        """All local minima in the box, best first. On a curve of minima: its points that are marked."""
        return ()

    @property
    def saddles(self) -> tuple[Point, ...]:
        """The saddles to mark: all in the box, but for a lattice of dents (Rastrigin, Ackley), which has hundreds."""
        return ()

    def flow(self, start: Array, times: Array) -> Array | None:
        """Where θ̇ = −∇f(θ) leads from a point, (len(times), 2), if there is a formula for it that no solver could do
        without: where the slope jumps, or at the end of what is legal."""
        return None

    def nearest_minimum(self, theta: Array) -> Array:
        """The local minimum nearest to θ: (2, ...) → (2, ...); NaN where the surface has none."""
        nearest = np.full_like(theta, np.nan)
        least = np.full_like(theta[0], np.inf)
        for minimum in self.minima:
            here = column(minimum, theta)
            distance = squared_length(theta - here)
            closer = np.less(distance, least)
            nearest, least = np.where(closer, here, nearest), np.where(closer, distance, least)
        return nearest


def column(point: Point, theta: Array) -> Array:
    """A point repeated in the shape of θ, (2, ...)."""
    x, y = point
    return np.stack([np.full_like(theta[0], x), np.full_like(theta[1], y)])


def symmetric(xx: Array, xy: Array, yy: Array) -> Array:
    """The matrix [[xx, xy], [xy, yy]] at each point: (2, 2, ...)."""
    return np.stack([np.stack([xx, xy]), np.stack([xy, yy])])


def entry(table: Array, index: NDArray[np.int64]) -> Array:
    """table[index] for a row of numbers and an index of any shape, by a call that can be recorded too."""
    row = table.reshape((1,) * index.ndim + (-1,))
    return np.take_along_axis(row, index[..., None], axis=-1)[..., 0]


def curvatures(hess: Array) -> tuple[Array, Array]:
    """The smallest and the largest eigenvalue of symmetric matrices (2, 2, ...): two arrays (...)."""
    (xx, xy), (_, yy) = hess
    middle, half = (xx + yy) / 2, (xx - yy) / 2
    radius = length(np.stack([half, xy]))
    return middle - radius, middle + radius


def polished(surface: Surface, guess: Point) -> Point:
    """The critical point near a guess, to the last digit, by Newton's method on the analytic gradient."""
    theta = np.array(guess, dtype=np.float64)
    for _ in range(20):
        theta = theta - np.linalg.solve(surface.hess(theta), surface.grad(theta))
    return float(theta[0]), float(theta[1])
