"""What a range test, or any other advice, is measured against: real runs at fixed rates, over the whole axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.tuning.task import Task

GOOD = 2.0
"""A rate is as good as the best where its run ends at most so many times as far above the minimum …"""
ARRIVED = 1e-6
"""… or has left at most this share of what the start was above it: then it has arrived, and by how much is idle."""
TOGETHER = 256
"""Particles in a batch: more are no quicker each, and progress is told after each batch."""


@dataclass(frozen=True)
class Truth:
    """The loss at the end of real runs at fixed rates; under noise of many seeds each. Shapes (E,) but for `losses`."""

    eta: Array
    """Rising."""
    losses: Array
    """(seeds, E): +inf where a run blew up."""
    start: float
    """The loss at the start."""
    bottom: float
    """The loss at the best minimum; NaN where none is known. Then nothing can be called good."""

    @property
    def seeds(self) -> int:
        return len(self.losses)

    @property
    def loss(self) -> Array:
        """The median over the seeds: a run that blew up counts, and does not hide the others."""
        return self._quantile(0.5)

    @property
    def low(self) -> Array:
        """The lower quartile."""
        return self._quantile(0.25)

    @property
    def high(self) -> Array:
        """The upper quartile."""
        return self._quantile(0.75)

    @property
    def best(self) -> int:
        """The index of the rate with the least loss."""
        return int(np.argmin(self.loss))

    def at(self, eta: float) -> float:
        """The loss at a rate that was run. ValueError where it was not."""
        return float(self.loss[self.eta.tolist().index(eta)])

    def excess(self, loss: float) -> float:
        """How far a loss is above the bottom; not below 0, where rounding would have it so. NaN without a bottom."""
        return float(np.maximum(loss - self.bottom, 0.0))

    @property
    def good_below(self) -> float:
        """Up to which excess a run is as good as the best."""
        best = self.excess(float(self.loss[self.best]))
        return float(np.maximum(GOOD * best, ARRIVED * self.excess(self.start)))

    def is_good(self, loss: float) -> bool:
        """Whether a run that ends with this loss is as good as that at the best rate. False without a bottom."""
        return self.excess(loss) <= self.good_below

    @property
    def good(self) -> tuple[float, float]:
        """The ends of the stretch of good rates around the best one; NaN where there is none."""
        good = np.array([self.is_good(loss) for loss in self.loss.tolist()])
        if not good[self.best]:
            return np.nan, np.nan
        bad = np.flatnonzero(~good)
        low, high = bad[bad < self.best], bad[bad > self.best]
        first = int(low[-1]) + 1 if low.size else 0
        last = int(high[0]) - 1 if high.size else len(good) - 1
        return float(self.eta[first]), float(self.eta[last])

    def _quantile(self, share: float) -> Array:
        # Never between two seeds: between a loss and a blow-up there is nothing.
        quantile: Array = np.quantile(self.losses, share, axis=0, method="higher")
        return quantile


def truth(
    task: Task,
    eta: Array,
    seeds: int = 1,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Truth:
    """Run the task at each of these rates, (E,); under noise with so many seeds, from the task's own on.

    The seeds are the same for each rate, so the rates differ by nothing else. progress: is told how many seeds are
    done, of how many. cancelled: when it says so, the seeds done by then are all there is, one at least.
    """
    rates = np.unique(np.asarray(eta, dtype=np.float64))
    many = seeds if task.noise is not None else 1
    drawn = task.seed + np.arange(float(many))
    rows: list[Array] = []
    for some in np.array_split(drawn, -(-many * len(rates) // TOGETHER)) if many > 1 else [drawn]:
        if not some.size:
            continue
        ends = task.losses(np.tile(rates, len(some)), seeds=np.repeat(some, len(rates)))
        rows.extend(ends.reshape(len(some), len(rates)))
        if progress:
            progress(len(rows), many)
        if cancelled and cancelled():
            break
    return Truth(rates, np.array(rows), task.first_loss, task.lowest_loss)
