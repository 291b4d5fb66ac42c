"""Tables of what the figures show: pure functions of data. pandas loads only for those who ask for its frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from lrviz.declare import Number
from lrviz.numerals import count, rounded
from lrviz.outcome import Kind, Outcome
from lrviz.scene import Scene
from lrviz.simulation import Trajectory
from lrviz.tuning.search import Search

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = {
    "run": "run",
    "outcome": "outcome",
    "eta": "η",
    "loss": "final loss",
    "distance": "distance to the minimum",
    "steps": "steps to the minimum",
    "evaluations": "evaluations",
}
"""What stands above each column for a person to read."""


@dataclass(frozen=True)
class Line:
    """What became of one run, where it stands at its end, and what it cost."""

    run: str
    eta: Number
    outcome: Kind
    loss: float
    distance: float
    """To the nearest minimum; NaN where there is none."""
    steps: int | None
    """Until it was at a minimum to stay; None where it did not."""
    evaluations: int
    """Of the gradient and the loss."""

    def readable(self) -> dict[str, str]:
        """The same as text, rounded; a dash for what there is not."""
        return {
            "run": self.run,
            "eta": rounded(float(self.eta)),
            "outcome": self.outcome,
            "loss": rounded(self.loss),
            "distance": "–" if np.isnan(self.distance) else rounded(self.distance),
            "steps": "–" if self.steps is None else count(self.steps),
            "evaluations": count(self.evaluations),
        }


def lines(scene: Scene, trajectories: Sequence[Trajectory]) -> Iterator[Line]:
    """One line a run."""
    for name, run, trajectory in zip(scene.names(), scene.runs, trajectories, strict=True):
        outcome, last = trajectory.outcome, end(trajectory)
        assert isinstance(outcome, Outcome)
        with np.errstate(over="ignore", invalid="ignore"):
            distance = np.hypot(*(trajectory.theta[last] - scene.surface.nearest_minimum(trajectory.theta[last])))
        yield Line(
            run=name,
            eta=run.schedule.eta,
            outcome=outcome.kind,
            loss=float(trajectory.loss[last]),
            distance=float(distance),
            steps=outcome.step if outcome.kind == "converged" else None,
            evaluations=int(trajectory.evaluations),
        )


def summary(scene: Scene, trajectories: Sequence[Trajectory]) -> pd.DataFrame:
    """One row a run: run, η, outcome, loss, distance, steps (missing where there are none), evaluations; see `Line`."""
    import pandas as pd

    frame = pd.DataFrame([asdict(line) for line in lines(scene, trajectories)])
    return frame.rename(columns={"eta": "η"}).astype({"steps": "Int64"})


def readable(scene: Scene, trajectories: Sequence[Trajectory]) -> pd.DataFrame:
    """The summary as text, rounded, under headings that need no key."""
    import pandas as pd

    return pd.DataFrame([line.readable() for line in lines(scene, trajectories)]).rename(columns=HEADINGS)


def paths(scene: Scene, trajectories: Sequence[Trajectory]) -> pd.DataFrame:
    """Every step of every run, one under the other: run, then the columns of `Trajectory.to_frame`."""
    import pandas as pd

    frames = [trajectory.to_frame() for trajectory in trajectories]
    for name, frame in zip(scene.names(), frames, strict=True):
        frame.insert(0, "run", name)
    return pd.concat(frames, ignore_index=True)


def samples(searches: Iterable[Search]) -> pd.DataFrame:
    """Every sample of some searches: search, sample from 1 on, its numbers, the steps that it had come, the loss there
    (infinite where it blew up), its evaluations, all that were spent by then, and the best so far of whole runs."""
    import pandas as pd

    rows = [
        {"search": found.method, "sample": number, **trial.values, "steps": trial.steps, "loss": trial.loss}
        | {"evaluations": trial.evaluations, "spent": trial.spent, "best_so_far": best}
        for found in searches
        for number, (trial, best) in enumerate(zip(found.trials, found.best_so_far.tolist(), strict=True), 1)
    ]
    return pd.DataFrame(rows)


def end(trajectory: Trajectory) -> int:
    """The last step that a single run took."""
    return int(np.flatnonzero(np.isfinite(trajectory.theta[:, 0]))[-1])
