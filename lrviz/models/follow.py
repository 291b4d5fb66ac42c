"""Runs on a problem of any dimension, side by side, and how they stand after some numbers of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.problem import Problem
from lrviz.schedules import Schedule
from lrviz.threads import one_thread

Measure = Callable[[Array], Array]
"""(dim, B) → (B,)"""


@dataclass(frozen=True, eq=False)
class Followed:
    """B runs at K steps; fewer than were asked for where it was cancelled."""

    steps: NDArray[np.int64]
    """(K,)"""
    values: dict[str, Array]
    """Of each measure (K, B): NaN from a blow-up on."""
    blew_up: NDArray[np.int64]
    """(B,): at which step; −1 where it did not."""
    theta: Array
    """(dim, B): where they ended, or were last before they blew up."""
    evaluations: Array
    """(B,): gradient and loss evaluations spent."""
    path: Array
    """(K, dim, B) where it was asked for, else (0, dim, B)."""
    eta: Array
    """(K, B): the rate of the step that led there; NaN before the first, and from a blow-up on."""


def looks(steps: int, most: int) -> list[int]:
    """After which numbers of steps to look: `most` at most, evenly from 0 to the end."""
    return sorted({round(share) for share in np.linspace(0, steps, min(most, steps + 1)).tolist()})


def follow(
    problem: Problem,
    optimizer: Optimizer,
    schedule: Schedule,
    start: Array,
    at: Sequence[int],
    measures: Mapping[str, Measure],
    *,
    keep_path: bool = False,
    noise: Noise | None = None,
    seed: int | Array = 0,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seen: Callable[[Followed], object] | None = None,
) -> Followed:
    """Step from `start`, (dim, B), to the last of the numbers `at`, rising, and measure at each of them.

    Hyperparameters are numbers or (B,). progress: is told after each step how many are done, of how many; cancelled:
    when it says so, what was measured by then is all there is. seen: is shown what there is so far, at each look.
    ValueError, with a sentence, where the optimizer needs what the problem has not.
    """
    if reason := optimizer.refusal(problem):
        raise ValueError(reason)
    steps, count = at[-1], start.shape[1]
    rows: dict[str, list[Array]] = {name: [] for name in measures}
    blew_up = np.full(count, -1)
    path: list[Array] = []
    rates: list[Array] = []

    def now() -> Followed:
        values = {name: np.array(row).reshape(len(row), count) for name, row in rows.items()}
        kept = np.array(path) if path else np.empty((0, *start.shape))
        eta = np.array(rates).reshape(len(rates), count)
        return Followed(np.array(at[: len(done)]), values, blew_up.copy(), it.theta, it.evaluations, kept, eta)

    done: list[int] = []
    with one_thread():
        for it in iterate(problem, optimizer, schedule, start, steps, noise, seed):
            blew_up = np.where(~it.alive & (blew_up < 0), it.t, blew_up)
            if it.t == at[len(done)]:
                _look(it.theta, it.alive, measures, rows)
                done.append(it.t)
                rates.append(np.where(it.alive, np.nan if it.eta is None else it.eta, np.nan))
                if keep_path:
                    path.append(np.where(it.alive, it.theta, np.nan))
                if seen:
                    seen(now())
            if progress:
                progress(it.t, steps)
            if cancelled and cancelled():
                return now()
    for missing in at[len(done) :]:  # none was left
        _look(it.theta, it.alive, measures, rows)
        done.append(missing)
        rates.append(np.full(count, np.nan))
        if keep_path:
            path.append(np.full(start.shape, np.nan))
    return now()


def _look(
    theta: Array, alive: NDArray[np.bool_], measures: Mapping[str, Measure], rows: dict[str, list[Array]]
) -> None:
    for name, measure in measures.items():
        with np.errstate(all="ignore"):
            rows[name].append(np.where(alive, measure(theta), np.nan))
