"""The learning rate range test: one run in which η rises, and what is read off its losses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.noise import Noise, check, numbers
from lrviz.numerals import count, rounded
from lrviz.optimizers import Optimizer
from lrviz.problem import Problem
from lrviz.simulation import simulate
from lrviz.surfaces import Surface
from lrviz.theory import has_limit, local_curvature, stability_limit
from lrviz.tuning.growth import Growth, growth
from lrviz.tuning.ramp import Ramp
from lrviz.tuning.rules import RULES, Suggestion

EDGE = "edge of stability"
"""The name of the rule that reads theory, and not the curve."""
FIRST_SHARE, LAST = 10, 5
"""What the rules do not see, as in fastai: the first tenth of the ramp, where the smoothed loss is still the mean of a
few, and the last five steps before the stop, where it is already on its way up."""


@dataclass(frozen=True)
class RangeTest:
    """What one run with a rising η has seen, until it blew up or the ramp ended: n steps.

    Step t begins at θ_t, sees the loss there and goes on with η_t. So a loss stands over the rate that is *about* to
    act; all smaller rates have made it.
    """

    problem: Problem
    optimizer: Optimizer
    ramp: Ramp
    noise: Noise | None
    smoothing: float
    stop: float
    eta: Array
    """(n,)"""
    loss: Array
    """(n,): what the learner sees: under noise the loss of that step's sample (its minibatch), else the true one."""
    true: Array
    """(n,): the loss without noise, and of all examples where each step sees a minibatch."""
    theta: Array
    """(dim, n)"""
    smoothed: Array
    """(n,): the bias-corrected moving average of `loss`."""
    stopped: int | None
    """The step at which the smoothed loss is above `stop` × its least so far, where the test ends in practice; the
    rules see nothing after it. None where it never is. Of a least that is not above 0 no multiple means anything."""

    @cached_property
    def edge(self) -> float:
        """The first η at which the loss without noise is above `stop` × that at the start; NaN where there is none.

        The loss without noise: one hard example is no blow-up. NaN, too, where the first loss is not above 0. Where the
        run ended before such a loss was seen, since the next was not even a number, it is the last rate.
        """
        step = self.edge_step
        return np.nan if step is None else float(self.eta[step])

    @cached_property
    def edge_step(self) -> int | None:
        if not self.true[0] > 0:
            return None
        above = np.flatnonzero(self.true > self.stop * self.true[0])
        blew_up = len(self.eta) < self.ramp.steps
        return int(above[0]) if above.size else len(self.eta) - 1 if blew_up else None

    @cached_property
    def read(self) -> slice:
        """The steps that the rules see."""
        end = len(self.eta) if self.stopped is None else self.stopped + 1
        first = int(self.ramp.steps) // FIRST_SHARE
        return slice(first, max(end - LAST, first))

    @property
    def read_sentence(self) -> str:
        """Which steps the rules see, in words."""
        first, end = self.read.start, self.read.stop
        without = f"without the first tenth of the ramp, and without the last {LAST} of the test"
        if end <= first:
            return f"The test is too short for the rules: nothing is left {without}."
        return f"The rules read steps {count(first)} to {count(end - 1)}: {without}."

    @property
    def is_false_stop(self) -> bool:
        """Whether only the noise in the losses stopped it: without that, the same rule goes on at this step."""
        if self.stopped is None or self.loss is self.true:
            return False
        seen = smooth(self.true[: self.stopped + 1], self.smoothing)
        return not seen[-1] > self.stop * seen.min()

    @cached_property
    def found(self) -> dict[str, Suggestion]:
        """What each rule proposes, and why."""
        eta, smoothed = self.eta[self.read], self.smoothed[self.read]
        told = {name: rule(eta, smoothed) for name, rule in RULES.items()}
        return told | {EDGE: self.limit}

    @property
    def suggestions(self) -> dict[str, float]:
        """{rule: η}, NaN where the rule is not defined."""
        return {name: one.eta for name, one in self.found.items()}

    @property
    def sentences(self) -> dict[str, str]:
        """{rule: why its η is there, or why there is none}."""
        return {name: one.sentence for name, one in self.found.items()}

    @cached_property
    def rest(self) -> Array:
        """(dim,): the minimum nearest to where the test saw its least loss without noise; NaN where none is known."""
        lowest: Array = self.theta[:, np.argmin(self.true)]
        if isinstance(self.problem, Surface):
            return self.problem.nearest_minimum(lowest)
        return np.full_like(lowest, np.nan)

    @cached_property
    def limit(self) -> Suggestion:
        """The rate beyond which theory says that runs leave the minimum, by the curvature there.

        Not read off the curve. On a quadratic it is exact; else it is that of the minimum nearest to where the test saw
        its least loss: local, and for small deviations.
        """
        if not has_limit(self.optimizer):
            why = f"{self.optimizer.no_limit}, so theory has no closed limit on its η"
            return Suggestion(np.nan, f"{self.optimizer.title} {why}.")
        surface = self.problem
        if not isinstance(surface, Surface):
            return Suggestion(np.nan, "Theory does not know the curvature of this problem.")
        if surface.beyond_theory:
            return Suggestion(np.nan, f"On {surface.title} {surface.beyond_theory}: theory has no limit there.")
        if not np.isfinite(self.rest).all():
            return Suggestion(np.nan, f"{surface.title} has no minimum whose curvature would set a limit.")
        curvature = float(local_curvature(surface, self.rest))
        if np.isnan(curvature):
            return Suggestion(np.nan, f"{surface.title} has a kink at its minimum, and no curvature there.")
        limit = float(stability_limit(self.optimizer, curvature))
        if not 0 < limit < np.inf:
            return Suggestion(np.nan, f"The curvature is {rounded(curvature)}: it sets no limit.")
        where = "" if surface.constant_hessian else " at the nearest minimum, and only near it"
        return Suggestion(
            limit, f"Theory: with a curvature of {rounded(curvature)}{where}, runs grow beyond η = {rounded(limit)}."
        )

    @cached_property
    def growth(self) -> Growth | None:
        """From theory's limit to the edge; None where theory has no limit, or where the ramp ends below it."""
        return growth(self) if self.limit.eta < self.eta[-1] and self.true[0] > 0 else None


def range_test(
    problem: Problem,
    optimizer: Optimizer,
    eta: tuple[float, float] = (1e-5, 10.0),
    steps: int = 200,
    *,
    linear: bool = False,
    smoothing: float = 0.98,
    stop: float = 4.0,
    start: Sequence[float] | None = None,
    noise: Noise | None = None,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RangeTest:
    """Let η rise from eta[0] to eta[1] within so many steps of one run, and record the losses.

    linear: in a straight line, as Smith has it, else by the same factor each step. smoothing: β of the bias-corrected
    average, 0.98 in fastai (pytorch-lr-finder's default is 0.95, its average begins at the first loss and is not
    corrected). stop: the test ends when the smoothed loss is above so many times its least, 4 in fastai (5 in
    pytorch-lr-finder); here the run goes on, for all to see, and `stopped` says where that was.
    progress: on a problem that is no surface, is told after each step how many are done, of how many; cancelled: when
    it says so, the test ends there. ValueError where an argument is not legal. Source: Smith (2017), Cyclical learning
    rates for training neural networks, WACV; Smith (2018), arXiv:1803.09820.
    """
    check(noise, problem)
    low, high = eta
    if not low < high:
        raise ValueError(f"the range of η from {low} to {high} is empty")
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing (β) = {smoothing} is outside [0, 1)")
    if not stop > 1:
        raise ValueError(f"stop = {stop} is not above 1")
    ramp = Ramp(low, high, steps, linear)
    origin = np.asarray(problem.start if start is None else start, dtype=np.float64)
    theta, seen = _run(problem, optimizer, ramp, origin, steps, noise, seed, progress, cancelled)
    loss, true = seen, _whole(problem, theta) if problem.at(0) is not problem else seen
    if noise is not None:
        z = numbers(noise, problem, seed, steps)[: len(seen)].T
        with np.errstate(all="ignore"):
            loss = seen + noise.loss(z, theta)
    rates = np.asarray(ramp(np.arange(float(len(true)))), dtype=np.float64)
    smoothed = smooth(loss, smoothing)
    return RangeTest(
        problem, optimizer, ramp, noise, smoothing, stop, rates, loss, true, theta, smoothed, _stopped(smoothed, stop)
    )


def _run(
    problem: Problem,
    optimizer: Optimizer,
    ramp: Ramp,
    start: Array,
    steps: int,
    noise: Noise | None,
    seed: int,
    progress: Callable[[int, int], object] | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[Array, Array]:
    """θ, (dim, n), and the loss that each step saw there, (n,), of its minibatch or the whole, until the run ends."""
    if isinstance(problem, Surface):  # by the recorded formulas: twenty times as fast, and equal to the last bit
        run = simulate(problem, optimizer, ramp, start=start, steps=steps - 1, noise=noise, seed=seed)
        seen = np.isfinite(run.loss)
        return run.theta[seen].T, run.loss[seen]
    kept = []
    for it in iterate(problem, optimizer, ramp, start[:, None], steps - 1, noise, seed):
        if it.present.all():
            kept.append(it)
        if progress:
            progress(it.t + 1, steps)
        if cancelled and cancelled():
            break
    return np.concatenate([it.theta for it in kept], axis=1), np.concatenate([it.loss for it in kept])


def _whole(problem: Problem, theta: Array) -> Array:
    """The loss on all examples along a path, (dim, n) → (n,)."""
    # A few places at a time: of all at once the layers of a network would fill the memory.
    with np.errstate(all="ignore"):
        each = [problem.loss(theta[:, first : first + _AT_ONCE]) for first in range(0, theta.shape[1], _AT_ONCE)]
    return np.concatenate(each)


_AT_ONCE = 8


def smooth(values: Array, beta: float) -> Array:
    r"""The bias-corrected moving average, (n,) → (n,): $(1 - β) \sum_s β^{t - s} x_s / (1 - β^{t + 1})$.

    As fastai's `AvgSmoothLoss`, and as Adam corrects its m. Source: Kingma & Ba (2015), section 3.
    """
    average, power, told = 0.0, 1.0, []
    for value in values.tolist():
        average = beta * average + (1 - beta) * value
        power *= beta
        told.append(average / (1 - power))
    return np.array(told)


def _stopped(smoothed: Array, stop: float) -> int | None:
    best = np.minimum.accumulate(smoothed)
    above = np.flatnonzero((best > 0) & (smoothed > stop * best))
    return int(above[0]) if above.size else None
