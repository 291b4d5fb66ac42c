"""Many repetitions of the searches: how often one is better than another, and by how much, not one lucky draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lrviz.declare import Array
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.problem import Problem
from lrviz.schedules import Schedule
from lrviz.tuning.measure import Measure
from lrviz.tuning.search import Cancelled, Player, Progress, begin, play, prepare


class Estimate(NamedTuple):
    """A mean over seeds, with its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Repeated:
    """What each method had found by when, once for each seed. Searches with the same seed begin with the same draws."""

    seeds: int
    spent: Array
    """(n,): evaluations, after one whole run, two, …, and at last the budget."""
    best: dict[str, Array]
    """{method: (seeds, n)}: the lowest loss of a whole run by then; +inf before there is one."""
    measure: Measure

    def quartiles(self, method: str) -> Array:
        """The lower quartile of the best so far, its median and the upper quartile, (3, n): losses that occurred."""
        return np.quantile(self.best[method], [0.25, 0.5, 0.75], axis=0, method="inverted_cdf")

    def win_rate(self, a: str, b: str, at: int = -1) -> Estimate:
        """On which share of the seeds a found a lower loss than b by `spent[at]`.

        Seeds on which both are alike, as far as the measure tells, count half.
        """
        return _estimate((1 + np.sign(self._ahead(a, b, at))) / 2)

    def lead(self, a: str, b: str, at: int = -1) -> Estimate:
        """By how much a is ahead of b on average by `spent[at]`, in the measure: decades where a minimum is known."""
        return _estimate(self._ahead(a, b, at))

    def _ahead(self, a: str, b: str, at: int) -> Array:
        """(seeds,)"""
        measured = [self.measure(self.best[method][:, at]) for method in (a, b)]
        return measured[1] - measured[0]


def _estimate(each: Array) -> Estimate:
    return Estimate(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))))


def repeat(
    problem: Problem,
    optimizer: Optimizer,
    methods: Sequence[str] = ("random", "bayesian"),
    seeds: int = 100,
    *,
    eta: tuple[float, float] = (1e-5, 10.0),
    also: Mapping[str, tuple[float, float]] | None = None,
    steps: int = 100,
    budget: int = 1000,
    schedule: Schedule | None = None,
    start: tuple[float, ...] | None = None,
    noise: Noise | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Repeated:
    """Each method's `search` with the seeds `seed`, `seed` + 1, …, all their runs side by side.

    Where it is cancelled, what is returned ends at what each of them had spent by then.
    """
    if seeds < 2:
        raise ValueError(f"seeds = {seeds}: at least 2 are needed for a spread")
    kind = prepare(problem, optimizer, eta, also or {}, steps, budget, schedule, start, noise, seed)
    players = {name: [begin(kind, name, seed + k) for k in range(seeds)] for name in dict.fromkeys(methods)}
    everyone = [player for row in players.values() for player in row]
    spent = np.append(np.arange(kind.a_run, budget, kind.a_run, dtype=np.float64), float(budget))
    if not play(kind, everyone, progress, cancelled):
        spent = spent[spent <= min(player.ledger.spent for player in everyone)]
    best = {name: np.stack([_best(player, steps, spent) for player in row]) for name, row in players.items()}
    return Repeated(seeds, spent, best, kind.measure)


def _best(player: Player, steps: int, spent: Array) -> Array:
    """The lowest loss of a whole run within each budget, (n,)."""
    whole = [trial for trial in player.ledger.trials if trial.steps == steps]
    lowest = np.minimum.accumulate(np.array([np.inf, *(trial.loss for trial in whole)]))
    return lowest[np.searchsorted([float(trial.spent) for trial in whole], spent, side="right")]
