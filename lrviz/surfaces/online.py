"""An online problem: the loss changes from step to step, and what counts is its average."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.surfaces.surface import Point, Surface, symmetric


@dataclass(frozen=True)
class Online(Surface):
    r"""A slope that is steep uphill once in n steps and gentle downhill in all others, on the segment −1 ≤ x ≤ 1.

    $$f_t(x, y) = \tfrac12 y^2 + \begin{cases} C x & t \bmod n = 1 \\ -x & \text{else} \end{cases}
      \qquad -1 \le x \le 1$$

    Steps are counted from 1 and each ends at the nearest legal point. The surface that is drawn, and by which a run is
    judged, is the average over a period, ½y² + (C − n + 1) x/n; for C > n − 1 its least value is at x = −1. The bowl in
    y is the same in all steps. The published cases are n = 3 with C > 2 (theorem 1), and n = C = 101 (figure 1; there
    all is ten times as steep).
    """

    slug = "online"
    title = "Reddi's online problem"
    box = ((-1.25, 1.25), (-1.25, 1.25))
    start = (0.5, 1.0)
    averaged = True
    beyond_theory = "losses take turns, and x has bounds"
    bounds = (-1.0, 1.0)
    formula = (
        r"\tfrac12 y^2 + \begin{cases} C x & t \bmod n = 1 \\ -x & \text{else} \end{cases},"
        r" \allowbreak \; -1 \le x \le 1; \allowbreak \; \text{drawn: } \tfrac12 y^2 + \tfrac{C - n + 1}{n} \, x"
    )
    source = "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond, ICLR, theorem 1 and section 5"
    lesson = (
        "Once in three steps a steep slope leads to the best point, x = −1; the two steps between lead gently away. A"
        " short memory (β₁ = 0, β₂ = 1/(1 + C²)) has forgotten the steep one by then and scales the gentle ones up:"
        " Adam ends at x = +1, the worst point there is. AMSGrad keeps the largest v that it saw, and ends at the best."
    )

    steep: Number = hyper(
        3.0, "C", "(0, 1e9]", soft=(2, 101), scale="log", help="the slope of the one steep step; the others have −1"
    )
    period: Number = hyper(
        3,
        "n",
        "[2, 1e9]",
        soft=(2, 101),
        scale="log",
        help="after so many steps the steep one comes again",
        kind="whole",
    )

    _step: ClassVar[Any] = None
    """At which step the problem is looked at, from 0; None for the average."""

    @property
    def minima(self) -> tuple[Point, ...]:
        best: Any = np.where(self._slope() < 0, 1.0, -1.0)[()]
        return ((best, 0.0),)

    @property
    def infimum(self) -> Any:
        return -np.abs(self._slope())

    def at(self, t: int) -> Self:
        seen = copy.copy(self)
        object.__setattr__(seen, "_step", t)
        return seen

    def project(self, theta: Array) -> Array:
        x, y = theta
        return np.stack([np.minimum(np.maximum(x, -1.0), 1.0), y])

    def flow(self, start: Array, times: Array) -> Array:
        """Along the average, to the end of the segment and no farther."""
        x, y = self.project(start)
        return self.project(np.stack([x - self._slope() * times, y * np.exp(-times)])).T

    def _slope(self) -> Any:
        """Along x: of the step that is looked at, else the mean of a period."""
        if self._step is None:
            return (self.steep - (self.period - 1)) / self.period
        into = self._step - self.period * np.floor(self._step / self.period)
        return np.where(np.equal(into, 0), self.steep, -1.0)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return self._slope() * x + 0.5 * (y * y)

    def grad(self, theta: Array) -> Array:
        x, y = theta
        return np.stack([self._slope() + np.zeros_like(x), y])

    def hess(self, theta: Array) -> Array:
        here = np.zeros_like(theta[0])
        return symmetric(here, here, 1 + here)
