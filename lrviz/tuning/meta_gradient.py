"""The meta-gradient: the derivative of the loss at the end of a run by the logarithm of its learning rate.

It goes through the whole unrolled run: each step's θ depends on η directly and through the θ before, and both are
carried along. Sources: Franceschi et al. (2017), Forward and reverse gradient-based hyperparameter optimization, ICML;
backwards through the run: Maclaurin, Duvenaud & Adams (2015), Gradient-based hyperparameter optimization through
reversible learning, ICML.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.schedules import Schedule, Warmup
from lrviz.tuning.dual import Dual, Jump, slope, value
from lrviz.tuning.task import Task


@dataclass(frozen=True)
class MetaGradient:
    """What the loss at the end is at some rates, and how it changes with them."""

    eta: Array
    """(B,)"""
    loss: Array
    """(B,): as of `Task.losses`, +inf where a run blew up."""
    slope: Array
    """(B,): d loss / d log η. NaN where a run blew up, and everywhere if there is a reason."""
    reason: str
    """Why there is none, as a sentence; empty where there is."""
    jumps: tuple[Jump, ...] = ()
    """What was found in the run's formulas that jumps where η reaches some value."""

    @property
    def log_slope(self) -> Array:
        """(B,): d log loss / d log η, by how many percent the loss rises if η rises by one. NaN for a loss ≤ 0."""
        with np.errstate(all="ignore"):
            return np.where(self.loss > 0, self.slope / self.loss, np.nan)


def meta_gradient(
    task: Task,
    eta: Array,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MetaGradient:
    """The meta-gradient of a task at rates η, (B,), all in one run; the noise's draws are the same at each.

    It is taken of the formulas that every run uses. Where one of them compares, takes a sign or rounds what depends on
    η, the loss at the end jumps at some rates: then there is no meta-gradient, and the reason names what jumps.

    progress: is told how many steps are done, of how many. cancelled: whether to stop; no run has then arrived.
    """
    etas = np.asarray(eta, dtype=np.float64)
    jumps: list[Jump] = []
    # dη / d log η = η
    schedule = _with_eta(task.schedule.with_eta(etas), Dual(etas, etas, jumps))
    start = np.repeat(task.origin[:, None], len(etas), axis=1)
    problem = task.problem
    for it in iterate(problem, task.optimizer, schedule, start, task.steps, task.noise, task.seed):
        last = it
        if progress:
            progress(it.t, task.steps)
        if cancelled and cancelled():
            break
    with np.errstate(all="ignore"):
        judged = task.judge(last.theta)
        arrived = last.alive & (last.t == task.steps)
        loss = np.where(arrived, value(judged), np.inf)
        slopes = np.where(arrived & (not jumps), slope(judged), np.nan)
    return MetaGradient(etas, loss, slopes, _reason(jumps), tuple(jumps))


def central(task: Task, eta: Array, width: float = 1e-4) -> Array:
    """The same by central differences, (B,): the loss at η·e^±width, by Richardson's extrapolation from two widths.

    An independent way to it, with an error of its own: about width⁴ of the curve's fifth derivative, and the
    rounding of the losses over `width`.
    """
    etas = np.asarray(eta, dtype=np.float64)
    offsets = width * np.array([-1.0, -0.5, 0.5, 1.0])
    losses = task.losses((etas * np.exp(offsets)[:, None]).ravel()).reshape(4, -1)
    with np.errstate(invalid="ignore"):
        wide, narrow = (losses[3] - losses[0]) / (2 * width), (losses[2] - losses[1]) / width
        found: Array = (4 * narrow - wide) / 3
    return found


def _with_eta(schedule: Schedule, eta: Any) -> Schedule:
    """A copy with a rate of any kind: what checks a declared number cannot check one with a derivative."""
    changed = copy.copy(schedule)
    if isinstance(schedule, Warmup):
        object.__setattr__(changed, "schedule", _with_eta(schedule.schedule, eta))
    else:
        object.__setattr__(changed, "eta", eta)
    return changed


_DOES = {"sign": "takes the sign of", **dict.fromkeys(("less", "less_equal", "greater", "greater_equal"), "compares")}


def _reason(jumps: list[Jump]) -> str:
    if not jumps:
        return ""
    does = _DOES.get(jumps[0].operation, "rounds")
    return (
        f"{jumps[0].owner} {does} what depends on η: wherever that comes out otherwise the loss at the end jumps, so it"
        " has no meta-gradient"
    )
