"""A tile: a piece of a map that is run at once, small enough to stay in a core's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz import kernel
from lrviz.declare import Array
from lrviz.grid.setting import Setting
from lrviz.iterate import iterate
from lrviz.judge import Judge, norm
from lrviz.noise import draws
from lrviz.verdict import KINDS, Judging

CELLS = 4096
"""How many runs go side by side: with fewer, NumPy's calls cost more than their work; with more, caches overflow."""
SHARED = 1024
"""The same where workers share the tiles: smaller ones, so that each has some, and a lost one is soon made up for."""


class Stopped(Exception):
    """The sweep was cancelled while a tile ran."""


@dataclass(frozen=True)
class Tile:
    """The cells `first` to `last` − 1 of a map over some numbers, row by row."""

    setting: Setting
    """With the numbers in place that are the same for all of its cells."""
    over: dict[str, Array]
    """The values of the others, by path: the axes of the map."""
    steps: int
    first: int
    last: int

    def cells(self) -> tuple[NDArray[np.intp], ...]:
        """Where its cells are on each axis: rows of indices."""
        shape = tuple(len(values) for values in self.over.values())
        return np.unravel_index(np.arange(self.first, self.last), shape) if shape else ()

    def runs(self) -> Setting:
        """Its runs, side by side."""
        setting = self.setting
        for (path, values), at in zip(self.over.items(), self.cells(), strict=True):
            setting = setting.with_(path, values[at])
        return setting


@dataclass(frozen=True)
class Ends:
    """What is kept of a tile's runs, (B,) each."""

    kind: NDArray[np.uint8]
    """Indices into KINDS."""
    loss: Array
    steps: Array
    growth: Array


def tiles(
    setting: Setting, over: dict[str, Array], steps: int, cells: int = CELLS
) -> Iterator[tuple[Tile, tuple[Any, ...]]]:
    """The tiles of a map, and where the cells of each are on the map's axes.

    A number that formulas branch on is the same for all runs of a tile, so each value of it has tiles of its own.
    """
    declared = setting.numbers()
    moving = {path: values for path, values in over.items() if not declared[path].static}
    fixed = {path: values for path, values in over.items() if declared[path].static}
    for choice in np.ndindex(*map(len, fixed.values())):
        chosen = setting
        for (path, values), place in zip(fixed.items(), choice, strict=True):
            chosen = chosen.with_(path, float(values[place]))
        for first in range(0, prod(map(len, moving.values())), cells):
            last = min(first + cells, prod(map(len, moving.values())))
            tile = Tile(chosen, moving, steps, first, last)
            at = dict(zip(fixed, choice, strict=True)) | dict(zip(moving, tile.cells(), strict=True))
            yield tile, tuple(at[path] for path in over)


def run(tile: Tile, stopped: Callable[[], bool] = lambda: False) -> Ends:
    """Run a tile to its end. `Stopped` where `stopped` says so on the way."""
    runs = tile.runs()
    start = np.stack([np.broadcast_to(np.asarray(one, dtype=np.float64), tile.last - tile.first) for one in runs.start])
    try:
        program = kernel.program(runs.surface, runs.optimizer, runs.schedule, runs.noise)
    except (kernel.TraceError, TypeError):  # a class whose values cannot be hashed has no program either
        return by_arrays(runs, start, tile.steps, stopped)
    values = kernel.values(runs.surface, runs.optimizer, runs.schedule, runs.noise, start)
    rows = kernel.Rows(program, ("loss", "growth"), list(values.values()), tile.steps, np.ndim(runs.seed) > 0)
    noise: Iterator[Any] = repeat(()) if runs.noise is None else draws(runs.noise, runs.surface, runs.seed, tile.steps)
    while rows.going.size and rows.taken < tile.steps:
        if stopped():
            raise Stopped
        rows.step([row[0] if len(row) == 1 else row[rows.going] for row in next(noise)])
    return _ends(*rows.end())


def by_arrays(runs: Setting, start: Array, steps: int, stopped: Callable[[], bool] = lambda: False) -> Ends:
    """Run a batch as `simulate` does: for what cannot be recorded, and what the fast way must equal."""
    judging = Judging(Judge(runs.surface, runs.optimizer, noisy=runs.noise is not None), steps)
    growth = np.zeros(start.shape[1])
    slope: Array | None = None
    with np.errstate(all="ignore"):
        for it in iterate(runs.surface, runs.optimizer, runs.schedule, start, steps, runs.noise, runs.seed):
            if stopped():
                raise Stopped
            judging.see(it)
            before, slope = slope, norm(it.grad)
            if before is None:
                first = slope
            else:
                growth = np.fmax(growth, np.where(slope > first, slope / before, 0.0))
        verdict = judging.verdict()
        return _ends(verdict.kind, verdict.step, it.loss, growth)


def _ends(kind: Array, step: Array, loss: Array, growth: Array) -> Ends:
    return Ends(
        kind=kind.astype(np.uint8),
        loss=np.array(loss),
        steps=np.where(np.equal(kind, KINDS.index("converged")), step, np.nan),
        growth=np.where(growth > 0, growth, np.nan),
    )
