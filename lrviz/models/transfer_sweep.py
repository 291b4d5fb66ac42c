"""Ways to transfer beside one another: on several sizes of the new data, at several rates, over seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models.transfer import Setting, an_epoch, fine_tune, pretrained
from lrviz.optimizers import Optimizer
from lrviz.schedules import Schedule


@dataclass(frozen=True, eq=False)
class Sweep:
    """S seeds, N sizes, W ways, E rates. A seed is a network of its own, and a draw of the new examples of its own."""

    sizes: tuple[int, ...]
    ways: tuple[float, ...]
    """As for `fine_tune`."""
    eta: Array
    """(E,)"""
    accuracy: Array
    """(S, N, W, E): on the held-out new examples."""
    drift: Array
    """(S, N, W, E, layers): how far each layer has come, as a share of its length at first."""
    learnt: Array
    """(dim, S): the networks that have learnt the old digits, whose fine-tunings these are."""

    @property
    def seeds(self) -> int:
        return len(self.accuracy)

    @property
    def best(self) -> NDArray[np.int64]:
        """(N, W): the index of the rate with the highest mean accuracy over the seeds."""
        return np.argmax(self.accuracy.mean(axis=0), axis=-1)

    @property
    def at_best(self) -> Array:
        """(S, N, W): each way at that rate."""
        found: Array = np.take_along_axis(self.accuracy, self.best[None, ..., None], axis=-1)[..., 0]
        return found

    def at(self, eta: float) -> Array:
        """(S, N, W): all at one rate. ValueError where it was not tried."""
        return self.accuracy[..., self.eta.tolist().index(eta)]

    def lead(self, one: float, other: float, at: Array) -> tuple[Array, Array]:
        """By how much one way is more accurate than another, each (N,): the mean over the seeds and its standard error.

        In pairs: both ways of a seed have the same examples and the same old network. at: (S, N, W), as `at_best`. The
        error is NaN of a single seed.
        """
        difference = at[..., self.ways.index(one)] - at[..., self.ways.index(other)]
        mean = difference.mean(axis=0)
        if self.seeds < 2:
            return mean, np.full_like(mean, np.nan)
        return mean, difference.std(axis=0, ddof=1) / np.sqrt(self.seeds)


def sweep(
    setting: Setting,
    sizes: Sequence[int],
    ways: Sequence[float],
    eta: Array,
    optimizer: Optimizer,
    schedule: Schedule,
    seeds: int,
    progress: Callable[[int, int, Sweep | None], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Sweep | None:
    """Fine-tune at each size in each way at each rate, (E,), for the seeds 0, 1, …: those of one seed side by side.

    progress: is told how many steps are done, of how many, and after each seed what is found by then. cancelled: when
    it says so, what was found by then is all there is; None where not even one seed was done. ValueError where a size
    cannot be drawn.
    """
    done, total = 0, setting.epochs * an_epoch() + seeds * len(sizes) * setting.steps

    def step(now: int, _: int) -> None:
        if progress:
            progress(done + now, total, found)

    found: Sweep | None = None
    learnt = pretrained(setting, range(seeds), step, cancelled)
    done += setting.epochs * an_epoch()
    accuracy, drift = [], []
    some_ways, some_eta = np.repeat(np.asarray(ways, dtype=np.float64), len(eta)), np.tile(eta, len(ways))
    for seed in range(seeds):
        row, moved = [], []
        for n in sizes:
            net, way = learnt[:, seed], (some_ways, some_eta)
            tuned = fine_tune(setting, net, n, seed, *way, optimizer, schedule, progress=step, cancelled=cancelled)
            if cancelled and cancelled():
                return found
            done += setting.steps
            row.append(tuned.accuracy.reshape(len(ways), len(eta)))
            moved.append(tuned.drift.T.reshape(len(ways), len(eta), -1))
        accuracy.append(row)
        drift.append(moved)
        found = Sweep(tuple(sizes), tuple(ways), eta, np.array(accuracy), np.array(drift), learnt)
        step(0, 0)
    return found
