"""The surface that a person types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lrviz.declare import Array, hyper, text
from lrviz.expressions import (
    Derived,
    Found,
    derive,
    is_bounded_below,
    is_smooth,
    latex,
    lowest_places,
    spelled,
    stationary_points,
)
from lrviz.lengths import squared_length
from lrviz.surfaces.surface import Box, Point, Surface, symmetric

DEFAULT = "(1-x)^2+100*(y-x^2)^2+0.1*sin(5*x)"
_STARTS = ((-0.6, 0.8), (0.6, 0.8), (-0.6, -0.8), (0.6, -0.8), (0.3, 0.4), (-0.3, 0.4), (0.3, -0.4), (-0.3, -0.4))
_RINGS = 2.0 ** np.arange(4, 21, 2)
_FLOOR_STEPS = 4


def _read(typed: str) -> str:
    return spelled(derive(typed).tree)


@dataclass(frozen=True)
class Expression(Surface):
    r"""Whatever is typed: a formula f(x, y), with its exact gradient and Hessian.

    It is read by a parser of its own that knows numbers, x, y, π, e, + − · / ^ and a few functions, and nothing else;
    no text is ever run. The derivatives follow the chain rule part by part. What is stationary in the box is found
    numerically: Newton's method from a grid of places, told apart by the Hessian's eigenvalues. What is not finite,
    such as the logarithm of a negative number, ends a run as any number does that is too large.
    """

    slug = "expression"
    title = "Your formula"
    source = (
        "What you type; derivatives by the chain rule, as in Griewank & Walther (2008), Evaluating Derivatives, SIAM"
    )
    lesson = "Any formula has a landscape: where its curvature is large the rate must be small."

    text: str = text(DEFAULT, "f", _read, help="x, y, pi, e, + - * / ^, sin cos tan exp log sqrt abs …; 2x is 2·x")
    width: float = hyper(
        3.0, "w", "[1e-6, 1e6]", soft=(0.5, 20), scale="log", help="half the width of the picture", static=True
    )
    center_x: float = hyper(0.0, "x₀", "[-1e6, 1e6]", soft=(-5, 5), help="the middle of the picture", static=True)
    center_y: float = hyper(0.0, "y₀", "[-1e6, 1e6]", soft=(-5, 5), help="the middle of the picture", static=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("width", "center_x", "center_y"):
            if np.ndim(getattr(self, name)):
                raise ValueError(f"Expression.{name} is one number for all: a picture has one frame")

    @property
    def formula(self) -> str:  # type: ignore[override]  # of each formula, not of its class
        return latex(derive(self.text).tree)

    @property
    def box(self) -> Box:  # type: ignore[override]
        x, y, w = self.center_x, self.center_y, self.width
        return (x - w, x + w), (y - w, y + w)

    @property
    def start(self) -> Point:  # type: ignore[override]
        return _start(self)

    @property
    def smooth(self) -> bool:  # type: ignore[override]
        """Whether it is certain that there is no kink."""
        return is_smooth(derive(self.text).tree)

    @property
    def bounded_below(self) -> bool:  # type: ignore[override]
        return _floor(self)[0]

    @property
    def surely_bounded_below(self) -> bool:
        """Whether that it has a least value, or has none, is certain rather than what far places look like."""
        return _floor(self)[1]

    @property
    def constant_hessian(self) -> bool:  # type: ignore[override]
        return self.smooth and derive(self.text).constant_hessian

    @property
    def isolated_minima(self) -> bool:  # type: ignore[override]
        return not self.stationary.on_a_curve

    @property
    def stationary(self) -> Found:
        """The stationary points that were found in the box."""
        return _stationary(self)

    @property
    def minima(self) -> tuple[Point, ...]:
        minima = self.stationary.of("minimum")
        if self.stationary.on_a_curve:  # a few are enough to mark it
            return minima[:: max(1, len(minima) // 16)]
        return minima

    @property
    def saddles(self) -> tuple[Point, ...]:
        return self.stationary.of("saddle")

    def nearest_minimum(self, theta: Array) -> Array:
        """The nearest of the minima that were found; where they form a curve, its point down the steepest way."""
        if not self.stationary.on_a_curve:
            return _nearest(self.minima, theta) if isinstance(theta, np.ndarray) else super().nearest_minimum(theta)
        with np.errstate(all="ignore"):
            for _ in range(_FLOOR_STEPS):
                theta = theta - _down(self.grad(theta), self.hess(theta))
        return theta

    def loss(self, theta: Array) -> Array:
        x, y = theta
        (loss,) = derive(self.text).loss(x, y)
        return loss

    def grad(self, theta: Array) -> Array:
        x, y = theta
        return np.stack(derive(self.text).grad(x, y))

    def hess(self, theta: Array) -> Array:
        x, y = theta
        return symmetric(*derive(self.text).hess(x, y))


def _down(grad: Array, hess: Array) -> Array:
    """Newton's step along the steepest way alone: the way along a valley of minima has no curvature."""
    (xx, xy), (_, yy) = hess
    middle, part = (xx + yy) / 2, (xx - yy) / 2
    radius = np.sqrt(part * part + xy * xy)
    u, v = grad
    # The projection on the eigenvector of middle + radius.
    along = np.stack([(u + (part * u + xy * v) / radius) / 2, (v + (xy * u - part * v) / radius) / 2])
    return along / (middle + radius)


def _nearest(minima: tuple[Point, ...], theta: Array) -> Array:
    """The nearest of some points to each of θ, the first of two that are as near."""
    if not minima:
        return np.full_like(theta, np.nan)
    table = np.array(minima).T  # (2, n)
    away = theta[:, None] - table.reshape(2, -1, *[1] * (theta.ndim - 1))
    nearest = table[:, np.argmin(squared_length(away), axis=0)]
    return np.where(np.isnan(theta).any(axis=0), np.nan, nearest)


@lru_cache(maxsize=128)
def _stationary(surface: Expression) -> Found:
    return stationary_points(surface.loss, surface.grad, surface.hess, surface.box, surface.smooth)


@lru_cache(maxsize=128)
def _start(surface: Expression) -> Point:
    """The first of some places in the box at which there is a slope."""
    middle, w = np.array([surface.center_x, surface.center_y]), surface.width
    for place in _STARTS:
        at = middle + w * np.array(place)
        grad = surface.grad(at)
        if np.isfinite(surface.loss(at)) and np.isfinite(grad).all() and grad.any():
            return float(at[0]), float(at[1])
    at = middle + w * np.array(_STARTS[0])
    return float(at[0]), float(at[1])


@lru_cache(maxsize=128)
def _floor(surface: Expression) -> tuple[bool, bool]:
    """Whether there is a least value, and whether that is certain.

    Where interval arithmetic cannot tell, places are looked at: the loss has no least value where on rings of growing
    size it goes on falling, or where the lowest place near is the edge of a hole without a bottom.
    """
    derived = derive(surface.text)
    if is_bounded_below(derived.tree):
        return True, True
    return not (_falls_outwards(derived) or _falls_into_a_hole(surface)), False


def _falls_outwards(derived: Derived) -> bool:
    angles = np.linspace(0, 2 * np.pi, 96, endpoint=False) + 1e-3
    rings: Any = _RINGS[:, None, None] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    (losses,) = derived.loss(rings[..., 0], rings[..., 1])
    lowest = np.min(np.where(np.isnan(losses), np.inf, losses), axis=1)
    if np.isneginf(lowest).any():
        return True
    finite = lowest[np.isfinite(lowest)]
    if len(finite) < 3:
        return False
    falls = -np.diff(finite)[-3:]
    return bool(np.all(falls > 0)) and bool(falls[-1] > 0.5 * falls[0])  # a fall that dies out has an end


def _falls_into_a_hole(surface: Expression) -> bool:
    low, high = np.array(surface.box).T[:, :, None]
    places = lowest_places(surface.loss, low, high)
    if not places.size:
        return False
    with np.errstate(all="ignore"):
        steep = np.abs(surface.grad(places)).max(axis=0) * surface.width
        return bool(np.any(steep > 1e6 * (1 + np.abs(surface.loss(places)))))
