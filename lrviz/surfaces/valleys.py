"""Surfaces with several minima: which basin a run ends in is part of its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import cast

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.lengths import squared_length
from lrviz.surfaces.surface import Point, Surface, entry, polished, symmetric


@dataclass(frozen=True)
class Himmelblau(Surface):
    """Four equal minima, four saddles between them and a hilltop in the middle."""

    slug = "himmelblau"
    title = "Himmelblau"
    box = ((-5.0, 5.0), (-5.0, 5.0))
    start = (0.5, -0.5)
    formula = r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    source = "Himmelblau (1972), Applied Nonlinear Programming"
    lesson = "Which of four equal minima is reached depends on the start and, near the limit, on η too."

    @property
    def minima(self) -> tuple[Point, ...]:
        return _himmelblau_points(((3.0, 2.0), (-2.8, 3.1), (-3.8, -3.3), (3.6, -1.8)))

    @property
    def saddles(self) -> tuple[Point, ...]:
        return _himmelblau_points(((0.1, 2.9), (-3.1, -0.1), (3.4, 0.1), (-0.1, -2.0)))

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b = x * x + y - 11, x + y * y - 7
        return a * a + b * b

    def grad(self, theta: Array) -> Array:
        x, y = theta
        a, b = x * x + y - 11, x + y * y - 7
        return np.stack([4 * (a * x) + 2 * b, 2 * a + 4 * (b * y)])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        a, b = x * x + y - 11, x + y * y - 7
        return symmetric(4 * a + 8 * (x * x) + 2, 4 * (x + y), 4 * b + 8 * (y * y) + 2)


@cache
def _himmelblau_points(guesses: tuple[Point, ...]) -> tuple[Point, ...]:
    return tuple(polished(Himmelblau(), guess) for guess in guesses)


@dataclass(frozen=True)
class DoubleWell(Surface):
    """Two minima of the same depth: a sharp one at (−1, 0), a flat one at (2, 0).

    The loss is q₁q₂/(q₁ + q₂), with one parabola for each well; near its own minimum each stands alone, so the
    curvatures there are s and 1.
    """

    slug = "double_well"
    title = "Double well"
    box = ((-3.0, 4.0), (-3.0, 3.0))
    start = (-1.9, 1.0)
    formula = (
        r"\frac{q_1 q_2}{q_1 + q_2}, \quad q_1 = \tfrac{s}{2} \left((x + 1)^2 + y^2\right),"
        r" \; q_2 = \tfrac12 \left((x - 2)^2 + y^2\right)"
    )
    source = "Hochreiter & Schmidhuber (1997), Flat minima, Neural Computation 9; the harmonic mean of two parabolas"
    lesson = (
        "Above 2/s η cannot settle in the sharp well; far above, it is thrown into the flat one: η picks the minimum."
    )

    sharpness: Number = hyper(
        27.0,
        "s",
        "[1e-12, 1e12]",
        soft=(1, 1000),
        scale="log",
        help="the curvature of the sharp well; the flat one has 1",
    )

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((-1.0, 0.0), (2.0, 0.0))

    @property
    def saddles(self) -> tuple[Point, ...]:
        # On the line between the wells 1/q₁ + 1/q₂ is least where s a³ = b³, with a + b = 3 the distances to them.
        return ((cast(float, 3 / (1 + np.cbrt(self.sharpness)) - 1), 0.0),)

    def loss(self, theta: Array) -> Array:
        q1, q2, _, _ = self._wells(theta)
        return q1 * (q2 / (q1 + q2))

    def grad(self, theta: Array) -> Array:
        q1, q2, g1, g2 = self._wells(theta)
        w1, w2 = q2 / (q1 + q2), q1 / (q1 + q2)
        return w1 * w1 * g1 + w2 * w2 * g2

    def hess(self, theta: Array) -> Array:
        q1, q2, g1, g2 = self._wells(theta)
        total = q1 + q2
        w1, w2 = q2 / total, q1 / total
        turn_x, turn_y = w1 * g1 - w2 * g2
        round_part = w1 * w1 * self.sharpness + w2 * w2
        return symmetric(
            round_part - 2 * (turn_x * turn_x) / total,
            -2 * (turn_x * turn_y) / total,
            round_part - 2 * (turn_y * turn_y) / total,
        )

    def _wells(self, theta: Array) -> tuple[Array, Array, Array, Array]:
        """The two parabolas and their gradients."""
        x, y = theta
        to_sharp, to_flat = np.stack([x + 1, y]), np.stack([x - 2, y])
        q1, q2 = 0.5 * self.sharpness * squared_length(to_sharp), 0.5 * squared_length(to_flat)
        return q1, q2, self.sharpness * to_sharp, to_flat


class _Lattice(Surface):
    """A surface with one local minimum near each point of the integer lattice around its best one."""

    reach: int
    """The lattice points from −reach to reach in each coordinate are in the box."""

    @property
    def minima(self) -> tuple[Point, ...]:
        table = _lattice(self)
        points = [(float(x), float(y)) for x, y in table.reshape(2, -1).T]
        return tuple(sorted(points, key=lambda point: point[0] ** 2 + point[1] ** 2))

    def nearest_minimum(self, theta: Array) -> Array:
        """The minimum of the lattice cell of θ, by table; the outermost ones beyond the box."""
        # fmax and fmin, unlike clip, have an answer for NaN.
        column, row = np.fmin(np.fmax(np.rint(theta), -self.reach), self.reach) + self.reach
        cell = (column * (2 * self.reach + 1) + row).astype(int)
        return np.stack([entry(coordinates, cell) for coordinates in _lattice(self).reshape(2, -1)])


@cache
def _lattice(surface: _Lattice) -> Array:
    """The minimum near each lattice point, (2, 2·reach + 1, 2·reach + 1)."""
    side = range(-surface.reach, surface.reach + 1)
    points = [polished(surface, (i, j)) if (i, j) != (0, 0) else (0.0, 0.0) for i, j in product(side, side)]
    return np.array(points).T.reshape(2, len(side), len(side))


@dataclass(frozen=True)
class Rastrigin(_Lattice):
    """A shallow bowl covered with 121 dents, one near each integer point."""

    slug = "rastrigin"
    title = "Rastrigin"
    box = ((-5.12, 5.12), (-5.12, 5.12))
    start = (2.3, -1.2)
    reach = 5
    formula = r"20 + x^2 + y^2 - 10 (\cos 2\pi x + \cos 2\pi y)"
    source = "Rastrigin (1974), Systems of Extremal Control; in two dimensions as in Törn & Žilinskas (1989)"
    lesson = "A rate that converges stays in the dent it starts in; one too high, then decayed, finds a better one."

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return 20 + x * x + y * y - 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y))

    def grad(self, theta: Array) -> Array:
        return 2 * theta + 20 * np.pi * np.sin(2 * np.pi * theta)

    def hess(self, theta: Array) -> Array:
        x, y = 2 + 40 * np.pi * np.pi * np.cos(2 * np.pi * theta)
        return symmetric(x, np.zeros_like(x), y)


@dataclass(frozen=True)
class Ackley(_Lattice):
    """A nearly flat plain of dents around one deep funnel, whose bottom is the tip of a cone."""

    slug = "ackley"
    title = "Ackley"
    box = ((-5.0, 5.0), (-5.0, 5.0))
    start = (2.7, -1.7)
    reach = 5
    smooth = False
    formula = (
        r"20 + e - 20 \exp\left(-0.2 \sqrt{\tfrac12 (x^2 + y^2)}\right)"
        r" - \exp\left(\tfrac12 (\cos 2\pi x + \cos 2\pi y)\right)"
    )
    source = "Ackley (1987), A Connectionist Machine for Genetic Hillclimbing"
    lesson = "At the tip of a cone the slope does not fade: a fixed rate never settles, a decayed one does."

    def loss(self, theta: Array) -> Array:
        r, _, waves = self._parts(theta)
        return -20 * np.expm1(-0.2 * r) + (np.e - waves)  # as the formula, without its cancellation near 0

    def grad(self, theta: Array) -> Array:
        r, cone, waves = self._parts(theta)
        # At the kink r = 0 the gradient is taken as 0, which the factor θ gives by itself.
        slope = 4 * cone / (2 * np.where(np.equal(r, 0), 1, r))
        return slope * theta + np.pi * waves * np.sin(2 * np.pi * theta)

    def hess(self, theta: Array) -> Array:
        x, y = theta
        r, cone, waves = self._parts(theta)
        r = np.where(np.equal(r, 0), np.nan, r)
        slope = 2 * cone / r
        bend = slope * (0.2 * r + 1) / (2 * (r * r))  # −(d slope / dr) / 2r
        sx, sy = np.sin(2 * np.pi * theta)
        cx, cy = np.cos(2 * np.pi * theta)
        wave = np.pi * np.pi * waves
        return symmetric(
            slope - bend * (x * x) + wave * (2 * cx - sx * sx),
            -bend * (x * y) - wave * (sx * sy),
            slope - bend * (y * y) + wave * (2 * cy - sy * sy),
        )

    def _parts(self, theta: Array) -> tuple[Array, Array, Array]:
        x, y = theta
        r = np.sqrt(0.5 * (x * x + y * y))
        waves = np.exp(0.5 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)))
        return r, np.exp(-0.2 * r), waves
