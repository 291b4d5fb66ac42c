"""A rate that is drawn by hand, as a few points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np

from lrviz.declare import Array, Number, flag, text
from lrviz.numerals import exact, quoted
from lrviz.schedules.schedule import LAST_STEP, Schedule, rate

Points = tuple[tuple[int, float], ...]
"""Points (t, η), in order."""

MOST_POINTS = 16
MOST_CHARACTERS = 200
"""How long their text may be: a link has to hold it."""

_POINT = re.compile(r"([0-9]{1,10}):([0-9]{1,17}(?:\.[0-9]{0,25})?(?:[eE][+-]?[0-9]{1,3})?)")
LEAST, MOST = 1e-12, 1e12
"""The rates that a point may have, besides 0."""


def spelled(points: Iterable[tuple[int, float]]) -> str:
    """Points as text, such as 0:0.1,100:0.01."""
    return ",".join(f"{t}:{exact(eta)}" for t, eta in points)


def _read(text: str) -> str:
    """Points in their canonical spelling: in order of t, without spaces. ValueError, with a sentence, for others."""
    who = "Drawn.points (p)"
    found: dict[int, float] = {}
    for word in text.split(","):
        match = _POINT.fullmatch(re.sub(r"\s", "", word))
        if match is None:
            form = "are pairs step:rate with commas between them, such as 0:0.1,100:0.01"
            raise ValueError(f"{who} {form}; {quoted(word.strip())} is none")
        t, eta = int(match[1]), float(match[2])
        if t > LAST_STEP:
            raise ValueError(f"{who}: step {t} is outside [0, 1e9]")
        if t in found:
            raise ValueError(f"{who} has two points at step {t}; a jump takes two steps, such as 99:0.1,100:0.01")
        if eta != 0 and not LEAST <= eta <= MOST:
            raise ValueError(f"{who}: a rate of {exact(eta)} is neither 0 nor in [1e-12, 1e12]")
        found[t] = eta
    if len(found) > MOST_POINTS:
        raise ValueError(f"{who} has {len(found)} points; at most {MOST_POINTS} are drawn")
    if max(found.values()) == 0:
        raise ValueError(f"{who} has no rate above 0")
    canonical = spelled(sorted(found.items()))
    if len(canonical) > MOST_CHARACTERS:
        raise ValueError(f"{who} takes {len(canonical)} characters; there is room for {MOST_CHARACTERS}")
    return canonical


@dataclass(frozen=True)
class Drawn(Schedule):
    r"""In straight lines through points drawn by hand; before the first and after the last it holds.

    $$\eta_t = \frac{\eta}{\max_j p_j} \left(p_i + (p_{i+1} - p_i) \frac{t - t_i}{t_{i+1} - t_i}\right)
      \quad (t_i \le t \le t_{i+1})$$

    η is the rate at the highest point, and only the points' ratios count: so a drawing keeps its shape at every η. On a
    logarithmic axis the lines are straight there: the rate changes by the same factor at each step.
    """

    slug = "drawn"
    title = "Drawn by hand"
    same_as = "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: numpy.interp(t, times, points) / max(points))"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "optax": "optax.piecewise_interpolate_schedule('linear', η_0, {t: η_t / η_before}), in straight lines only"
    }
    source = "Bengio (2012), Practical recommendations for gradient-based training of deep architectures, section 3.1.1"
    use = "What no formula has: try what a bump, a gap or a late drop does, and see which part of a schedule matters."

    eta: Number = rate("the learning rate at the highest point")
    points: str = text(
        "0:0.2,30:1,150:0.5,180:0.1,300:0.02", "p", _read, help="points t:η, such as 0:0.1,100:0.01; their ratios count"
    )
    logarithmic: bool = flag("log", "straight lines on a logarithmic axis: equal factors, not equal differences")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.logarithmic and any(eta == 0 for _, eta in self.shape):
            raise ValueError(f"{type(self).__name__}.points (p) has a rate of 0, which a logarithmic axis has not")

    @classmethod
    def through(cls, points: Iterable[tuple[int, float]], logarithmic: bool = False) -> Self:
        """The schedule with these very rates at these steps."""
        points = tuple(points)
        drawn = cls(points=spelled(points), logarithmic=logarithmic)
        return drawn.replace(eta=max(eta for _, eta in drawn.shape))

    @property
    def shape(self) -> Points:
        """The points as they are typed: their ratios count."""
        pairs = (word.split(":") for word in self.points.split(","))
        return tuple((int(t), float(eta)) for t, eta in pairs)

    def __call__(self, t: int | Array) -> Number:
        points, top = self.shape, max(eta for _, eta in self.shape)
        height = points[0][1] / top + np.zeros_like(t)
        for (start, low), (end, high) in pairwise(points):
            share = np.minimum(np.maximum((t - start) / (end - start), 0), 1)
            height = np.where(np.greater_equal(t, start), self._between(low / top, high / top, share), height)
        # The last point itself is not left to rounding.
        return self.eta * np.where(np.greater_equal(t, points[-1][0]), points[-1][1] / top, height)

    def _between(self, low: float, high: float, share: Number) -> Number:
        return low * np.power(high / low, share) if self.logarithmic else low + (high - low) * share

    def stretched(self, factor: float) -> Self:
        points, earliest = [], 0
        for t, eta in self.shape:  # none is lost where they are pushed together
            earliest = max(min(round(t * factor), LAST_STEP - MOST_POINTS), earliest)
            points.append((earliest, eta))
            earliest += 1
        return super().stretched(factor).replace(points=spelled(points))
