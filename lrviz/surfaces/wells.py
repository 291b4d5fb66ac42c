"""Polynomials of two coordinates with several minima, from the lists by which optimizers are tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from lrviz.declare import Array
from lrviz.surfaces.surface import Point, Surface, polished, symmetric


@dataclass(frozen=True)
class StyblinskiTang(Surface):
    """The sum of two lopsided double wells, one for each coordinate: four minima, of which one is the deepest."""

    slug = "styblinski_tang"
    title = "Styblinski–Tang"
    box = ((-5.0, 5.0), (-5.0, 5.0))
    start = (4.2, 0.6)
    formula = r"\tfrac12 \left(x^4 - 16 x^2 + 5 x + y^4 - 16 y^2 + 5 y\right)"
    source = (
        "Styblinski & Tang (1990), Experiments in nonconvex optimization: stochastic approximation with function"
        " smoothing and simulated annealing, Neural Networks 3"
    )
    lesson = (
        "Each coordinate has a deeper and a shallower well: whether a step crosses the ridge between them decides how"
        " low a run ends."
    )

    @property
    def minima(self) -> tuple[Point, ...]:
        low, _, high = _styblinski_tang()
        return ((low, low), (low, high), (high, low), (high, high))

    @property
    def saddles(self) -> tuple[Point, ...]:
        low, top, high = _styblinski_tang()
        return ((low, top), (top, low), (high, top), (top, high))

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b = x * x, y * y
        return 0.5 * (a * a - 16 * a + 5 * x + (b * b - 16 * b + 5 * y))

    def grad(self, theta: Array) -> Array:
        return 2 * (theta * theta * theta) - 16 * theta + 2.5

    def hess(self, theta: Array) -> Array:
        x, y = 6 * (theta * theta) - 16
        return symmetric(x, np.zeros_like(x), y)


@cache
def _styblinski_tang() -> tuple[float, float, float]:
    """Where one coordinate's slope vanishes: its deeper well, the ridge, its shallower well."""
    low, top, high = (polished(StyblinskiTang(), (guess, guess))[0] for guess in (-2.9, 0.15, 2.75))
    return low, top, high


@dataclass(frozen=True)
class ThreeHumpCamel(Surface):
    """A valley with three hollows in a row; the middle one is the deepest, and two passes lead into it."""

    slug = "three_hump_camel"
    title = "Three-hump camel"
    box = ((-2.5, 2.5), (-2.5, 2.5))
    start = (-2.1, -1.0)
    formula = r"2x^2 - 1.05x^4 + \tfrac16 x^6 + xy + y^2"
    source = "Jamil & Yang (2013), A literature survey of benchmark functions, no. 29: three-hump camel (Branin)"
    lesson = (
        "A low rate stops in the first hollow on its way; one that can jump the pass, or momentum that rolls over it,"
        " reaches the deepest."
    )

    @property
    def minima(self) -> tuple[Point, ...]:
        (x, y), _ = _camel()
        return ((0.0, 0.0), (x, y), (-x, -y))

    @property
    def saddles(self) -> tuple[Point, ...]:
        _, (x, y) = _camel()
        return ((x, y), (-x, -y))

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a = x * x
        return a * (2 - 1.05 * a + a * a / 6) + x * y + y * y

    def grad(self, theta: Array) -> Array:
        x, y = theta
        a = x * x
        return np.stack([x * (4 - 4.2 * a + a * a) + y, x + 2 * y])

    def hess(self, theta: Array) -> Array:
        x, _ = theta
        a, here = x * x, np.zeros_like(x)
        return symmetric(4 - 12.6 * a + 5 * (a * a), 1 + here, 2 + here)


@cache
def _camel() -> tuple[Point, Point]:
    """The hollow on the left, and the pass between it and the middle."""
    return polished(ThreeHumpCamel(), (-1.75, 0.87)), polished(ThreeHumpCamel(), (-1.07, 0.54))
