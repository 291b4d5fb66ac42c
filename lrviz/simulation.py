"""`simulate`: what the loop yields, stacked into a `Trajectory`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lrviz.declare import Array, Number
from lrviz.iterate import Iterate, batch_size, iterate
from lrviz.judge import Judge
from lrviz.noise import Noise
from lrviz.optimizers import Optimizer
from lrviz.outcome import Outcome, outcomes
from lrviz.schedules import Constant, Schedule
from lrviz.surfaces import Surface

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Trajectory:
    """A run, or B of them side by side (then every array has a last axis of B). Rows after a blow-up are NaN."""

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    theta: Array
    """(steps + 1, dim)"""
    loss: Array
    """(steps + 1,): the true loss at each iterate, without noise."""
    grad: Array
    """(steps + 1, dim): the true gradient at each iterate, without noise."""
    eta: Array
    """(steps,): the rate that led from step t to t + 1; (steps, B) only where it differs between particles."""
    state: dict[str, Array]
    """What the optimizer remembers, by the paper's names: (steps + 1, dim) or (steps + 1,)."""
    outcome: Outcome | NDArray[np.object_]
    """What became of it: one Outcome, or an array of B."""
    evaluations: int | NDArray[np.int64]
    """Gradient and loss evaluations spent; what is only drawn is not counted."""

    @property
    def steps(self) -> int:
        return len(self.theta) - 1

    def to_frame(self) -> pd.DataFrame:
        """One row a step: step, x, y, loss, grad_x, grad_y, eta, then the state. For a single run."""
        import pandas as pd

        if self.theta.ndim > 2:
            raise ValueError(f"to_frame is for one run; this trajectory holds {self.theta.shape[-1]}")
        columns = {"step": np.arange(self.steps + 1)} | _coordinates("{}", self.theta)
        columns |= {"loss": self.loss} | _coordinates("grad_{}", self.grad)
        columns["eta"] = np.append(self.eta, np.nan)  # no step leads on from the last iterate
        for name, values in self.state.items():
            columns |= _coordinates(f"{name}_{{}}", values) if values.ndim > 1 else {name: values}
        return pd.DataFrame(columns)


def simulate(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule | Number,
    *,
    start: Sequence[float] | Array | None = None,
    steps: int,
    noise: Noise | None = None,
    seed: int | Array = 0,
) -> Trajectory:
    """Run an optimizer for so many steps and keep everything.

    schedule: a Schedule, or a number for a constant η. start: (dim,) or (dim, B), finite; the surface's own by default.
    Any hyperparameter, and the seed, may be an array of shape (B,): then B runs go side by side.
    Divergence is no error: the run ends with an Outcome that says so. ValueError where an argument is not legal.
    """
    schedule = schedule if isinstance(schedule, Schedule) else Constant(schedule)
    origin = np.asarray(surface.start if start is None else start, dtype=np.float64)
    if not np.isfinite(origin).all():
        raise ValueError(f"the start {origin.tolist()} is not finite")
    if origin.ndim not in (1, 2) or len(origin) != len(surface.box):
        raise ValueError(f"the start has shape {origin.shape}; it takes ({len(surface.box)},), or that by B particles")
    if not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"steps = {steps} is not a whole number of at least 1")
    if not np.issubdtype(np.asarray(seed).dtype, np.integer) or np.any(np.asarray(seed) < 0):
        raise ValueError(f"seed = {seed} is not a whole number of at least 0, or a row of them")
    batch = batch_size(origin, seed, surface, optimizer, schedule, noise)
    wide = np.broadcast_to(origin if origin.ndim == 2 else origin[:, None], (len(origin), batch or 1)).copy()
    judge = Judge(surface, optimizer, steps, noisy=noise is not None)
    path: list[Iterate] = []
    for iterate_ in iterate(surface, optimizer, schedule, wide, steps, noise, seed):
        judge.see(iterate_)
        path.append(iterate_)
    return _stack(surface, optimizer, schedule, steps, path, judge, batch)


def _stack(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule,
    steps: int,
    path: list[Iterate],
    judge: Judge,
    batch: int | None,
) -> Trajectory:
    present = np.array([it.present for it in path])

    def rows(values: list[Array], there: NDArray[np.bool_], length: int) -> Array:
        stacked = np.array(values)
        if stacked.ndim == 1:
            stacked = stacked[:, None]
        there = np.expand_dims(there, tuple(range(1, stacked.ndim - 1)))
        stacked = np.where(there, stacked, np.nan)
        rest = np.full((length - len(stacked), *stacked.shape[1:]), np.nan)
        stacked = np.concatenate([stacked, rest])
        return stacked if batch is not None else stacked[..., 0]

    rates = [it.eta for it in path if it.eta is not None]
    if batch is not None and all(eta.ndim == 0 for eta in rates):
        eta = np.array([*rates, *(schedule(t) for t in range(len(rates), steps))])
    else:
        eta = rows(rates, present[1:], steps)
    last, told = path[-1], outcomes(judge)
    return Trajectory(
        surface=surface,
        optimizer=optimizer,
        schedule=schedule,
        theta=rows([it.theta for it in path], present, steps + 1),
        loss=rows([it.loss for it in path], present, steps + 1),
        grad=rows([it.grad for it in path], present, steps + 1),
        eta=eta,
        state={name: rows([it.state[name] for it in path], present, steps + 1) for name in last.state},
        outcome=told if batch is not None else told[0],
        evaluations=last.evaluations if batch is not None else int(last.evaluations[0]),
    )


def _coordinates(template: str, values: Array) -> dict[str, Array]:
    """Columns named by coordinate: x and y in the plane, numbers from 0 beyond."""
    dim = values.shape[1]
    names = ("x", "y") if dim == 2 else tuple(str(i) for i in range(dim))
    return {template.format(name): values[:, i] for i, name in enumerate(names)}
