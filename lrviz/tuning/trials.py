"""What a search tries, what it spends on that, and how it asks for it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from lrviz.declare import Array
from lrviz.tuning.measure import Measure
from lrviz.tuning.space import Space
from lrviz.tuning.task import ETA, Course, Task


@dataclass(frozen=True)
class Trial:
    """One run, or one stretch of a run that halving let go on."""

    values: dict[str, float]
    """{number: value}: "eta" first."""
    loss: float
    """At its end, without noise; +inf where it blew up."""
    evaluations: int
    """What it cost: one that blew up costs no more than it ran."""
    spent: int
    """What the search had spent after it."""
    steps: int
    """How far the run has come: the task's steps, or fewer where halving looked at it on the way."""


@dataclass(frozen=True)
class Belief:
    """What the Gaussian process believes before one of its proposals, over η; where a second number is searched too,
    along the line on which that number is the proposal's."""

    known: int
    """It follows from so many trials."""
    eta: Array
    """(m,), evenly spaced in log η."""
    mean: Array
    deviation: Array
    """(m,): in the search's measure; lower is better."""
    acquisition: Array
    """(m,): the expected improvement on the best so far, in the measure. Its highest place is tried next."""
    proposal: float
    """The η that is tried next."""


@dataclass(frozen=True)
class Setting:
    """What all methods are given alike."""

    task: Task
    space: Space
    budget: int
    """Gradient and loss evaluations that may be spent."""
    a_step: int
    """Evaluations that a step takes, by what the first one does."""
    measure: Measure

    @property
    def a_run(self) -> int:
        """Evaluations that a run takes that does not blow up."""
        return self.a_step * self.task.steps


@dataclass
class Ledger:
    """What one search has found so far, and what it may still spend."""

    budget: int
    spent: int = 0
    trials: list[Trial] = field(default_factory=list)
    beliefs: list[Belief] = field(default_factory=list)
    is_over: bool = False
    """Whether the budget ended in the middle of a run."""

    @property
    def left(self) -> int:
        return self.budget - self.spent

    def note(self, values: dict[str, Array], loss: Array, evaluations: Array, steps: int) -> None:
        """Enter what some runs came to, (n,) each, in their order.

        One that spends more than is left was cut short by the end of the budget: its loss is not known.
        """
        for i, cost in enumerate(evaluations.astype(int).tolist()):
            if self.is_over or cost > self.left:
                self.is_over, self.spent = True, self.budget
                return
            self.spent += cost
            point = {name: float(each[i]) for name, each in values.items()}
            self.trials.append(Trial(point, float(loss[i]), cost, self.spent, steps))


@dataclass(frozen=True)
class Ask:
    """Runs that a method wants to see: {number: (n,)}, and after which steps it looks at them."""

    values: dict[str, Array]
    at: tuple[int, ...]


Plan: TypeAlias = Generator[Ask, Course, None]
"""A search under way: it asks for runs and is sent what became of them, so that many searches' runs go side by side."""
Method: TypeAlias = Callable[[Setting, Ledger, np.random.Generator], Plan]


def setting(task: Task, space: Space, measure: Measure, budget: int) -> Setting:
    """A ValueError where not even one run fits into the budget."""
    low = space.dimensions[0].low
    a_step = int(task.course({ETA: np.array([low])}, at=[1]).evaluations[0, 0])
    kind = Setting(task, space, budget, a_step, measure)
    if budget < kind.a_run:
        raise ValueError(
            f"a budget of {budget:,} evaluations is less than one run takes: {task.steps:,} steps cost {kind.a_run:,}"
        )
    return kind
