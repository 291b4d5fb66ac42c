"""Surfaces with a kink: where the slope jumps, and does not fade on the way to the minimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.surfaces.surface import Point, Surface, symmetric


@dataclass(frozen=True)
class Absolute(Surface):
    """A pyramid upside down, with two creases that cross at the minimum: convex, and nowhere curved.

    On a crease there is no gradient but a whole interval of subgradients, from −1 to 1 along x and from −κ to κ along
    y: any of them is the slope of a plane that touches from below. Here 0 is taken, the only one that lets the minimum
    be a place of rest. Anywhere else a subgradient is the gradient, whose length tells nothing of the way that is left.
    """

    slug = "absolute"
    title = "Absolute value"
    box = ((-2.0, 2.0), (-2.0, 2.0))
    start = (1.53, 1.17)
    smooth = False
    formula = r"|x| + \kappa \, |y|"
    source = "Shor (1985), Minimization Methods for Non-Differentiable Functions, Springer"
    lesson = (
        "A subgradient does not fade on the way: with a fixed η the last steps go to and fro across the crease, and"
        " only a rate that falls to 0 comes to rest."
    )

    kappa: Number = hyper(
        3.0, "κ", "[1e-12, 1e12]", soft=(1, 100), scale="log", help="the slope along y; along x it is 1"
    )

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def flow(self, start: Array, times: Array) -> Array:
        """Each coordinate comes to its crease at constant speed, and stays on it."""
        ways = times[:, None] * np.array([1.0, float(self.kappa)])
        return np.sign(start) * np.maximum(np.abs(start) - ways, 0)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return np.abs(x) + self.kappa * np.abs(y)

    def grad(self, theta: Array) -> Array:
        x, y = theta
        return np.stack([np.sign(x), self.kappa * np.sign(y)])

    def hess(self, theta: Array) -> Array:
        """0 beside the creases; on them there is none: NaN."""
        x, y = theta
        here = np.where(np.equal(x, 0) | np.equal(y, 0), np.nan, 0.0)
        return symmetric(here, here, here)
