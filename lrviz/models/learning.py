"""What policies learn within so many steps of their environment, and how steadily."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.iterate import Iterate, iterate
from lrviz.models.reinforce import Reinforce
from lrviz.optimizers import Optimizer
from lrviz.schedules import Schedule

FELL = 0.5
"""A seed fell where its mean return over the last part is below this share of its best."""
LAST_PART = 0.25
"""Of the steps taken in the environment."""
IN_A_ROW = 5
"""A seed's best is the mean return of so many updates in a row: of a single one it would be luck."""
KEPT = 25
"""So many policies are kept, evenly over the steps taken in the environment."""


@dataclass(frozen=True, eq=False)
class Learned:
    """S seeds of one run after 0 … K − 1 updates; NaN from a blow-up on."""

    taken: Array
    """(K, S): steps taken in the environment by the end of these episodes."""
    returns: Array
    """(K, S): the mean return of the episodes that the next update is made of."""
    entropy: Array
    """(K, S): of the policy over these episodes, in nats."""
    eta: Array
    """(K − 1,): the rate of each update."""
    moved: Array
    """(K − 1, S): how far it moved θ."""
    policies: Array
    """(KEPT, dim, S): θ when it had first learned from 0, …, all of the steps; the latest where that is to come."""
    updates: NDArray[np.int64]
    """(KEPT,): how many updates made them."""

    @cached_property
    def steps(self) -> Array:
        """(K,): steps taken in the environment, the mean over the seeds."""
        return self.taken.mean(axis=1)

    @cached_property
    def mean(self) -> Array:
        """(K,): the mean return over the seeds."""
        return self.returns.mean(axis=1)

    @cached_property
    def error(self) -> Array:
        """(K,): the standard error of that mean."""
        return self.returns.std(axis=1, ddof=1) / np.sqrt(self.returns.shape[1])

    def passes(self, wanted: float) -> float:
        """Steps in the environment by which the mean return over the seeds first is at least this; NaN where never."""
        above = np.flatnonzero(self.mean >= wanted)
        return float(self.steps[above[0]]) if above.size else np.nan

    @cached_property
    def late(self) -> Array:
        """(S,): the mean return over the updates of the last part."""
        return self.returns[self.steps >= (1 - LAST_PART) * self.steps[-1]].mean(axis=0)

    @cached_property
    def best(self) -> Array:
        """(S,): the best mean return of `IN_A_ROW` updates, or of all where there are fewer."""
        windows = np.lib.stride_tricks.sliding_window_view(self.returns, min(IN_A_ROW, len(self.returns)), axis=0)
        return np.fmax.reduce(windows.mean(axis=-1), axis=0)

    @cached_property
    def fell(self) -> NDArray[np.bool_]:
        """(S,): whether each seed ended far below its best, without blowing up."""
        return self.late < FELL * self.best

    @property
    def blew_up(self) -> NDArray[np.bool_]:
        """(S,): whether each seed's θ has gone beyond all bounds."""
        return np.isnan(self.returns[-1])


class Learner:
    """A run that learns, all the problem's seeds side by side, until a seed has taken `budget` steps on average."""

    def __init__(self, problem: Reinforce, optimizer: Optimizer, schedule: Schedule, budget: int) -> None:
        seeds = len(problem.seeds)
        most = budget // problem.episodes + 1  # an episode takes a step at least
        self._problem, self._budget = problem, budget
        self._iterates = iterate(problem, optimizer, schedule, problem.starts(seeds), most)
        self._now: Iterate = next(self._iterates)
        self._rows: dict[str, list[Array]] = {name: [] for name in ("taken", "returns", "entropy", "eta", "moved")}
        self._policies: list[tuple[Array, int]] = []
        self._taken = np.zeros(seeds)
        self.is_done = False
        """Whether there is nothing more to come."""
        self._look()

    @property
    def spent(self) -> float:
        """Steps taken in the environment, the mean over the seeds."""
        return float(self._taken.mean())

    def update(self) -> None:
        """One update of θ, and the episodes of the next."""
        before, after = self._now, next(self._iterates, None)
        if after is None:  # all blew up
            self.is_done = True
            return
        self._now, change = after, after.theta - before.theta
        self._rows["eta"].append(np.asarray(after.eta, dtype=np.float64))
        self._rows["moved"].append(np.where(after.alive, np.sqrt((change * change).sum(axis=0)), np.nan))
        self._look()

    def _look(self) -> None:
        now, (played,) = self._now, self._problem.log
        while len(self._policies) < KEPT and self.spent >= self._budget * len(self._policies) / (KEPT - 1):
            self._policies.append((now.theta, now.t))
        self._taken = self._taken + played.steps
        self._rows["taken"].append(self._taken)
        self._rows["returns"].append(np.where(now.alive, -now.loss, np.nan))
        self._rows["entropy"].append(np.where(now.alive, played.entropy, np.nan))
        self.is_done = self.spent >= self._budget

    def learned(self) -> Learned:
        """What there is so far."""
        latest = (self._now.theta, self._now.t)
        kept = [*self._policies, *[latest] * (KEPT - len(self._policies))]
        shape = (-1, len(self._taken))
        rows = {name: np.array(row) for name, row in self._rows.items()}
        return Learned(
            **rows | {"moved": rows["moved"].reshape(shape)},
            policies=np.array([theta for theta, _ in kept]),
            updates=np.array([t for _, t in kept]),
        )
