"""Surfaces where the slope vanishes but there is nowhere to stay, or a whole curve to stay on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.surfaces.surface import Point, Surface, symmetric

_NEWTON_STEPS = 8  # from the right side of a convex function, so monotone; 6 reach the last digit in the box


@dataclass(frozen=True)
class Saddle(Surface):
    """Up along x, down along y: a slope of 0 that is no minimum."""

    slug = "saddle"
    title = "Saddle"
    box = ((-2.0, 2.0), (-2.0, 2.0))
    start = (1.5, 0.001)
    bounded_below = False
    constant_hessian = True
    formula = r"\tfrac12 (x^2 - y^2)"
    source = "Dauphin et al. (2014), Identifying and attacking the saddle point problem, NeurIPS"
    lesson = (
        "Near a saddle the way out grows by 1 + η a step; a start exactly on the ridge has nothing that could grow."
    )

    @property
    def saddles(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return 0.5 * (x * x - y * y)

    def grad(self, theta: Array) -> Array:
        x, y = theta
        return np.stack([x, -y])

    def hess(self, theta: Array) -> Array:
        here = np.zeros_like(theta[0])
        return symmetric(1 + here, here, here - 1)


@dataclass(frozen=True)
class MonkeySaddle(Surface):
    """Three ways down, for two legs and a tail; even the curvature vanishes in the middle."""

    slug = "monkey_saddle"
    title = "Monkey saddle"
    box = ((-2.0, 2.0), (-2.0, 2.0))
    start = (1.5, 0.01)
    bounded_below = False
    formula = r"x^3 - 3xy^2"
    source = "Hilbert & Cohn-Vossen (1932), Anschauliche Geometrie, § 29"
    lesson = "Where the curvature vanishes too, the way in and the way out are slower than any exponential."

    @property
    def saddles(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return x * (x * x) - 3 * (x * (y * y))

    def grad(self, theta: Array) -> Array:
        x, y = theta
        return np.stack([3 * (x * x - y * y), -6 * (x * y)])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        return symmetric(6 * x, -6 * y, -6 * x)


@dataclass(frozen=True)
class Factorization(Surface):
    """The smallest two-layer network: a product that should be 1. Its minima are a hyperbola, flattest at (1, 1)."""

    slug = "factorization"
    isolated_minima = False
    title = "Factorization"
    box = ((-3.0, 3.0), (-3.0, 3.0))
    start = (2.5, 0.5)
    formula = r"\tfrac12 (xy - 1)^2"
    source = "Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of stability, ICLR"
    lesson = "Minima differ in sharpness x² + y²: a high rate cannot stay at a sharp one and slides to a flatter."

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((1.0, 1.0), (-1.0, -1.0))

    @property
    def saddles(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def nearest_minimum(self, theta: Array) -> Array:
        """The nearest point of the hyperbola xy = 1.

        With p = (x + y)/√2, q = (x − y)/√2 it reads p² − q² = 2. For θ at (u, v) the nearest q solves
        2q − v − |u|q/h = 0, h = √(2 + q²); for v ≥ 0 the left side is convex and rising from √(max(u²/4 − 2, 0)) on.
        """
        x, y = theta
        u, v = (x + y) / np.sqrt(2), (x - y) / np.sqrt(2)
        size_u, size_v = np.abs(u), np.abs(v)
        q = np.maximum(np.sqrt(np.maximum(size_u * size_u / 4 - 2, 0)), size_v)
        for _ in range(_NEWTON_STEPS):
            h = np.sqrt(2 + q * q)
            slope = 2 - 2 * size_u / (h * h * h)
            q = q - (2 * q - size_v - size_u * q / h) / np.where(np.greater(slope, 0), slope, 1)
        q = np.where(np.less(v, 0), -q, q)
        p = np.where(np.less(u, 0), -1, 1) * np.sqrt(2 + q * q)
        return np.stack([(p + q) / np.sqrt(2), (p - q) / np.sqrt(2)])

    def loss(self, theta: Array) -> Array:
        x, y = theta
        r = x * y - 1
        return 0.5 * (r * r)

    def grad(self, theta: Array) -> Array:
        x, y = theta
        r = x * y - 1
        return np.stack([r * y, r * x])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        return symmetric(y * y, 2 * (x * y) - 1, x * x)
