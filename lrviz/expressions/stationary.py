"""Where the slope is zero in a box, found numerically, and what is there.

Newton's method starts from a grid of places at once, so that it finds minima, maxima and saddles alike; then each place
is told by the Hessian's eigenvalues, and where these decide nothing, by a look around. At a kink the slope says
nothing: there the lowest points are sought by comparing neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from lrviz.declare import Array

Kind: TypeAlias = Literal["minimum", "maximum", "saddle", "flat"]
Box: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
Function: TypeAlias = Callable[[Array], Array]
"""(2, n) → (n), (2, n) or (2, 2, n)."""

GRID = 41
"""So many starts along each side."""
STEPS = 80
MOST = 128
"""So many points of a kind are kept, the lowest first."""
_NEAR = 1e-6  # half-widths: two that lie nearer are one
_AROUND = 1e-3  # half-widths: how far the look around goes
_FLAT = 1e-8  # curvatures below this share of the largest decide nothing
_LEVEL = 1e-5  # minima with a curvature below this share of the other, …
_ALONG = 12  # … so many of them, are a curve


@dataclass(frozen=True)
class StationaryPoint:
    """A place where the slope is zero, or a kink that is lower than all around it."""

    x: float
    y: float
    loss: float
    kind: Kind
    curvatures: tuple[float, float]
    """The Hessian's eigenvalues, the smaller first; NaN at a kink."""


@dataclass(frozen=True)
class Found:
    """What was found in a box, by loss, the lowest first; minima on a curve only in so far as they are marked."""

    points: tuple[StationaryPoint, ...]
    on_a_curve: bool
    """Whether minima form a curve, so that none is apart from the others."""

    def of(self, kind: Kind) -> tuple[tuple[float, float], ...]:
        """The places of one kind."""
        return tuple((point.x, point.y) for point in self.points if point.kind == kind)


def stationary_points(loss: Function, grad: Function, hess: Function, box: Box, smooth: bool) -> Found:
    """The stationary points in a box. loss, grad and hess take points (2, n)."""
    with np.errstate(all="ignore"):
        low, high = np.array(box).T[:, :, None]
        half = float(np.max(high - low)) / 2
        found = _by_newton(grad, hess, low, high, half)
        if not smooth:
            lowest = lowest_places(loss, low, high)
            lowest = lowest[:, np.isfinite(grad(lowest)).all(axis=0)]  # else it is the edge of where it has a value
            found = np.concatenate([found, lowest], axis=1)
        found = _apart(_snapped(found, loss, grad, half), half * _NEAR)
        kinds, curvatures = _kinds(found, loss, hess, half)
        losses = loss(found)
    order = np.argsort(losses, kind="stable")
    (xs, ys), values, (smallest, largest) = found.tolist(), losses.tolist(), curvatures
    points = [
        StationaryPoint(xs[i], ys[i], values[i], kinds[i], (smallest[i], largest[i]))
        for i in order
        if np.isfinite(losses[i])
    ]
    level = [one for one in points if one.kind == "minimum" and one.curvatures[0] <= _LEVEL * one.curvatures[1]]
    kept = [one for kind in ("minimum", "maximum", "saddle", "flat") for one in _first(points, kind)]
    return Found(tuple(sorted(kept, key=lambda one: one.loss)), len(level) >= _ALONG)


def _first(points: list[StationaryPoint], kind: str) -> list[StationaryPoint]:
    return [one for one in points if one.kind == kind][:MOST]


def _grid(low: Array, high: Array, count: int) -> Array:
    axes = [np.linspace(float(a), float(b), count) for a, b in zip(low[:, 0], high[:, 0], strict=True)]
    return np.stack(np.meshgrid(*axes)).reshape(2, -1)


def _by_newton(grad: Function, hess: Function, low: Array, high: Array, half: float) -> Array:
    """Where Newton's steps, none longer than a few cells of the grid, come to rest in the box: (2, n)."""
    theta = _grid(low, high, GRID) + half * 1e-4  # not on a line of symmetry, where steps may be caught
    theta = np.concatenate([theta, (low + high) / 2], axis=1)
    longest = 4 * half / GRID
    rests = [theta[:, :0]]
    for _ in range(STEPS):
        step = _newton(grad(theta), hess(theta))
        size = np.hypot(*step)
        theta = theta - step * np.minimum(1, longest / np.maximum(size, 1e-300))
        rests.append(theta[:, size < 1e-13 * half])
        near = np.all((theta > low - half) & (theta < high + half), axis=0) & (size >= 1e-13 * half)
        theta, size = theta[:, near], size[near]
        if not theta.size:
            break
    # Where the curvature is zero too, steps shrink by a constant factor only.
    theta = np.concatenate([*rests, theta[:, size < 1e-7 * half]], axis=1)
    slack = 1e-9 * half
    inside = np.all((theta >= low - slack) & (theta <= high + slack), axis=0)
    theta = np.minimum(np.maximum(theta[:, inside], low), high)
    # A step is short too where the Hessian is endless: there the slope is not zero.
    slope, bend = np.hypot(*grad(theta)), np.abs(hess(theta)).max(axis=(0, 1))
    return theta[:, np.isfinite(slope) & (slope <= 1e-6 * half * np.minimum(bend, 1e12) + 1e-12)]


def _newton(grad: Array, hess: Array) -> Array:
    """H⁻¹g by the eigenvectors; along one without curvature there is no step."""
    (xx, xy), (_, yy) = hess
    middle, part = (xx + yy) / 2, (xx - yy) / 2
    radius = np.hypot(part, xy)
    total = np.zeros_like(grad)
    largest = np.maximum(np.abs(middle - radius), np.abs(middle + radius))
    for value, sign in ((middle + radius, 1.0), (middle - radius, -1.0)):
        # The projection on the eigenvector of ±radius in the traceless part.
        share = np.where(radius > 0, 1 / np.where(radius > 0, radius, 1), 0.0) * sign
        along_x = (grad[0] + share * (part * grad[0] + xy * grad[1])) / 2
        along_y = (grad[1] + share * (xy * grad[0] - part * grad[1])) / 2
        counts = np.abs(value) > 1e-13 * largest
        total = total + np.where(counts, np.stack([along_x, along_y]) / np.where(counts, value, 1), 0.0)
    return np.where(np.isfinite(total), total, np.inf)


def lowest_places(loss: Function, low: Array, high: Array) -> Array:
    """The lowest points near each place of a grid that is lower than its neighbours: (2, n).

    low, high: the corners, (2, 1).
    """
    with np.errstate(all="ignore"):
        return _by_comparing(loss, low, high, float(np.max(high - low)) / 2)


def _by_comparing(loss: Function, low: Array, high: Array, half: float) -> Array:
    count = 2 * GRID + 1
    theta = _grid(low, high, count)
    heights = np.where(np.isfinite(loss(theta)), loss(theta), np.inf).reshape(count, count)
    inner = heights[1:-1, 1:-1]
    lowest = np.isfinite(inner)
    for i in (0, 1, 2):
        for j in (0, 1, 2):
            lowest &= inner <= heights[i : i + count - 2, j : j + count - 2]
    rows, columns = np.nonzero(lowest)
    at = theta.reshape(2, count, count)[:, rows + 1, columns + 1][:, :MOST]
    if not at.size:
        return at
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ways = np.stack([np.cos(angles), np.sin(angles)])[:, :, None]
    ways[np.abs(ways) < 1e-12] = 0.0
    size = np.full(at.shape[1], 2 * half / count)
    best = loss(at)
    for _ in range(160):
        around = at[:, None] + size * ways  # (2, 16, n)
        values = loss(around.reshape(2, -1)).reshape(16, -1)
        values = np.where(np.isfinite(values), values, np.inf)
        chosen = np.argmin(values, axis=0)
        lower = values.min(axis=0) < best
        at = np.where(lower, np.take_along_axis(around, chosen[None, None], axis=1)[:, 0], at)
        best = np.where(lower, values.min(axis=0), best)
        size = np.where(lower, size, size / 2)
    inside = np.all((at > low) & (at < high), axis=0) & (size < 1e-9 * half)
    return at[:, inside]


def _snapped(theta: Array, loss: Function, grad: Function, half: float) -> Array:
    """A coordinate that is all but a round number is that number, where this is no higher and no steeper."""
    if not theta.size:
        return theta
    unit = 10.0 ** np.floor(np.log10(half) - 7)
    rounded = np.rint(theta / unit) * unit
    rounded = np.rint(rounded / unit * 1e3) / 1e3 * unit + 0.0
    better = np.abs(rounded - theta).max(axis=0) < 1e-2 * unit
    steepness, before = np.hypot(*grad(rounded)), np.hypot(*grad(theta))
    no_steeper = steepness <= np.maximum(before, 1e-14 * half)
    good = better & (loss(rounded) <= loss(theta) + 1e-15 * np.abs(loss(theta))) & no_steeper
    return np.where(good, rounded, theta)


def _apart(theta: Array, near: float) -> Array:
    """Each point once."""
    kept: list[Array] = []
    left = theta
    while left.size and len(kept) < 2000:
        first = left[:, :1]
        kept.append(first)
        left = left[:, np.hypot(*(left - first)) > near]
    return np.concatenate(kept, axis=1) if kept else theta[:, :0]


def _kinds(theta: Array, loss: Function, hess: Function, half: float) -> tuple[list[Kind], tuple[list[float], ...]]:
    (xx, xy), (_, yy) = hess(theta)
    middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    smallest, largest = middle - radius, middle + radius
    scale = np.maximum(np.abs(smallest), np.abs(largest))
    kinds: list[Kind] = []
    for i in range(theta.shape[1]):
        if smallest[i] > _FLAT * scale[i]:
            kinds.append("minimum")
        elif largest[i] < -_FLAT * scale[i]:
            kinds.append("maximum")
        elif smallest[i] < -_FLAT * scale[i] and largest[i] > _FLAT * scale[i]:
            kinds.append("saddle")
        else:
            kinds.append(_looked_around(theta[:, i], loss, half))
    return kinds, (smallest.tolist(), largest.tolist())


def _looked_around(at: Array, loss: Function, half: float) -> Kind:
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    here = float(loss(at[:, None])[0])
    higher = loss(at[:, None] + _AROUND * half * circle) - here
    slack = 1e-14 * max(abs(here), float(np.abs(higher).max(initial=0.0)))
    if np.all(np.abs(higher) <= slack) or np.isnan(higher).any():
        return "flat"
    if np.all(higher >= -slack):
        return "minimum"
    return "maximum" if np.all(higher <= slack) else "saddle"
