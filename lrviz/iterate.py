"""The only loop: it steps any optimizer with any schedule on any surface, and knows none of them by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.noise import Noise, draws
from lrviz.optimizers import Optimizer, State
from lrviz.schedules import Schedule
from lrviz.surfaces import Surface

FAR = 1e6
"""A particle is frozen as blown up when it is so many box diagonals from the middle of the box; for one that starts
farther away than a diagonal, when it is so many times its first distance away."""


class SampledOracle:
    """Answers an optimizer's questions within one step, with that step's noise, and counts them.

    A gradient or a loss counts as one evaluation, a Hessian in d dimensions as d (it takes d gradient-like passes).
    The true values at the current iterate are handed in, so that the common question costs nothing twice.
    """

    def __init__(self, surface: Surface, at: Array, loss: Array, grad: Array, xi: Array | None) -> None:
        self._surface, self._at, self._loss, self._grad, self._xi = surface, at, loss, grad, xi
        self.evaluations = 0

    def loss(self, theta: Array) -> Array:
        self.evaluations += 1
        loss = self._loss if theta is self._at else self._surface.loss(theta)
        return loss if self._xi is None else loss + np.sum(self._xi * theta, axis=0)

    def grad(self, theta: Array) -> Array:
        self.evaluations += 1
        grad = self._grad if theta is self._at else self._surface.grad(theta)
        return grad if self._xi is None else grad + self._xi

    def hess(self, theta: Array) -> Array:
        self.evaluations += len(theta)
        return self._surface.hess(theta)


@dataclass(frozen=True)
class Iterate:
    """Where a batch of B particles stands at step t. Frozen particles keep their last finite values."""

    t: int
    theta: Array
    """(dim, B)"""
    loss: Array
    """(B,): the true loss, without noise."""
    grad: Array
    """(dim, B): the true gradient, without noise."""
    state: State
    """The optimizer's memory."""
    eta: Array | None
    """(B,) or (): the rate that led here from t − 1; None at t = 0."""
    present: NDArray[np.bool_]
    """(B,): whether this step was taken; False from the first one on whose outcome is not finite."""
    alive: NDArray[np.bool_]
    """(B,): whether a further step will be taken; False from the step on at which a particle blew up."""
    evaluations: NDArray[np.int64]
    """(B,): gradient and loss evaluations spent so far."""


def iterate(
    surface: Surface,
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
    theta = start
    middle, diagonal = extent(surface)
    samples = draws(seed, len(theta), steps) if noise is not None else None
    with np.errstate(all="ignore"):
        followed = FAR * np.maximum(diagonal, np.hypot(*(start - middle)))
        loss, grad = surface.loss(theta), surface.grad(theta)
        state, memory = optimizer.init(theta), schedule.init(loss)
        alive = np.isfinite(loss) & _all_finite(grad)
    present = np.ones(theta.shape[1:], dtype=bool)
    spent = np.zeros(theta.shape[1:], dtype=np.int64)
    yield Iterate(0, theta, loss, grad, state, None, present, alive, spent)
    for t in range(1, steps + 1):
        if not alive.any():
            return
        with np.errstate(all="ignore"):
            xi = noise.xi(next(samples)) if noise is not None and samples is not None else None
            oracle = SampledOracle(surface, theta, loss, grad, xi)
            eta, memory = schedule.step(t - 1, loss, memory)
            new_theta, new_state = optimizer.step(t, eta, theta, oracle, state)
            new_loss, new_grad = surface.loss(new_theta), surface.grad(new_theta)
            finite = np.isfinite(new_loss) & _all_finite(new_theta, new_grad, *new_state.values())
            gone = np.hypot(*(new_theta - middle)) > followed
        spent = spent + oracle.evaluations * alive
        present = alive & finite
        alive = present & ~gone
        if present.all():
            theta, loss, grad, state = new_theta, new_loss, new_grad, new_state
        else:
            theta, grad = np.where(present, new_theta, theta), np.where(present, new_grad, grad)
            loss = np.where(present, new_loss, loss)
            state = {name: np.where(present, new_state[name], state[name]) for name in state}
        yield Iterate(t, theta, loss, grad, state, np.asarray(eta), present, alive, spent)


def extent(surface: Surface) -> tuple[Array, float]:
    """The middle of the surface's box, (dim, 1), and the length of its diagonal."""
    low, high = np.array(surface.box).T
    return ((low + high) / 2)[:, None], float(np.hypot(*(high - low)))


def batch_size(start: Array, seed: int | Array, *parts: Surface | Optimizer | Schedule | Noise | None) -> int | None:
    """The B that all arrays among start, seed and hyperparameters agree on; None where there are none of them."""
    declared = chain.from_iterable(part.batch_shapes() for part in parts if part is not None)
    shapes = [start.shape[1:], np.shape(seed), *declared]
    batched = {shape for shape in shapes if shape}
    if (0,) in batched:
        raise ValueError("start, seed or a hyperparameter is an empty row: there is no particle to run")
    if any(len(shape) > 1 for shape in batched) or len(batched - {(1,)}) > 1:
        raise ValueError(f"start, seed and hyperparameters differ in their batch: {sorted(batched)}")
    return max(shape[0] for shape in batched) if batched else None


def _all_finite(*arrays: Array) -> NDArray[np.bool_]:
    """Whether all coordinates of each particle are finite: a sum is finite only if its terms are."""
    return np.isfinite(sum(array.sum(axis=0) if array.ndim > 1 else array for array in arrays))
