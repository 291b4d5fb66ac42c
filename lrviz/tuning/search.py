"""The searches for η by one and the same budget of gradient evaluations: grid, random, Bayesian, successive halving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.problem import Problem
from lrviz.schedules import Constant, Schedule
from lrviz.tuning.gaussian import bayesian
from lrviz.tuning.grid_and_random import grid, random
from lrviz.tuning.halving import halving
from lrviz.tuning.measure import Measure, measure
from lrviz.tuning.space import space
from lrviz.tuning.task import Course, Task
from lrviz.tuning.trials import Ask, Belief, Ledger, Method, Plan, Setting, Trial, setting

METHODS: dict[str, Method] = {"grid": grid, "random": random, "bayesian": bayesian, "halving": halving}

AT_ONCE = 4096
"""Runs that go side by side; between two such batches it can be stopped."""

Progress = Callable[[int, int], object]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Search:
    """What one search tried, in its order, and what it found."""

    method: str
    trials: tuple[Trial, ...]
    steps: int
    """Of a whole run."""
    budget: int
    measure: Measure
    beliefs: tuple[Belief, ...] = ()
    """Of a Bayesian search: one before each proposal."""

    @property
    def best(self) -> Trial:
        """The whole run that ended lowest, the first where several did; where none was whole, of the longest ones."""
        longest = max(trial.steps for trial in self.trials)
        return min((trial for trial in self.trials if trial.steps == longest), key=lambda trial: trial.loss)

    @property
    def spent(self) -> Array:
        """(n,): evaluations spent after each trial."""
        return np.array([float(trial.spent) for trial in self.trials])

    @property
    def best_so_far(self) -> Array:
        """(n,): the lowest loss of a whole run by the end of each trial; +inf before there is one."""
        losses = [trial.loss if trial.steps == self.steps else np.inf for trial in self.trials]
        return np.minimum.accumulate(np.array(losses))


def search(
    problem: Problem,
    optimizer: Optimizer,
    method: str = "grid",
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
) -> Search:
    """Search the η whose run ends lowest after so many steps.

    method: "grid", "random", "bayesian" or "halving". eta: the range, log-spaced. also: the range of one other number
    of the optimizer, {name: (low, high)}, on its declared scale. budget: gradient and loss evaluations in all; a run
    costs what it really spent. seed: of the draws, and of the noise, which is the same in all trials, so that they
    differ by nothing but their numbers. progress: is told the evaluations spent and the budget. cancelled: is asked
    between two rounds whether to stop; what was found by then is returned. ValueError where it makes no sense.
    """
    kind = prepare(problem, optimizer, eta, also or {}, steps, budget, schedule, start, noise, seed)
    player = begin(kind, method, seed)
    play(kind, [player], progress, cancelled)
    ledger = player.ledger
    if not ledger.trials:
        raise ValueError(f"a budget of {budget:,} evaluations ended in the middle of the first run")
    return Search(method, tuple(ledger.trials), steps, budget, kind.measure, tuple(ledger.beliefs))


def prepare(
    problem: Problem,
    optimizer: Optimizer,
    eta: tuple[float, float],
    also: Mapping[str, tuple[float, float]],
    steps: int,
    budget: int,
    schedule: Schedule | None,
    start: tuple[float, ...] | None,
    noise: Noise | None,
    seed: int,
) -> Setting:
    """What the searches of one question have in common. ValueError, with a sentence, where it makes no sense."""
    task = Task(problem, optimizer, steps, schedule or Constant(), start, noise, seed)
    return setting(task, space(task, eta, also), measure(task), budget)


@dataclass
class Player:
    """One search under way."""

    plan: Plan
    ledger: Ledger
    seed: int
    ask: Ask


def begin(kind: Setting, method: str, seed: int) -> Player:
    """Begin a search; a ValueError where there is no such method."""
    if method not in METHODS:
        raise ValueError(f"there is no search {method!r}; there are: {', '.join(METHODS)}")
    ledger = Ledger(kind.budget)
    # The noise is drawn from the bare seed: what is tried must not have to do with it.
    plan = METHODS[method](kind, ledger, np.random.default_rng([seed, 1]))
    return Player(plan, ledger, seed, next(plan))


def play(
    kind: Setting, players: Sequence[Player], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> bool:
    """Play searches to their end in lockstep, their runs side by side; whether they came to it."""
    under_way, total = list(players), kind.budget * len(players)
    while under_way:
        going = []
        for batch in _batches(under_way):
            for player, course in zip(batch, _run(kind, batch), strict=True):
                try:
                    player.ask = player.plan.send(course)
                    going.append(player)
                except StopIteration:
                    pass
            if progress is not None:
                progress(sum(player.ledger.spent for player in players), total)
            if cancelled is not None and cancelled():
                return False
        under_way = going
    return True


def _batches(players: Sequence[Player]) -> list[list[Player]]:
    """Those who look at the same steps, together, but not too many runs at once."""
    batches: list[list[Player]] = []
    for player in sorted(players, key=lambda player: player.ask.at):
        last = batches[-1] if batches else []
        if last and last[0].ask.at == player.ask.at and sum(map(_size, last)) + _size(player) <= AT_ONCE:
            last.append(player)
        else:
            batches.append([player])
    return batches


def _size(player: Player) -> int:
    return len(player.ask.values["eta"])


def _run(kind: Setting, batch: Sequence[Player]) -> list[Course]:
    """What became of the runs that each asks for."""
    sizes = [_size(player) for player in batch]
    over = {name: np.concatenate([player.ask.values[name] for player in batch]) for name in batch[0].ask.values}
    seeds = None
    if kind.task.noise is not None:
        seeds = np.repeat([float(player.seed) for player in batch], sizes)
    course = kind.task.course(over, batch[0].ask.at, seeds)
    ends = np.cumsum(sizes)[:-1]
    parts = zip(np.split(course.loss, ends, axis=1), np.split(course.evaluations, ends, axis=1), strict=True)
    return [Course(loss, evaluations) for loss, evaluations in parts]
