"""What is tuned: an optimizer on a problem, judged by the loss at the end of so many steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.declare import Array, Hyper
from lrviz.iterate import iterate
from lrviz.noise import Noise, check
from lrviz.optimizers import Optimizer, numbers, with_number
from lrviz.problem import Problem
from lrviz.schedules import Constant, Schedule, Warmup

ETA = "eta"


@dataclass(frozen=True)
class Course:
    """How B runs stand after some numbers of steps."""

    loss: Array
    """(len(at), B): without noise, on the data for validation where there are such; +inf from a blow-up on."""
    evaluations: Array
    """(len(at), B): gradient and loss evaluations spent by then."""


@dataclass(frozen=True)
class Task:
    """What is tuned. start: the problem's own where None. ValueError where these do not go together."""

    problem: Problem
    optimizer: Optimizer
    steps: int
    schedule: Schedule = Constant()
    """Its `eta` is what is tuned; the rest of it stays."""
    start: tuple[float, ...] | None = None
    noise: Noise | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check(self.noise, self.problem)
        if not isinstance(self.steps, int | np.integer) or self.steps < 1:
            raise ValueError(f"steps = {self.steps} is not a whole number of at least 1")

    @property
    def origin(self) -> Array:
        """(dim,): where its runs start."""
        return np.asarray(self.problem.start if self.start is None else self.start, dtype=np.float64)

    def judge(self, theta: Array) -> Array:
        """The loss that counts, (dim, ...) → (...): on the data for validation where there are such."""
        with np.errstate(all="ignore"):  # a run may have come so far out that a square overflows
            return self.problem.validation(theta)

    @property
    def first_loss(self) -> float:
        """The loss that counts at the start."""
        with np.errstate(all="ignore"):  # so far out it may overflow
            return float(self.judge(self.origin))

    @property
    def lowest_loss(self) -> float:
        """The loss at the best minimum; NaN where none is known."""
        minima = self.problem.minima
        return float(self.judge(np.array(minima[0]))) if minima else np.nan

    def number(self, name: str) -> Hyper:
        """The declaration of a number that may be tuned: "eta", or one of the optimizer's. ValueError for another."""
        inner = self.schedule.schedule if isinstance(self.schedule, Warmup) else self.schedule
        (eta,) = (declared for declared in inner.hypers() if declared.name == ETA)
        offered = {ETA: eta} | numbers(self.optimizer)
        if name not in offered:
            raise ValueError(f"{self.optimizer.title} has no number {name!r} to tune; it has: {', '.join(offered)}")
        return offered[name]

    def course(self, over: Mapping[str, Array], at: Sequence[int] = (), seeds: Array | None = None) -> Course:
        """Run side by side what differs by some numbers.

        over: {number: (B,)}. at: after which numbers of steps to look, rising; by default after all of them. seeds:
        (B,) of the noise, the task's own for all by default: then the runs differ by nothing but the numbers.
        """
        rows = {name: np.asarray(values, dtype=np.float64) for name, values in over.items()}
        (count,) = np.broadcast_shapes(*(values.shape for values in rows.values()))
        schedule, optimizer = self.schedule, self.optimizer
        for name, values in rows.items():
            self.number(name)
            if name == ETA:
                schedule = schedule.with_eta(values)
            else:
                optimizer = with_number(optimizer, name, values)
        start = np.repeat(self.origin[:, None], count, axis=1)
        looks = list(at) or [self.steps]
        loss, evaluations = np.full((len(looks), count), np.inf), np.zeros((len(looks), count))
        drawn = self.seed if seeds is None else seeds
        row = 0
        for it in iterate(self.problem, optimizer, schedule, start, looks[-1], self.noise, drawn):
            if it.t == looks[row]:
                loss[row] = np.where(it.alive, self.judge(it.theta), np.inf)
                evaluations[row] = it.evaluations
                row += 1
        evaluations[row:] = it.evaluations  # none was left
        return Course(loss, evaluations)

    def losses(self, eta: Array, seeds: Array | None = None) -> Array:
        """The loss at the end at each rate, (B,) → (B,)."""
        return self.course({ETA: eta}, seeds=seeds).loss[-1]
