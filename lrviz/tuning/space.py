"""Where a search looks: a range of η, perhaps with a range of one other number, each spaced as it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Hyper
from lrviz.tuning.task import ETA, Task


@dataclass(frozen=True)
class Dimension:
    """A range of one number. Its unit u goes from 0 to 1, evenly in the number's declared scale."""

    declared: Hyper
    low: float
    high: float

    def value(self, unit: Array) -> Array:
        """The number at u: of any shape, into the same."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        between = low + (high - low) * unit
        match self.declared.scale:
            case "log":
                value = np.power(10.0, between)
            case "complement":
                value = 1 - np.power(10.0, between)
            case _:
                value = between
        # Rounding must not lead out of the range: beyond it a number may be illegal.
        return np.minimum(np.maximum(value, self.low), self.high)

    def unit(self, value: Array) -> Array:
        """Where a number lies in the range; the inverse of `value`."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        return (self._scaled(value) - low) / (high - low)

    def _scaled(self, value: float | Array) -> Array:
        match self.declared.scale:
            case "log":
                return np.log10(value)
            case "complement":
                return np.log10(1 - np.asarray(value))
            case _:
                return np.asarray(value, dtype=np.float64)


@dataclass(frozen=True)
class Space:
    """One dimension, or two: points are u, (n, d)."""

    dimensions: tuple[Dimension, ...]

    def values(self, units: Array) -> dict[str, Array]:
        """The numbers at some points, {number: (n,)}."""
        return {
            dimension.declared.name: dimension.value(unit)
            for dimension, unit in zip(self.dimensions, units.T, strict=True)
        }

    def lattice(self, points: int) -> Array:
        """So many points along each dimension, its ends among them, (points^d, d); a single one lies in the middle."""
        along = np.linspace(0.0, 1.0, points) if points > 1 else np.array([0.5])
        mesh = np.meshgrid(*[along] * len(self.dimensions), indexing="ij")
        return np.stack([axis.ravel() for axis in mesh], axis=1)

    def draw(self, generator: np.random.Generator, count: int) -> Array:
        """Points drawn evenly, (count, d): the same ones in whatever portions they are drawn."""
        return generator.random((count, len(self.dimensions)))


def space(task: Task, eta: tuple[float, float], also: Mapping[str, tuple[float, float]]) -> Space:
    """The space of η and of the numbers in `also`; a ValueError with a sentence where there is none such."""
    if len(also) > 1:
        raise ValueError(f"a search is over η and at most one other number, not over {', '.join(also)} at once")
    return Space(tuple(_dimension(task, name, *ends) for name, ends in ({ETA: eta} | dict(also)).items()))


def _dimension(task: Task, name: str, low: float, high: float) -> Dimension:
    declared = task.number(name)
    if declared.kind != "real":
        raise ValueError(f"{name} ({declared.symbol}) does not vary continuously: it cannot be searched")
    low, high = (float(declared.check("search", end)) for end in (low, high))
    who = f"the range of {name} ({declared.symbol}), {low:g} to {high:g},"
    if not low < high:
        raise ValueError(f"{who} does not lead from a number up to a larger one")
    if declared.scale == "log" and low <= 0:
        raise ValueError(f"{who} is spaced logarithmically: it must start above 0")
    if declared.scale == "complement" and high >= 1:
        raise ValueError(f"{who} is spaced logarithmically in 1 − {declared.symbol}: it must end below 1")
    return Dimension(declared, low, high)
