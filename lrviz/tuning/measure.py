"""In what measure losses are compared: decades below the start, where it is known how low the loss can come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.tuning.task import Task

FLOOR = 1e-15
"""Losses above the minimum that are below this share of the start's are alike: the rest is rounding."""


@dataclass(frozen=True)
class Measure:
    r"""A scale for final losses on which equal steps are equally worth having; lower is better.

    $$m = \log_{10} \frac{f - f^*}{f_0 - f^*}, \qquad m = \operatorname{asinh} \frac{f}{|f_0|} - \operatorname{asinh}
      \frac{f_0}{|f_0|} \text{ where no } f^* \text{ is known}$$

    A run that ends above its start f₀, or blew up, counts as one that stayed there, 0: to be worse than doing nothing
    is bad enough, and how much worse is chance. So what blew up needs no invented loss. Below, what is nearer to f*
    than `FLOOR` counts as `FLOOR`.
    """

    start: float
    """f₀"""
    lowest: float
    """f*, the lowest loss there is; NaN where none is known."""

    def __call__(self, loss: Array) -> Array:
        """(...) → (...), from log₁₀ FLOOR to 0, or from −∞ to 0 without a minimum."""
        if np.isnan(self.lowest):
            measured = np.arcsinh(loss / self._unit) - np.arcsinh(self.start / self._unit)
        else:
            measured = np.log10(np.maximum((loss - self.lowest) / self._unit, FLOOR))
        return np.minimum(measured, 0.0)

    def loss(self, measured: Array) -> Array:
        """The loss at a place of the scale: the inverse."""
        if np.isnan(self.lowest):
            return self._unit * np.sinh(measured + np.arcsinh(self.start / self._unit))
        return self.lowest + self._unit * np.power(10.0, measured)

    @property
    def _unit(self) -> float:
        """What losses are compared with. One that starts at the minimum has nothing of its own: then 1."""
        height = abs(self.start) if np.isnan(self.lowest) else self.start - self.lowest
        return height if height > 0 else 1.0


def measure(task: Task) -> Measure:
    """The measure of a task; a ValueError where it starts at no finite loss."""
    start = task.first_loss
    if not np.isfinite(start):
        raise ValueError(f"the loss at the start is {start:g}: there is nothing to bring down")
    return Measure(start, task.lowest_loss)
