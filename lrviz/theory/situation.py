"""Which of theory's assumptions a run meets, and on which part of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.lengths import length
from lrviz.noise import Noise
from lrviz.numerals import rounded
from lrviz.optimizers import Optimizer
from lrviz.schedules import Schedule
from lrviz.surfaces import Surface, curvatures
from lrviz.theory.linear import has_limit, transition
from lrviz.theory.measured import measured_multipliers
from lrviz.theory.stationary import rest

FEW = 8
"""A part of a run with fewer steps is too short to tell a rate from."""
_NEAR = 1e-3  # box diagonals: as near to a minimum as a run that has converged
_ROUNDED = 1e-10  # box diagonals: nearer, the offsets are rounding
_ALIKE = 0.05  # a curvature that changes by less is constant for a rate told to a few digits


@dataclass(frozen=True)
class Situation:
    """One run, its last finite part, and the quadratic that stands for the surface there.

    theta (T + 1, 2), loss (T + 1,), eta (T,) and state {name: (T + 1, …)} are as in a Trajectory: NaN after a blow-up.
    """

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    noise: Noise | None
    theta: Array
    loss: Array
    eta: Array
    state: dict[str, Array]

    @cached_property
    def last(self) -> int:
        """The last step that was taken: 0 where there was none."""
        return int(np.isfinite(self.theta).all(axis=1).sum()) - 1

    @cached_property
    def rate(self) -> float:
        """The last step's η; NaN where there was no step."""
        return float(self.eta[self.last - 1]) if self.last > 0 else np.nan

    @cached_property
    def path_curvature(self) -> Array:
        """λmax at each place that a step led on from, (last,); NaN at a kink."""
        return curvatures(self.surface.hess(self.theta[: self.last].T))[1]

    @cached_property
    def minimum(self) -> Array:
        """The minimum nearest to the end; NaN where there is none."""
        return self.surface.nearest_minimum(self.theta[max(self.last, 0)])

    @cached_property
    def diagonal(self) -> float:
        low, high = np.array(self.surface.box).T
        return float(length(high - low))

    @cached_property
    def first(self) -> int:
        """The step from which on η is constant and the surface nearly a quadratic; `last` where it never is."""
        if self.rate == 0:  # the schedule has run out, and nothing moves
            return self.last
        changes = np.flatnonzero(np.diff(self.eta[: self.last]))
        steady = int(changes[-1]) + 1 if changes.size else 0
        if self.surface.constant_hessian:
            return steady
        away = np.flatnonzero(~(self.distance[: self.last + 1] < _NEAR * self.diagonal))
        return max(steady, int(away[-1]) + 1 if away.size else 0)

    @cached_property
    def distance(self) -> Array:
        """How far from the minimum nearest to the end it was, (T + 1,)."""
        return length((self.theta - self.minimum).T)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The steps that theory is measured on: from `first` on, off a quadratic until rounding is all that is left."""
        steps = np.arange(min(self.first, self.last), self.last + 1)
        if self.surface.constant_hessian:
            return steps
        small = np.flatnonzero(self.distance[steps] < _ROUNDED * self.diagonal)
        return steps[: max(small[0], 1)] if small.size else steps

    @cached_property
    def hessian(self) -> Array:
        """The Hessian that stands for the surface's: its own, that of the minimum, or that where the run ended."""
        settled = not self.surface.constant_hessian and len(self.rows) > FEW
        return self.surface.hess(self.minimum if settled or self.ends_in_a_kink else self.theta[self.last])

    @cached_property
    def ends_in_a_kink(self) -> bool:
        """Whether the minimum nearest to the end is a kink, where there is no curvature."""
        known = not self.surface.smooth and np.isfinite(self.minimum).all()
        return bool(known and np.isnan(self.surface.hess(self.minimum)).any())

    @cached_property
    def axes(self) -> tuple[Array, Array]:
        """The eigenvalues of `hessian`, (2,), and its eigenvectors, the columns of (2, 2). NaN at a kink."""
        if not np.isfinite(self.hessian).all():
            return np.full(2, np.nan), np.eye(2)
        values, vectors = np.linalg.eigh(self.hessian)
        flat = np.abs(values) <= 4 * np.finfo(np.float64).eps * np.abs(values).max()  # along a valley of minima
        return np.where(flat, 0.0, values), vectors

    @cached_property
    def centre(self) -> Array:
        """Where it is drawn to: the minimum or, on a saddle, its middle, moved by weight decay."""
        points = (*self.surface.minima, *self.surface.saddles)
        known = points and self.surface.constant_hessian
        return rest(self.optimizer, self.hessian, np.array(points[0] if known else self.minimum))

    @cached_property
    def offsets(self) -> Array:
        """The distances from `centre` along the axes, over `rows`: (len(rows), 2)."""
        return (self.theta[self.rows] - self.centre) @ self.axes[1]

    @cached_property
    def terms(self) -> int:
        """How many steps back its recurrence reaches."""
        return int(transition(self.optimizer, 1.0)[1].shape[-1])

    @cached_property
    def seen(self) -> NDArray[np.complex128]:
        """The measured leading multiplier of each direction, (2,); NaN where it is hardly along it."""
        return measured_multipliers(self.offsets, self.terms, float(np.linalg.norm(self.centre)))[:, 0]

    def because(self, *, noise_matters: bool = True) -> tuple[bool, str]:
        """Whether linear theory applies to this run, and why it does or does not."""
        obstacles = list(self._obstacles())
        if noise_matters and self.noise is not None:
            obstacles.append("gradient noise moves it too")
        if obstacles:
            return False, "; ".join(obstacles)
        since = f" from step {self.first:,} on" if self.first > 0 else ""
        if self.surface.constant_hessian:
            return True, f"the surface is a quadratic and{since} η is constant"
        by = rounded(100 * self._change, 2)
        return True, f"{since} it is so near to the minimum that the curvature changes by {by} %".strip()

    def _obstacles(self) -> list[str]:
        found = []
        if not has_limit(self.optimizer):
            found.append(f"{self.optimizer.title} {self.optimizer.no_limit}")
        if self.last < 1:
            return [*found, "it took no step"]
        if self.surface.beyond_theory:
            return [*found, self.surface.beyond_theory]
        if self.ends_in_a_kink:
            found.append("its minimum is a kink, where there is no curvature")
        elif self._off_quadratic and len(self.rows) <= FEW and self.distance[self.last] < _NEAR * self.diagonal:
            found.append(f"it moved near the minimum for less than {FEW} steps, too few to measure")
        elif self._off_quadratic:
            found.append(f"the curvature changes along the path{self._range('λmax', self.path_curvature)}")
        if self.last - self.first < min(FEW, self.last) and np.ptp(self.eta[: self.last]) > 0:
            found.append(f"η changes{self._range('it', self.eta[: self.last])}")
        return found

    @cached_property
    def _off_quadratic(self) -> bool:
        """Whether no long part of the run is where the surface is nearly a quadratic."""
        return not self.surface.constant_hessian and (len(self.rows) <= FEW or self._change > _ALIKE)

    @cached_property
    def _change(self) -> float:
        """By how much λmax differs, over `rows`, from that of the minimum, as a share of it."""
        along = curvatures(self.surface.hess(self.theta[self.rows].T))[1]
        return float(np.max(np.abs(along - self.axes[0][1])) / np.abs(self.axes[0][1]))

    @staticmethod
    def _range(name: str, values: Array) -> str:
        known = values[np.isfinite(values)]
        return (
            f": {name} is between {rounded(float(known.min()))} and {rounded(float(known.max()))}" if known.size else ""
        )
