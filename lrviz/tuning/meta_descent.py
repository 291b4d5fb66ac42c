"""Gradient descent on the learning rate itself: run, differentiate, move log η downhill, run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrviz.tuning.meta_gradient import meta_gradient
from lrviz.tuning.task import Task


@dataclass(frozen=True)
class Update:
    """A rate that descent on the meta-gradient came to."""

    eta: float
    loss: float
    slope: float
    """What log η moves against: d log loss / d log η, or d loss / d log η. NaN where there is none."""


def descend(
    task: Task,
    eta: float,
    pace: float,
    updates: int,
    of_log: bool = True,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Update, ...]:
    """log η ← log η − pace · slope, so often, from a rate on: the rates on the way, the first one among them.

    of_log: whether it goes down the logarithm of the loss or the loss itself. It ends early where there is no slope to
    follow: the run blew up, the loss has no logarithm or jumps, or η left the numbers. Nothing is clipped.
    """
    found: list[Update] = []
    while len(found) <= updates and not (cancelled and cancelled()):
        here = meta_gradient(task, np.array([eta]))
        slope = float((here.log_slope if of_log else here.slope)[0])
        found.append(Update(eta, float(here.loss[0]), slope))
        if progress:
            progress(len(found), updates + 1)
        with np.errstate(over="ignore", under="ignore"):
            eta = float(eta * np.exp(-pace * slope))
        if not (np.isfinite(slope) and np.isfinite(eta) and eta > 0):
            break
    return tuple(found)
