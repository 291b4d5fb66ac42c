"""A fair race: each optimizer at its own best η, found for all by one rule and at one and the same budget.

Which optimizer comes lowest depends on how far each was tuned more than on which it is, so a comparison that is worth
something tunes all alike: the same number of runs, over the same range, by the same rule.
Source: Schmidt, Schneider & Hennig (2021), Descending through a crowded valley: benchmarking deep learning optimizers,
ICML; Choi et al. (2019), On empirical comparisons of optimizers for deep learning, arXiv:1910.05446.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.tuning.task import ETA, Task

ROUNDING = 1e-24
"""Of a run that has come so many times nearer to the minimum's loss than it began, rounding decides what comes next."""
DIGITS = 3
"""Rates are tried at so many significant digits: the next one is nearer than any difference that would be seen."""
_HALVINGS = 5
"""Among equal ends the run counts as better that was lower after half of the steps, else after a quarter, and so on."""


@dataclass(frozen=True)
class Rule:
    """How every run's η is found: by trying it as it is, then rates over a range, then more around the best of these.

    All are whole runs, so the budget is the same for all. Where there is noise each is run with the same few seeds,
    and what counts is the mean of the losses.
    """

    low: float = 1e-5
    high: float = 10.0
    rates: int = 31
    """Over the range, evenly in log η, both ends among them."""
    finer: int = 30
    """Between the neighbours of the best, these left out."""
    seeds: int = 8
    """Of the noise, the task's own seed and those after it."""

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < np.inf:
            raise ValueError(f"The range of η from {self.low} to {self.high} does not rise from above 0")
        if self.rates < 2 or self.finer < 1 or self.seeds < 1:
            raise ValueError(f"{self} has too few rates or seeds; it takes 2 over the range, and 1 of the others")

    @property
    def tries(self) -> int:
        """How many rates each run is tried at."""
        return 1 + self.rates + self.finer

    def coarse(self) -> Array:
        """The rates over the range, (rates,)."""
        return _readable(np.geomspace(self.low, self.high, self.rates))

    def between(self, eta: float) -> Array:
        """The rates around one, (finer,): as far out, either way, as the next rate of the range."""
        step = (self.high / self.low) ** (1 / (self.rates - 1))
        return _readable(np.geomspace(eta / step, eta * step, self.finer + 2)[1:-1])

    def at_an_end(self, eta: float) -> bool:
        """Whether the best lies where the range ends, or beyond: then a wider range might hold a better one."""
        return not self.low < eta < self.high


@dataclass(frozen=True)
class Tuned:
    """What one run came to."""

    eta: float
    """Its best rate; the one that it had where every rate blew up."""
    loss: float
    """At its end there, the mean over the seeds; +inf where every rate blew up."""
    first_eta: float
    first_loss: float
    """The rate that it had before, and the loss at its end there, over the same seeds; +inf where it blew up."""
    tried: Array
    losses: Array
    """(tries,): all that was tried, rising in η, and the mean loss at the end of each."""
    evaluations: int
    """Of the gradient and the loss, for all of it."""


@dataclass(frozen=True)
class Race:
    """Several runs, each at its own best rate, and all at the one that the first of them had."""

    runs: tuple[Tuned, ...]
    one_eta: float
    at_one: Array
    """(runs,): the loss at the end of each at this rate, over the same seeds; +inf where it blew up."""

    @property
    def evaluations(self) -> int:
        """What finding the best rates of all cost."""
        return sum(run.evaluations for run in self.runs)


def fairly(
    tasks: Sequence[Task],
    rule: Rule = Rule(),
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Race:
    """Find the best η of each task's schedule by one rule; all else of a task stays.

    progress: is told how many of how many runs are tuned. The race is between those that were when it was cancelled.
    """
    one_eta = float(tasks[0].schedule.eta)
    found: list[Tuned] = []
    for task in tasks:
        if cancelled is not None and cancelled():
            break
        if progress is not None:
            progress(len(found), len(tasks))
        found.append(tuned(task, rule))
    ends = [_course(task, rule, np.array([one_eta]))[0][-1, 0] for task in tasks[: len(found)]]
    return Race(tuple(found), one_eta, np.array(ends, dtype=np.float64))


def tuned(task: Task, rule: Rule = Rule()) -> Tuned:
    """The best η of one task's schedule."""
    first = float(task.schedule.eta)
    over = np.append(rule.coarse(), first)
    broad, spent = _course(task, rule, over)
    around = rule.between(over[_best(task, broad)])
    fine, more = _course(task, rule, around)
    tried, losses = np.append(over, around), np.append(broad, fine, axis=1)
    order = np.argsort(tried, kind="stable")
    best = order[_best(task, losses[:, order])]  # of equals the smallest
    return Tuned(
        eta=float(tried[best]) if np.isfinite(losses[-1, best]) else first,
        loss=float(losses[-1, best]),
        first_eta=first,
        first_loss=float(broad[-1, -1]),
        tried=tried[order],
        losses=losses[-1, order],
        evaluations=spent + more,
    )


def _course(task: Task, rule: Rule, etas: Array) -> tuple[Array, int]:
    """The mean loss at each rate, (looks, n), the last at the end; and what all of it cost."""
    looks = sorted({max(task.steps >> halvings, 1) for halvings in range(_HALVINGS)})
    if task.noise is None:
        course = task.course({ETA: etas}, at=looks)
        return course.loss, int(course.evaluations[-1].sum())
    seeds = task.seed + np.tile(np.arange(rule.seeds, dtype=np.float64), len(etas))
    course = task.course({ETA: np.repeat(etas, rule.seeds)}, at=looks, seeds=seeds)
    return course.loss.reshape(len(looks), len(etas), rule.seeds).mean(axis=-1), int(course.evaluations[-1].sum())


def _best(task: Task, losses: Array) -> int:
    """Which of these runs, (looks, n), ends lowest; the first of those that are equal at every look."""
    floor = _floor(task)
    return int(np.lexsort(np.maximum(losses, floor))[0])


def _readable(etas: Array) -> Array:
    """The rates as a person would write them, and a link."""
    return np.array([float(f"{eta:.{DIGITS - 1}e}") for eta in etas.tolist()])


def _floor(task: Task) -> float:
    """The loss below which rounding decides; −inf where the problem has no known minimum."""
    lowest = task.lowest_loss
    return -np.inf if np.isnan(lowest) else lowest + ROUNDING * abs(task.first_loss - lowest)
