"""Tables of what the figures show: pure functions of data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lrviz.numerals import count, rounded
from lrviz.outcome import Outcome
from lrviz.scene import Scene
from lrviz.simulation import Trajectory


def summary(scene: Scene, trajectories: Sequence[Trajectory]) -> pd.DataFrame:
    """One row a run: what became of it, where it stands at its end, and what it cost.

    Columns: run, η, outcome, loss, distance (to the nearest minimum; NaN where there is none), steps (until it was at a
    minimum to stay; missing where it did not), evaluations (of the gradient and the loss).
    """
    rows = []
    for name, run, trajectory in zip(scene.names(), scene.runs, trajectories, strict=True):
        outcome, last = trajectory.outcome, end(trajectory)
        assert isinstance(outcome, Outcome)
        with np.errstate(over="ignore", invalid="ignore"):
            distance = np.hypot(*(trajectory.theta[last] - scene.surface.nearest_minimum(trajectory.theta[last])))
        rows.append(
            {
                "run": name,
                "η": float(run.schedule.eta),
                "outcome": outcome.kind,
                "loss": float(trajectory.loss[last]),
                "distance": float(distance),
                "steps": outcome.step if outcome.kind == "converged" else pd.NA,
                "evaluations": trajectory.evaluations,
            }
        )
    return pd.DataFrame(rows).astype({"steps": "Int64"})


def readable(summary: pd.DataFrame) -> pd.DataFrame:
    """A summary as text, rounded, under headings that need no key."""
    headings = {
        "loss": "final loss",
        "distance": "final distance to the minimum",
        "steps": "steps to the minimum",
        "evaluations": "evaluations",
    }
    text = summary.astype(object)
    for name, write in {
        "η": rounded,
        "loss": rounded,
        "distance": rounded,
        "steps": count,
        "evaluations": count,
    }.items():
        text[name] = ["–" if pd.isna(value) else write(value) for value in summary[name]]
    return text.rename(columns=headings)


def paths(scene: Scene, trajectories: Sequence[Trajectory]) -> pd.DataFrame:
    """Every step of every run, one under the other: run, then the columns of `Trajectory.to_frame`."""
    frames = [trajectory.to_frame() for trajectory in trajectories]
    for name, frame in zip(scene.names(), frames, strict=True):
        frame.insert(0, "run", name)
    return pd.concat(frames, ignore_index=True)


def end(trajectory: Trajectory) -> int:
    """The last step that a single run took."""
    return int(np.flatnonzero(np.isfinite(trajectory.theta[:, 0]))[-1])
