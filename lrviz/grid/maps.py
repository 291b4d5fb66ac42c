"""`sweep`: what becomes of a run on a grid of its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Number
from lrviz.grid.crew import abroad, at_home
from lrviz.grid.setting import Setting
from lrviz.grid.tile import CELLS, SHARED, tiles
from lrviz.noise import Noise
from lrviz.numerals import count
from lrviz.optimizers import Optimizer
from lrviz.schedules import Constant, Schedule
from lrviz.surfaces import Surface
from lrviz.verdict import KINDS

if TYPE_CHECKING:
    import pandas as pd

MISSING = len(KINDS)
_NAMES = np.array([*KINDS, ""], dtype=object)


@dataclass(frozen=True)
class Sweep:
    """A map: axis k is the k-th key of `over`. Where a cell is missing, its outcome is "" and its numbers are NaN."""

    over: dict[str, Array]
    """{number: its values}, by the keys that were asked for."""
    outcome: NDArray[np.object_]
    """The names of the kinds, as in `KINDS`."""
    loss: Array
    """The true loss at the end; of a run that blew up, the last finite one."""
    steps: Array
    """The step from which on it was at a minimum to within its tolerance; NaN where it did not converge."""
    growth: Array
    """The largest factor by which a step made ‖∇f‖ grow to above what it was at the start; NaN where none did."""
    missing_sentence: str
    """Which part of the map is missing, and why; empty where it is complete."""

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which cells were not run to their end."""
        missing: NDArray[np.bool_] = self.outcome == ""
        return missing

    def to_frame(self) -> pd.DataFrame:
        """One row a cell: the numbers by their keys, then outcome, loss, steps and growth."""
        import pandas as pd

        axes = np.meshgrid(*self.over.values(), indexing="ij")
        columns: dict[str, Any] = dict(zip(self.over, axes, strict=True))
        columns |= {"outcome": self.outcome, "loss": self.loss, "steps": self.steps, "growth": self.growth}
        return pd.DataFrame({name: values.ravel() for name, values in columns.items()})


def sweep(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule | Number,
    *,
    over: Mapping[str, Sequence[Any] | Array],
    start: Sequence[float] | Array | None = None,
    steps: int,
    noise: Noise | None = None,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | Event | None = None,
    patience: float = 120.0,
) -> Sweep:
    """What becomes of a run when some of its numbers go over a grid.

    over: {number: values}, most often of one or two numbers. A number is named by its path ("optimizer.beta",
    "schedule.period", "surface.kappa", "warmup.steps", "noise.sigma", "start.x", "seed") or, where only one number has
    it, by its own name ("beta", "x", "eta"). The rest is as in `simulate`; all cells see the same noise.

    The map is run in tiles, and memory grows with the tile. executor: any of `concurrent.futures`, or Dask's
    `Client.get_executor()`, where lrviz is installed on the workers; else the calling thread does it all.
    progress: called in the calling thread with the cells done and the cells in all. cancelled: an Event, or a function
    that says whether to stop; what was done by then is returned.

    A tile that fails, or whose worker dies, is tried again. What fails again is missing, and so is what is left when no
    tile of an executor has ended for `patience` seconds; `missing_sentence` says so. ValueError where an argument is
    not legal.
    """
    schedule = schedule if isinstance(schedule, Schedule) else Constant(schedule)
    setting = Setting(surface, optimizer, schedule, noise, _start(surface, start), seed)
    setting.check()
    if not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"steps = {steps} is not a whole number of at least 1")
    axes = {setting.path(key): key for key in over}
    if not over or len(axes) < len(over):
        raise ValueError(f"over names {'a number twice: ' + ', '.join(over) if over else 'no number'}")
    values = {path: setting.values(path, over[key]) for path, key in axes.items()}
    shape = tuple(map(len, values.values()))
    kind = np.full(shape, MISSING, dtype=np.uint8)
    loss, steps_, growth = (np.full(shape, np.nan) for _ in range(3))
    stopped = cancelled.is_set if isinstance(cancelled, Event) else cancelled or (lambda: False)
    pieces = list(tiles(setting, values, int(steps), CELLS if executor is None else SHARED))
    parts = [tile for tile, _ in pieces]
    ends = at_home(parts, stopped) if executor is None else abroad(parts, executor, stopped, patience)
    failed, done = Counter[str](), 0
    for number, told in ends:
        tile, at = pieces[number]
        if isinstance(told, str):
            failed[told] += tile.last - tile.first
            continue
        kind[at], loss[at], steps_[at], growth[at] = told.kind, told.loss, told.steps, told.growth
        done += tile.last - tile.first
        if progress is not None:
            progress(done, kind.size)
    if left := kind.size - done - failed.total():
        failed["it was stopped"] = left
    sentence = ""
    if failed:
        why = "; ".join(f"{count(cells)} because {reason}" for reason, cells in failed.items())
        sentence = f"{count(failed.total())} of {count(kind.size)} cells are missing: {why}."
    named = {key: values[path] for path, key in axes.items()}
    return Sweep(named, _NAMES[kind], loss, steps_, growth, sentence)


def _start(surface: Surface, start: Sequence[float] | Array | None) -> tuple[float, float]:
    point = np.asarray(surface.start if start is None else start, dtype=np.float64)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise ValueError(f"the start {point.tolist()} is not two finite numbers")
    return float(point[0]), float(point[1])
