"""Surfaces with one place to go: how steep, how narrow, how curved, how flat."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from lrviz.declare import Array, Number, hyper
from lrviz.surfaces.surface import Point, Surface, polished, symmetric


@dataclass(frozen=True)
class Quadratic(Surface):
    """A bowl whose curvatures are 1 and κ, turned by an angle: everything about it is known in closed form."""

    slug = "quadratic"
    title = "Quadratic"
    box = ((-2.0, 2.0), (-2.0, 2.0))
    start = (1.5, 1.0)
    constant_hessian = True
    formula = r"\tfrac12 \theta^\top R \, \mathrm{diag}(1, \kappa) \, R^\top \theta"
    source = "Nocedal & Wright (2006), Numerical Optimization, section 3.3"
    lesson = "The steepest direction sets the limit on η, the flattest one sets the time: κ is what lies between."

    kappa: Number = hyper(
        10.0, "κ", "[1e-12, 1e12]", soft=(1, 1000), scale="log", help="the steep curvature over the flat"
    )
    angle: Number = hyper(30.0, "φ", "[-360, 360]", soft=(0, 90), help="degrees between the flat direction and x")

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def _axes(self) -> tuple[Number, Number]:
        angle = self.angle * (np.pi / 180)
        return np.cos(angle), np.sin(angle)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        c, s = self._axes()
        u, v = c * x + s * y, c * y - s * x
        return 0.5 * (u * u + self.kappa * (v * v))

    def grad(self, theta: Array) -> Array:
        x, y = theta
        c, s = self._axes()
        u, v = c * x + s * y, self.kappa * (c * y - s * x)
        return np.stack([c * u - s * v, s * u + c * v])

    def hess(self, theta: Array) -> Array:
        c, s = self._axes()
        here = np.zeros_like(theta[0])
        xx = c * c + self.kappa * (s * s)
        xy = c * s * (1 - self.kappa)
        yy = s * s + self.kappa * (c * c)
        return symmetric(xx + here, xy + here, yy + here)


@dataclass(frozen=True)
class Rosenbrock(Surface):
    """The banana valley: a curved floor, 2,500 times steeper across than along at its minimum."""

    slug = "rosenbrock"
    title = "Rosenbrock"
    box = ((-2.0, 2.0), (-1.0, 3.0))
    start = (-1.5, 2.0)
    formula = r"(1 - x)^2 + 100 \, (y - x^2)^2"
    source = "Rosenbrock (1960), An automatic method for finding the greatest or least value of a function"
    lesson = "Quick into the valley, slow along it: a rate that is safe across the valley is tiny along it."

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((1.0, 1.0),)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b = 1 - x, y - x * x
        return a * a + 100 * (b * b)

    def grad(self, theta: Array) -> Array:
        x, y = theta
        b = y - x * x
        return np.stack([-2 * (1 - x) - 400 * (x * b), 200 * b])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        return symmetric(2 - 400 * (y - 3 * (x * x)), -400 * x, np.zeros_like(x) + 200)


@dataclass(frozen=True)
class Ravine(Surface):
    """A winding gorge: its floor is a sine, its walls are κ times steeper."""

    slug = "ravine"
    title = "Ravine"
    box = ((-5.0, 5.0), (-3.0, 3.0))
    start = (-4.2, 2.0)
    formula = r"\tfrac12 \left(x^2 + \kappa \, (y - \sin x)^2\right)"
    source = "Least squares in x and y − sin x; ravines: Sutton (1986), Two problems with backpropagation"
    lesson = "The walls throw the gradient from side to side; momentum averages that away and keeps the way along."

    kappa: Number = hyper(20.0, "κ", "[1e-12, 1e12]", soft=(1, 1000), scale="log", help="the steepness of the walls")

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        wall = y - np.sin(x)
        return 0.5 * (x * x + self.kappa * (wall * wall))

    def grad(self, theta: Array) -> Array:
        x, y = theta
        push = self.kappa * (y - np.sin(x))
        return np.stack([x - push * np.cos(x), push])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        sine, cosine = np.sin(x), np.cos(x)
        xx = 1 + self.kappa * (cosine * cosine + (y - sine) * sine)
        return symmetric(xx, -self.kappa * cosine, np.zeros_like(x) + self.kappa)


@dataclass(frozen=True)
class PlateauAndCliff(Surface):
    """A shelf that is flat to many digits, a cliff, and a round pit at its foot."""

    slug = "plateau"
    title = "Plateau"
    box = ((-4.0, 4.0), (-4.0, 4.0))
    start = (-3.0, 1.5)
    formula = r"1 - \exp\left(-\tfrac12 (x^2 + y^2)\right)"
    source = "A normal density turned over; plateaus: Goodfellow, Bengio & Courville (2016), Deep Learning, 8.2"
    lesson = "On the shelf there is almost no slope: a fixed rate stands still, a method that divides by it walks off."

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((0.0, 0.0),)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        return -np.expm1(-0.5 * (x * x + y * y))

    def grad(self, theta: Array) -> Array:
        x, y = theta
        bell = np.exp(-0.5 * (x * x + y * y))
        return np.stack([x * bell, y * bell])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        bell = np.exp(-0.5 * (x * x + y * y))
        return symmetric((1 - x * x) * bell, -(x * y) * bell, (1 - y * y) * bell)


@dataclass(frozen=True)
class Beale(Surface):
    """A flat floor between steep corners, with a saddle that a start on x = 0 runs straight into."""

    slug = "beale"
    title = "Beale"
    box = ((-4.5, 4.5), (-4.5, 4.5))
    start = (1.0, 1.5)
    formula = r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    source = "Beale (1958), On an iterative method for finding a local minimum of a function of more than one variable"
    lesson = "Slopes that differ by five orders of magnitude: one rate cannot suit the corners and the floor."

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((3.0, 0.5),)

    @property
    def saddles(self) -> tuple[Point, ...]:
        return _beale_saddles()

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b, c = _residuals(x, y)
        return a * a + b * b + c * c

    def grad(self, theta: Array) -> Array:
        x, y = theta
        a, b, c = _residuals(x, y)
        y2 = y * y
        along_x = a * (y - 1) + b * (y2 - 1) + c * (y2 * y - 1)
        along_y = x * (a + 2 * b * y + 3 * c * y2)
        return np.stack([2 * along_x, 2 * along_y])

    def hess(self, theta: Array) -> Array:
        x, y = theta
        a, b, c = _residuals(x, y)
        y2 = y * y
        p, q, r = y - 1, y2 - 1, y2 * y - 1  # the residuals' slopes along x; along y they are x, 2xy, 3xy²
        xx = p * p + q * q + r * r
        xy = a + 2 * b * y + 3 * c * y2 + x * (p + 2 * q * y + 3 * r * y2)
        yy = x * (x * (1 + 4 * y2 + 9 * (y2 * y2)) + 2 * b + 6 * c * y)
        return symmetric(2 * xx, 2 * xy, 2 * yy)


def _residuals(x: Array, y: Array) -> tuple[Array, Array, Array]:
    xy = x * y
    return 1.5 - x + xy, 2.25 - x + xy * y, 2.625 - x + xy * y * y


@cache
def _beale_saddles() -> tuple[Point, ...]:
    return ((0.0, 1.0), polished(Beale(), (0.1, -2.6)))


@dataclass(frozen=True)
class Booth(Surface):
    """A tilted bowl that two lines span: its curvatures are 2 and 18, along the diagonals."""

    slug = "booth"
    title = "Booth"
    box = ((-10.0, 10.0), (-10.0, 10.0))
    start = (-6.0, 2.0)
    constant_hessian = True
    formula = r"(x + 2y - 7)^2 + (2x + y - 5)^2"
    source = "Jamil & Yang (2013), A literature survey of benchmark functions, no. 17: Booth's function"
    lesson = (
        "A bowl that lies along no axis: a rate for each coordinate cannot straighten it, and one η has to serve"
        " curvatures that are 9 apart."
    )

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((1.0, 3.0),)

    def loss(self, theta: Array) -> Array:
        x, y = theta
        a, b = x + 2 * y - 7, 2 * x + y - 5
        return a * a + b * b

    def grad(self, theta: Array) -> Array:
        x, y = theta
        a, b = x + 2 * y - 7, 2 * x + y - 5
        return np.stack([2 * a + 4 * b, 4 * a + 2 * b])

    def hess(self, theta: Array) -> Array:
        here = np.zeros_like(theta[0])
        return symmetric(10 + here, 8 + here, 10 + here)
