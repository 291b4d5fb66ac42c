"""The only loop: it steps any optimizer with any schedule on any surface, and knows none of them by name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Declared, Number
from lrviz.lengths import length
from lrviz.noise import Noise, draws
from lrviz.optimizers import Optimizer, State
from lrviz.optimizers.optimizer import Asked
from lrviz.problem import Problem
from lrviz.schedules import Memory, Schedule

Bools: TypeAlias = NDArray[np.bool_]

FAR = 1e6
"""A particle is frozen as blown up when it is so many box diagonals from the middle of the box; for one that starts
farther away than a diagonal, when it is so many times its first distance away."""


class SampledOracle:
    """Answers an optimizer's questions within one step, with that step's noise, and counts them.

    A gradient or a loss counts as one evaluation, a Hessian in d dimensions as d (it takes d gradient-like passes).
    The true values at the current iterate are handed in, so that the common question costs nothing twice; `at` is None
    where they are not what the step sees.
    """

    def __init__(
        self, problem: Problem, at: Array | None, loss: Array, grad: Array, sample: tuple[Noise, Array] | None
    ) -> None:
        self._problem, self._at, self._loss, self._grad, self._sample = problem, at, loss, grad, sample
        self.evaluations: Any = 0

    def loss(self, theta: Array, asked: Asked = True) -> Array:
        self.evaluations = self.evaluations + asked
        loss = self._loss if theta is self._at else self._problem.loss(theta)
        if self._sample is None:
            return loss
        noise, z = self._sample
        return loss + noise.loss(z, theta)

    def grad(self, theta: Array, asked: Asked = True) -> Array:
        self.evaluations = self.evaluations + asked
        grad = self._grad if theta is self._at else self._problem.grad(theta)
        if self._sample is None:
            return grad
        noise, z = self._sample
        return grad + noise.grad(z, theta)

    def hess(self, theta: Array) -> Array:
        self.evaluations = self.evaluations + len(theta)
        hess = self._problem.hess(theta)
        if self._sample is None:
            return hess
        noise, z = self._sample
        return hess + noise.hess(z, theta)

    @property
    def infimum(self) -> Number:
        infimum: Number = self._problem.infimum
        return infimum


@dataclass(frozen=True)
class Iterate:
    """Where a batch of B particles stands at step t. Frozen particles keep their last finite values."""

    t: int
    theta: Array
    """(dim, B)"""
    loss: Array
    """(B,): the true loss, without noise; where each step sees a minibatch, that of the next one's, and the average
    where the problem is `averaged`."""
    grad: Array
    """(dim, B): the gradient of that loss."""
    state: State
    """The optimizer's memory."""
    memory: Memory
    """The schedule's memory."""
    eta: Number | None
    """(B,) or (): the rate that led here from t − 1; None at t = 0."""
    present: Bools
    """(B,): whether this step was taken; False from the first one on whose outcome is not finite."""
    alive: Bools
    """(B,): whether a further step will be taken; False from the step on at which a particle blew up."""
    evaluations: Array
    """(B,): gradient and loss evaluations spent so far."""
    reach: Array
    """(B,): how far from the middle of the box a particle is followed."""


def iterate(
    problem: Problem,
    optimizer: Optimizer,
    schedule: Schedule,
    start: Array,
    steps: int,
    noise: Noise | None = None,
    seed: int | Array = 0,
) -> Iterator[Iterate]:
    """Yield the iterates t = 0 … steps of a batch.

    start: (dim, B). Hyperparameters are numbers or (B,). A particle is frozen when θ, its loss, its gradient or its
    memory stops being finite, or when it is too `FAR` away; that last, finite point is still its own. The others go on;
    the loop ends early when none is left.
    """
    samples = draws(noise, problem, seed, steps) if noise is not None else None
    with np.errstate(all="ignore"):
        it = begin(problem, optimizer, schedule, start)
    yield it
    while it.t < steps and it.alive.any():
        with np.errstate(all="ignore"):
            it = advance(problem, optimizer, schedule, noise, it, next(samples) if samples is not None else None)
        yield it


def begin(problem: Problem, optimizer: Optimizer, schedule: Schedule, start: Array) -> Iterate:
    """The iterate t = 0."""
    center, diagonal = extent(problem)
    loss, grad = _told(problem, 0).loss_and_grad(start)
    alive = np.isfinite(loss) & _all_finite(grad)
    none = np.zeros_like(loss)
    return Iterate(
        t=0,
        theta=start,
        loss=loss,
        grad=grad,
        state=optimizer.init(start),
        memory=schedule.init(loss),
        eta=None,
        present=np.isfinite(none),
        alive=alive,
        evaluations=none,
        reach=FAR * np.maximum(diagonal, length(start - center)),
    )


def advance(
    problem: Problem, optimizer: Optimizer, schedule: Schedule, noise: Noise | None, it: Iterate, z: Array | None
) -> Iterate:
    """One step on. z: the numbers that this step's noise is made of, (k, B) or (k, 1).

    A pure function without a branch on a value: what it does may be recorded operation by operation.
    """
    t = it.t + 1
    sample = None if noise is None or z is None else (noise, z)
    known = None if problem.averaged else it.theta
    oracle = SampledOracle(problem.at(it.t), known, it.loss, it.grad, sample)
    eta, memory = schedule.step(it.t, it.loss, it.memory)
    theta, state = optimizer.step(t, eta, it.theta, oracle, it.state)
    theta = problem.project(theta)
    loss, grad = _told(problem, t).loss_and_grad(theta)
    present = it.alive & np.isfinite(loss) & _all_finite(theta, grad, *state.values())
    near = length(theta - middle(problem)) <= it.reach

    def kept(new: Array, old: Array) -> Array:
        return np.where(present, new, old)

    if isinstance(present, np.ndarray) and present.all():  # a batch of which all are present needs no choosing

        def kept(new: Array, old: Array) -> Array:
            return new

    return Iterate(
        t=t,
        theta=kept(theta, it.theta),
        loss=kept(loss, it.loss),
        grad=kept(grad, it.grad),
        state={name: kept(state[name], old) for name, old in it.state.items()},
        memory={name: memory[name] for name in it.memory},
        eta=eta,
        present=present,
        alive=present & near,
        evaluations=it.evaluations + oracle.evaluations * it.alive,
        reach=it.reach,
    )


def _told(problem: Problem, t: int) -> Problem:
    """The problem whose loss and gradient at θ_t are told."""
    return problem if problem.averaged else problem.at(t)


def extent(problem: Problem) -> tuple[Array, float]:
    """The middle of the problem's box, (dim, 1), and the length of its diagonal."""
    low, high = np.asarray(problem.box).T
    return middle(problem), math.hypot(*(high - low))


def middle(problem: Problem) -> Array:
    """The middle of the problem's box, (dim, 1)."""
    low, high = np.asarray(problem.box).T
    return ((low + high) / 2)[:, None]


def batch_size(start: Array, seed: int | Array, *parts: Declared | None) -> int | None:
    """The B that all arrays among start, seed and hyperparameters agree on; None where there are none of them."""
    declared = chain.from_iterable(part.batch_shapes() for part in parts if part is not None)
    shapes = [start.shape[1:], np.shape(seed), *declared]
    batched = {shape for shape in shapes if shape}
    if (0,) in batched:
        raise ValueError("start, seed or a hyperparameter is an empty row: there is no particle to run")
    if any(len(shape) > 1 for shape in batched) or len(batched - {(1,)}) > 1:
        raise ValueError(f"start, seed and hyperparameters differ in their batch: {sorted(batched)}")
    return max(shape[0] for shape in batched) if batched else None


def _all_finite(*arrays: Array) -> Bools:
    """Whether all coordinates of each particle are finite: a sum is finite only if its terms are."""
    return np.isfinite(sum(array.sum(axis=0) if array.ndim > 1 else array for array in arrays))
