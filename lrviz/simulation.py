"""`simulate`: what the loop yields, stacked into a `Trajectory`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lrviz import kernel
from lrviz.declare import Array, Number
from lrviz.iterate import Iterate, batch_size, iterate
from lrviz.judge import Judge
from lrviz.noise import Noise, check, numbers
from lrviz.optimizers import Optimizer
from lrviz.outcome import Outcome, outcome, outcomes
from lrviz.schedules import Constant, Schedule
from lrviz.surfaces import Surface
from lrviz.verdict import Judging

if TYPE_CHECKING:
    import pandas as pd


FEW = 8
"""Up to so many particles are stepped one after the other: NumPy would spend longer on its calls."""


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
    check(noise, surface)
    together = batch_size(origin, seed, surface, optimizer, schedule, noise)
    wide = np.broadcast_to(origin if origin.ndim == 2 else origin[:, None], (len(origin), together or 1)).copy()
    run = _Run(surface, optimizer, schedule, wide, steps, noise, seed, together is not None)
    few = run.by_plain_loops() if wide.shape[1] <= FEW else None
    return few or run.by_numpy()


def batch(
    surface: Surface,
    optimizer: Optimizer,
    schedule: Schedule,
    *,
    start: Array,
    steps: int,
    noise: Noise | None = None,
    seed: int | Array = 0,
) -> Trajectory:
    """What `simulate` does with many particles, whatever their number: NumPy's answer, which the others must equal."""
    return _Run(surface, optimizer, schedule, start, steps, noise, seed, True).by_numpy()


@dataclass(frozen=True)
class _Run:
    """A checked call of `simulate`, with a start of (dim, B), and the two ways to answer it."""

    surface: Surface
    optimizer: Optimizer
    schedule: Schedule
    start: Array
    steps: int
    noise: Noise | None
    seed: int | Array
    batched: bool

    def by_numpy(self) -> Trajectory:
        """Step all particles at once."""
        judging = Judging(Judge(self.surface, self.optimizer, noisy=self.noise is not None), self.steps)
        path: list[Iterate] = []
        for it in iterate(self.surface, self.optimizer, self.schedule, self.start, self.steps, self.noise, self.seed):
            judging.see(it)
            path.append(it)
        present = np.array([it.present for it in path])
        rates = [np.asarray(it.eta) for it in path[1:]]
        return self._trajectory(
            theta=_stacked([it.theta for it in path], present),
            loss=_stacked([it.loss for it in path], present),
            grad=_stacked([it.grad for it in path], present),
            state={name: _stacked([it.state[name] for it in path], present) for name in path[-1].state},
            eta=_stacked(rates, present[1:]) if rates else np.empty((0, present.shape[1])),
            outcome=outcomes(judging),
            evaluations=path[-1].evaluations,
        )

    def by_plain_loops(self) -> Trajectory | None:
        """Step one particle after the other through the recorded formulas; None where these do not serve.

        That is where a formula cannot be recorded, and where plain numbers raise an error: NumPy has an answer to 1/0.
        """
        try:
            program = kernel.program(self.surface, self.optimizer, self.schedule, self.noise)
        except (kernel.TraceError, TypeError):  # a class whose values cannot be hashed has no program either
            return None
        values = kernel.values(self.surface, self.optimizer, self.schedule, self.noise, self.start).values()
        lanes = [np.broadcast_to(value, self.start.shape[1:]).tolist() for value in values]
        runs = []
        for parameters, seed in zip(zip(*lanes, strict=True), self._seeds(), strict=True):
            z = None if self.noise is None else numbers(self.noise, self.surface, seed, self.steps)
            run = kernel.run(program, parameters, self.steps, z)
            if run is None:
                return None
            runs.append(run)
        columns = {name: _columns([run.rows[name] for run in runs]) for name in runs[0].rows}
        theta, grad = (np.stack([columns[name + axis] for axis in "xy"], axis=1) for name in ("", "grad_"))
        with np.errstate(all="ignore"):
            names = list(self.optimizer.init(self.start))
        told = np.empty(len(runs), dtype=object)
        told[:] = [outcome(run.kind, run.step, run.facts) for run in runs]
        return self._trajectory(
            theta=theta,
            loss=columns["loss"],
            grad=grad,
            state={
                name: np.stack([columns[f"{name}_{axis}"] for axis in "xy"], axis=1)
                if f"{name}_x" in columns  # first: a memory called x is not the coordinate
                else columns[name]
                for name in names
            },
            eta=columns["eta"],
            outcome=told,
            evaluations=np.array([run.evaluations for run in runs]),
        )

    def _seeds(self) -> list[int]:
        seeds: list[int] = np.broadcast_to(self.seed, self.start.shape[1:]).tolist()
        return seeds

    def _trajectory(
        self,
        theta: Array,
        loss: Array,
        grad: Array,
        state: dict[str, Array],
        eta: Array,
        outcome: NDArray[np.object_],
        evaluations: Array,
    ) -> Trajectory:
        """Rows up to the last step that any particle took, (rows, …, B), as a trajectory with all rows."""

        def full(rows: Array, length: int = self.steps + 1) -> Array:
            filled = np.full((length, *rows.shape[1:]), np.nan)
            filled[: len(rows)] = rows
            return filled if self.batched else filled[..., 0]

        rates = full(eta, self.steps)
        if self.batched and self._share_a_rate():
            rates = np.array([self.schedule(t) for t in range(self.steps)])
        return Trajectory(
            surface=self.surface,
            optimizer=self.optimizer,
            schedule=self.schedule,
            theta=full(theta),
            loss=full(loss),
            grad=full(grad),
            eta=rates,
            state={name: full(rows) for name, rows in state.items()},
            outcome=outcome if self.batched else outcome[0],
            evaluations=evaluations.astype(np.int64) if self.batched else int(evaluations[0]),
        )

    def _share_a_rate(self) -> bool:
        """Whether the rate is the same for all particles: it neither has a row of numbers nor looks at the loss."""
        return not any(self.schedule.batch_shapes()) and not self.schedule.init(self.start[0])


def _stacked(values: list[Array], present: NDArray[np.bool_]) -> Array:
    """One row an iterate, (rows, …, B): NaN from a blow-up on."""
    rows = np.array(values)
    if rows.ndim == 1:
        rows = rows[:, None]
    return np.where(np.expand_dims(present, tuple(range(1, rows.ndim - 1))), rows, np.nan)


def _columns(lanes: list[Array]) -> Array:
    """Columns of different lengths side by side, (rows, B), filled up with NaN."""
    table = np.full((max(map(len, lanes)), len(lanes)), np.nan)
    for i, lane in enumerate(lanes):
        table[: len(lane), i] = lane
    return table


def _coordinates(template: str, values: Array) -> dict[str, Array]:
    """Columns named by coordinate: x and y in the plane, numbers from 0 beyond."""
    dim = values.shape[1]
    names = ("x", "y") if dim == 2 else tuple(str(i) for i in range(dim))
    return {template.format(name): values[:, i] for i, name in enumerate(names)}
