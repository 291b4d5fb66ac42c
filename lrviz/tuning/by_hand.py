"""Tuning by hand, as people do it: run, look at what became of it, and try a larger or a smaller η.

The hints are the rules of thumb of that craft, each from the numbers of the run that it is about.
Source: Bengio (2012), Practical recommendations for gradient-based training of deep architectures, section 3.1.1: the
best rate is usually within a factor of two of the largest that does not diverge; Goodfellow, Bengio & Courville (2016),
Deep Learning, section 11.4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from lrviz.declare import Array
from lrviz.numerals import count, rounded
from lrviz.outcome import Outcome
from lrviz.simulation import simulate
from lrviz.surfaces import Surface
from lrviz.tuning.repeat import Estimate, Repeated
from lrviz.tuning.task import Task

Way = Literal["larger", "smaller", "between"]

CLOSE = 1.5
"""Two rates that are nearer to each other than by this factor are as good as one: their runs hardly differ."""
HARDLY = 0.5
"""A run that keeps more than this share of its loss has hardly moved: the next step may be tenfold."""
EARLY = 0.1
"""A run that blew up within this share of its steps is far beyond what it bears: the next step may be tenfold."""
LATE = 0.1
"""Whether a loss still falls is read off so large a share of the steps, the last of them."""
ENOUGH = "Hereabouts little is left to gain; a far larger or smaller η may be another story."


@dataclass(frozen=True)
class Attempt:
    """One run at one rate, and what became of it."""

    eta: float
    outcome: Outcome
    loss: Array
    """(steps + 1,): the loss after each step, without noise; NaN from a blow-up on."""
    end: float
    """What counts: the loss at the end, on the data for validation where there are such; +inf where it blew up."""
    evaluations: int
    """What it cost, of the gradient and the loss."""


@dataclass(frozen=True)
class Entry:
    """A line of the log: an attempt, and where the search stands after it."""

    attempt: Attempt
    spent: int
    best: float
    """The lowest loss at an end so far; +inf while every run blew up."""
    leads: bool
    """Whether this attempt is what set it."""


@dataclass(frozen=True)
class Hint:
    """What to try next, and why."""

    way: Way | None
    """None where there is little left to gain."""
    eta: float
    """Such a rate, to two digits; NaN where there is little left to gain."""
    sentence: str


def attempt(task: Task, eta: float) -> Attempt:
    """Run a task, of a surface, once at a rate. ValueError where the rate is none."""
    schedule = task.schedule.with_eta(eta)
    run = simulate(
        cast(Surface, task.problem),
        task.optimizer,
        schedule,
        start=task.start,
        steps=task.steps,
        noise=task.noise,
        seed=task.seed,
    )
    assert isinstance(run.outcome, Outcome)
    return Attempt(eta, run.outcome, run.loss, float(task.losses(np.array([eta]))[0]), int(run.evaluations))


def log(attempts: Sequence[Attempt]) -> tuple[Entry, ...]:
    """The attempts in their order, each with what had been spent and found after it."""
    entries: list[Entry] = []
    spent, best = 0, np.inf
    for one in attempts:
        spent, leads = spent + one.evaluations, one.end < best
        best = min(best, one.end)
        entries.append(Entry(one, spent, best, leads))
    return tuple(entries)


def hint(attempts: Sequence[Attempt]) -> Hint:
    """What to try after these attempts, of which there is at least one.

    Once worse attempts lie on both sides of the best, the wider gap beside it is halved; before that the run that was
    made last says in which direction to go.
    """
    by_rate = sorted(attempts, key=lambda one: one.eta)
    best = min(range(len(by_rate)), key=lambda i: by_rate[i].end)
    if 0 < best < len(by_rate) - 1 and np.isfinite(by_rate[best].end):
        return _around(*by_rate[best - 1 : best + 2])
    way, tenfold, why = symptom(attempts[-1])
    return _on(attempts, way, tenfold, why)


def _around(below: Attempt, best: Attempt, above: Attempt) -> Hint:
    """Where the best so far has worse ones on both sides."""
    known = f"The best so far, {rounded(best.eta)}, lies between {rounded(below.eta)} and {rounded(above.eta)}"
    gaps = best.eta / below.eta, above.eta / best.eta
    if max(gaps) <= CLOSE:
        return Hint(None, np.nan, f"{known}, which are no better and near it. {ENOUGH}")
    other = below if gaps[0] > gaps[1] else above
    eta = _readable(np.sqrt(best.eta * other.eta))
    return Hint("between", eta, f"{known}, which are no better. Halve the wider gap beside it: try {rounded(eta)}.")


def _on(attempts: Sequence[Attempt], way: Way, tenfold: bool, why: str) -> Hint:
    """In a direction from the last attempt: by a factor, but no more than halfway to what has been tried there."""
    eta = attempts[-1].eta
    factor = (10 if tenfold else 2) ** (1 if way == "larger" else -1)
    there = [one.eta for one in attempts if (one.eta > eta) == (way == "larger") and one.eta != eta]
    nearest = min(there, key=lambda other: abs(np.log(other / eta)), default=eta * factor**2)
    gap = nearest / eta
    if max(gap, 1 / gap) <= CLOSE:
        return Hint(None, np.nan, f"{why} But {rounded(nearest)}, beside it, has been tried. {ENOUGH}")
    following = _readable(eta * (min if way == "larger" else max)(factor, np.sqrt(gap)))
    return Hint(way, following, f"{why} Try a {way} η, such as {rounded(following)}.")


def symptom(one: Attempt) -> tuple[Way, bool, str]:
    """In which direction a run points, whether by a factor of ten, and what it is that says so."""
    loss, steps, kind = one.loss, len(one.loss) - 1, one.outcome.kind
    lived = int(np.flatnonzero(np.isfinite(loss))[-1])
    first, lowest, last = float(loss[0]), float(np.nanmin(loss)), float(loss[lived])
    if not np.isfinite(one.end):
        early = lived <= EARLY * steps
        return "smaller", early, f"It blew up at step {count(lived)} of {count(steps)}: its steps are too large."
    if kind == "diverged":
        return "smaller", False, f"It is growing, to {rounded(last)} from {rounded(lowest)}: its steps are too large."
    if kind == "oscillating":
        return "smaller", False, f"It goes to and fro, and ends at {rounded(last)}: its steps are too large to settle."
    if kind == "wandering":
        return "smaller", False, "It does not settle: how widely it roams grows and shrinks with η."
    if kind == "converged":
        step = one.outcome.step
        return "larger", False, f"It was there by step {count(step)} of {count(steps)}: a larger η may be there sooner."
    since = int((1 - LATE) * steps)
    then = float(loss[since])
    if last > then:
        return "smaller", False, f"From step {count(since)} on the loss rose, {rounded(then)} to {rounded(last)}."
    hardly = abs(first - last) < HARDLY * abs(first)
    if last < then:
        fell = f"the loss was still falling, {rounded(then)} to {rounded(last)}"
        return "larger", hardly, f"From step {count(since)} on {fell}: it ran out of steps."
    return "larger", hardly, f"It has come to a stop at {rounded(last)}."


def beaten(searches: Repeated, method: str, end: float) -> Estimate:
    """Which share of a method's searches found nothing lower than a loss, with its standard error.

    Those that found one that is alike, as far as the measure tells, count half.
    """
    found, mine = searches.measure(searches.best[method][:, -1]), searches.measure(np.array(end))
    each = (1 + np.sign(found - mine)) / 2
    return Estimate(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))))


def _readable(eta: float) -> float:
    return float(f"{eta:.1e}")
