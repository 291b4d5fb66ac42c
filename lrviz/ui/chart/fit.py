"""From where to where an axis reaches."""

from __future__ import annotations

import numpy as np

from lrviz.declare import Array
from lrviz.ui.chart.layers import Axis

ROOM = {"log": ((1.5, 3.0), (0.5, 1.0)), "symlog": ((1.5, 1.0), (1.5, 1.0))}
"""How far below and above the quartiles a logarithmic axis reaches at most: so many times their distance (Tukey's
fences, Exploratory Data Analysis, 1977) and so many decades more. What lies farther out leaves the picture: one run
that blew up does not flatten all others. A low loss is worth more room than a high one. A linear axis shows all."""
PAD = 0.06
"""How much room there is beyond what is drawn, as a share of the axis."""


def ends(axis: Axis, values: Array, *, robust: bool) -> tuple[float, float]:
    """The ends of an axis: its own where it has them, else fitted to values of any shape.

    robust: whether values far from the others may be outside, and there is room beyond the outermost that are not.
    """
    shown = values[np.isfinite(values)]
    if axis.scale == "log":
        shown = shown[shown > 0]
    if axis.scale == "complement":
        shown = shown[shown < 1]
    low, high = _fitted(axis, shown, robust)
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    if not low < high or (axis.scale == "log" and low <= 0) or (axis.scale == "complement" and high >= 1):
        low, high = _around(axis, low if axis.high is None else high)
    return float(low), float(high)


def _fitted(axis: Axis, values: Array, robust: bool) -> tuple[float, float]:
    if values.size == 0:
        return _around(axis, 1.0)
    bent = _bent(axis, values)
    low, high = float(bent.min()), float(bent.max())
    if robust:
        lower, upper = np.quantile(bent, (0.25, 0.75))
        if lower < upper and axis.scale in ROOM:
            (below, decades_below), (above, decades_above) = ROOM[axis.scale]
            low = max(low, float(lower - below * (upper - lower) - decades_below))
            high = min(high, float(upper + above * (upper - lower) + decades_above))
        room = PAD * (high - low)
        below_zero = low - room < 0 <= low and axis.scale == "linear"
        low, high = 0.0 if below_zero else low - room, high + room
    if low == high:
        return _around(axis, float(values.flat[0]))
    return _straight(axis, low), _straight(axis, high)


def _around(axis: Axis, value: float) -> tuple[float, float]:
    """An interval around a single value."""
    if axis.scale == "log":
        middle = value if value > 0 else 1.0
        return middle / 3, middle * 3
    if axis.scale == "complement":
        distance = 1 - value if value < 1 else 1.0
        return 1 - 3 * distance, 1 - distance / 3
    reach = abs(value) / 2 or 1.0
    return value - reach, value + reach


def _bent(axis: Axis, values: Array) -> Array:
    """Values in the measure in which equal distances look equal, as `axes.js` has it."""
    if axis.scale == "log":
        return np.log10(values)
    if axis.scale == "symlog":
        return np.arcsinh(values / (2 * axis.near)) / np.log(10)
    if axis.scale == "complement":
        return -np.log10(1 - values)
    return values


def _straight(axis: Axis, bent: float) -> float:
    if axis.scale == "log":
        return float(10.0**bent)
    if axis.scale == "symlog":
        return float(2 * axis.near * np.sinh(bent * np.log(10)))
    if axis.scale == "complement":
        return float(1 - 10.0**-bent)
    return bent
