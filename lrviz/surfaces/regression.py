"""A surface made of real data: the mean squared error of a straight line, so that a gradient can be sampled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from lrviz.declare import Array
from lrviz.surfaces.surface import Point, Surface, symmetric

# Speed in miles an hour and stopping distance in feet, of 50 cars of the 1920s: R's data set `cars`.
_SPEED = """
    4 4 7 7 8 9 10 10 10 11 11 12 12 12 12 13 13 13 13 14 14 14 14 15 15
    15 16 16 17 17 17 18 18 18 18 19 19 19 20 20 20 20 20 22 23 24 24 24 24 25
"""
_DISTANCE = """
    2 10 4 22 16 10 18 26 34 17 28 14 20 24 28 26 34 34 46 26 36 60 80 20 26
    54 32 40 32 40 50 42 56 76 84 36 46 68 32 48 52 56 64 66 54 70 92 93 120 85
"""
_UNIT = 10
"""Speeds count in tens of miles an hour, distances in tens of feet: so the two curvatures are 46 apart, not 2,500."""


@cache
def cars() -> Array:
    """The data, (2, 50): speeds in 10 mph and stopping distances in 10 ft."""
    return np.array([_SPEED.split(), _DISTANCE.split()], dtype=np.float64) / _UNIT


@dataclass(frozen=True)
class LeastSquares(Surface):
    """A line through 50 real points, speed s and stopping distance d: x is its height at s = 0, y its slope."""

    slug = "least_squares"
    title = "Least squares"
    box = ((-7.0, 4.0), (-2.0, 9.0))
    start = (2.5, 7.5)
    constant_hessian = True
    formula = r"\tfrac{1}{2n} \sum_i (x + y \, s_i - d_i)^2"
    source = (
        "Ezekiel (1930), Methods of Correlation Analysis, Wiley: speed and stopping distance of 50 cars (R's `cars`)"
    )
    lesson = "Height and slope of the line make up for each other, so the bowl is a tilted ravine."

    @property
    def examples(self) -> Array:
        """(5, n): s, s², d, s·d and d² of each example. The loss is linear in their means."""
        return _examples()

    @property
    def minima(self) -> tuple[Point, ...]:
        return _minimum()

    def loss(self, theta: Array) -> Array:
        x, y = theta
        s, ss, d, sd, dd = _means()
        return 0.5 * (x * x + 2 * s * (x * y) + ss * (y * y)) - d * x - sd * y + 0.5 * dd

    def grad(self, theta: Array) -> Array:
        x, y = theta
        s, ss, d, sd, _ = _means()
        return np.stack([x + s * y - d, s * x + ss * y - sd])

    def hess(self, theta: Array) -> Array:
        s, ss, *_ = _means()
        here = np.zeros_like(theta[0])
        return symmetric(1 + here, s + here, ss + here)


@cache
def _examples() -> Array:
    s, d = cars()
    return np.stack([s, s * s, d, s * d, d * d])


@cache
def _means() -> tuple[float, ...]:
    return tuple(_examples().mean(axis=1).tolist())


@cache
def _minimum() -> tuple[Point, ...]:
    s, d = cars()
    (x, y), *_ = np.linalg.lstsq(np.stack([np.ones_like(s), s], axis=1), d)
    return ((float(x), float(y)),)
