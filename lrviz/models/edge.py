r"""Training at the edge of stability: the curvature along a run, beside the one that its rate can just bear.

On a quadratic, gradient descent diverges where λmax > 2/η. On a network trained by it with all data λmax grows until it
is there, and then stays near it, while the loss goes up and down and falls in the long run. Source: Cohen et al.
(2021), Gradient descent on neural networks typically occurs at the edge of stability, ICLR; for methods that divide by
a diagonal P, where it is the curvature λmax(P⁻¹H): Cohen et al. (2022), arXiv:2207.14484.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.iterate import Iterate, iterate
from lrviz.models.curvature import Top, largest_eigenvalue, random_vectors
from lrviz.optimizers import AdamW, Optimizer
from lrviz.schedules import Schedule
from lrviz.theory import added_curvature, preconditioned_limit, preconditioner


@dataclass(frozen=True, eq=False)
class EdgeRun:
    """B runs, as far as they went: T steps, and K looks at the curvature. NaN from a blow-up on."""

    loss: Array
    """(T + 1, B)"""
    looks: NDArray[np.int64]
    """(K,): the steps at which the curvature was measured."""
    curvature: Array
    """(K, B): λmax(P⁻¹H), where P is 1 for methods without adaptive rates. A weight decay in the gradient adds to H."""
    edge: Array
    """(K, B): the curvature that the rate of the next step can just bear; NaN for a method of which none is known."""
    blew_up: NDArray[np.int64]
    """(B,): at which step; −1 where it did not."""
    theta: Array
    """(dim, B): where they ended, or were last."""


def run_at_the_edge(
    problem: Any,
    optimizer: Optimizer,
    schedule: Schedule,
    start: Array,
    steps: int,
    looks: Collection[int],
    *,
    progress: Callable[[int, int], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seen: Callable[[EdgeRun], object] | None = None,
) -> EdgeRun:
    """So many steps on a problem with Hessian-vector products from `start`, (dim, B), all data in each.

    looks: the numbers of steps after which to measure the curvature. Hyperparameters are numbers or (B,). progress:
    is told after each step how many are done, of how many; cancelled: when it says so, what was seen by then is all
    there is; seen: is shown what there is so far, at each look.
    """
    losses: list[Array] = []
    measured: list[tuple[int, Array, Array]] = []
    blew_up = np.full(start.shape[1], -1)
    near = random_vectors(*start.shape)

    def now() -> EdgeRun:
        at, curvatures, edges = zip(*measured, strict=True)
        return EdgeRun(np.array(losses), np.array(at), np.array(curvatures), np.array(edges), blew_up.copy(), it.theta)

    for it in iterate(problem, optimizer, schedule, start, steps):
        blew_up = np.where(~it.alive & (blew_up < 0), it.t, blew_up)
        losses.append(np.where(it.alive, it.loss, np.nan))
        if it.t in looks:
            with np.errstate(all="ignore"):
                top = curvature(problem, optimizer, it, near)
                near = np.where(np.isfinite(top.vector), top.vector, near)
                eta, _ = schedule.step(it.t, it.loss, it.memory)
                edge = np.where(it.alive, preconditioned_limit(optimizer, it.state) / eta, np.nan)
            measured.append((it.t, np.where(it.alive, top.value, np.nan), edge))
            if seen:
                seen(now())
        if progress:
            progress(it.t, steps)
        if cancelled and cancelled():
            break
    return now()


def curvature(problem: Any, optimizer: Optimizer, it: Iterate, near: Array) -> Top:
    """λmax of what the optimizer steps on: P⁻½ H P⁻½, with P by its memory, and its weight decay.

    NaN before an adaptive method's first step. A method of which no P is known is taken as one with P = 1.
    AdamW's decay is outside P: it counts as in `theory.preconditioned_curvature`.
    """
    known = np.isfinite(preconditioned_limit(optimizer)).all()
    p = preconditioner(optimizer, it.theta, it.state) if known else np.ones_like(it.theta)
    root, decay = np.sqrt(p), added_curvature(optimizer)
    top = largest_eigenvalue(lambda v: problem.hvp(it.theta, v / root) / root + decay * v, near)
    if isinstance(optimizer, AdamW):
        outside = optimizer.weight_decay * (1 + optimizer.beta1) / (1 - optimizer.beta1)
        return top._replace(value=top.value + outside)
    return top
