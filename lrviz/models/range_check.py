"""A range test of a model beside real runs at fixed rates: is what it suggests any good?

A model has no minimum that is known, so a run is measured by the best of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.models.follow import follow
from lrviz.tuning.range_test import EDGE, RangeTest, range_test
from lrviz.tuning.task import Task

GOOD = 0.95
"""A rate is as good as the best where its run made at least this share of the way down that the best one made."""
SMOOTHING = 0.9
"""β of the test's average: with it the average looks back over ten steps of a ramp of some hundred."""
RATES = 9
"""So many fixed rates are run over the test's range, besides those that the test suggests."""


@dataclass(frozen=True)
class Checked:
    """A test, and what real runs come to. Shapes (E,)."""

    test: RangeTest
    eta: Array
    """Rising: those spread over the range, and the suggestions among them."""
    loss: Array
    """On the data for validation where there are such, after `steps` steps; +inf where a run blew up."""
    start: float
    """The same at the start."""
    steps: int

    @property
    def best(self) -> int:
        """The index of the rate whose run ends lowest."""
        return int(np.argmin(self.loss))

    def share(self, loss: float) -> float:
        """How much of the way down that the best run made one made that ends with this loss: −inf where it blew up,
        NaN where the best made none."""
        way = self.start - float(self.loss[self.best])
        return (self.start - loss) / way if way > 0 else np.nan

    def is_good(self, loss: float) -> bool:
        """Whether it made nearly all of it."""
        return self.share(loss) >= GOOD

    @property
    def suggested(self) -> dict[str, float]:
        """What the rules that read the curve suggest, {rule: η}, where they suggest anything."""
        return {name: eta for name, eta in self.test.suggestions.items() if name != EDGE and 0 < eta < np.inf}

    def at(self, eta: float) -> float:
        """The loss at a rate that was run. ValueError where it was not."""
        return float(self.loss[self.eta.tolist().index(eta)])


def check(
    task: Task,
    eta: tuple[float, float],
    steps: int,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Checked:
    """Make the test on a ramp of so many steps, then the task itself, side by side, at rates over the range.

    progress: is told how many steps are done, of how many, of ramp and runs. cancelled: when it says so, both end where
    they are.
    """
    total = steps + task.steps

    def ramp(done: int, _: int) -> None:
        if progress:
            progress(done, total)

    def real(done: int, _: int) -> None:
        if progress:
            progress(steps + done, total)

    tested = range_test(
        task.problem,
        task.optimizer,
        eta,
        steps,
        smoothing=SMOOTHING,
        start=task.start,
        noise=task.noise,
        seed=task.seed,
        progress=ramp,
        cancelled=cancelled,
    )
    read = [one for name, one in tested.suggestions.items() if name != EDGE and 0 < one < np.inf]
    rates = np.unique([*np.geomspace(*eta, RATES), *read])
    runs = follow(
        task.problem,
        task.optimizer,
        task.schedule.with_eta(rates),
        np.repeat(task.origin[:, None], len(rates), axis=1),
        [0, task.steps],
        {"loss": task.judge},
        noise=task.noise,
        seed=task.seed,
        progress=real,
        cancelled=cancelled,
    )
    first, end = runs.values["loss"][0, 0], runs.values["loss"][-1]
    return Checked(tested, rates, np.where(np.isfinite(end), end, np.inf), float(first), task.steps)
