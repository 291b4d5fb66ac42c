"""Which of many solutions that fit an optimizer finds, and what that one says of examples that have not been seen."""

from __future__ import annotations

import numpy as np

from lrviz.models.follow import follow
from lrviz.models.more_features import MoreFeatures
from lrviz.numerals import rounded
from lrviz.optimizers import Optimizer
from lrviz.scene import Scene
from lrviz.schedules import Constant
from lrviz.strategies.claims import Measured
from lrviz.strategies.trials import lowest

DRAWS, EXAMPLES, STEPS = 3, 40, 500
FITS = 1e-6
"""A run fits its examples where it ends with a loss of at most this."""


def worse_on_unseen(scene: Scene) -> Measured:
    """In the plane the first run ends at the fitting point nearest to the start and the second does not; in many
    dimensions both fit, and the second is worse on unseen examples."""
    first, second = scene.run()
    fits = max(float(run.loss[-1]) - lowest(scene) for run in (first, second)) < FITS
    lengths = [float(np.hypot(*run.theta[-1])) for run in (first, second)]
    errors = np.array([_errors(scene, draw) for draw in range(DRAWS)])
    mine, theirs = errors.mean(axis=0)
    names = [run.optimizer.title for run in scene.runs]
    return Measured(
        bool(fits and lengths[1] > 1.1 * lengths[0] and np.all(errors[:, 1] > errors[:, 0] + 0.1)),
        f"In the scene both fit; {names[0]}’s weights have the length {rounded(lengths[0])}, {names[1]}’s"
        f" {rounded(lengths[1])}. On the paper’s data, {EXAMPLES} examples with {3 + 5 * EXAMPLES} features, {DRAWS}"
        f" draws, both fit every example; of unseen ones {names[0]} tells {mine:.0%} wrongly, {names[1]} {theirs:.0%}."
        " These data are made to show it: it can happen, not it must.",
        {"wrong": float(mine), "wrong, adaptive": float(theirs), "length": lengths[0], "length, adaptive": lengths[1]},
    )


def _errors(scene: Scene, draw: int) -> list[float]:
    """The share of unseen examples that each run's method tells wrongly, of the highest rate of a few at which it fits;
    1 where it does at none."""
    problem = MoreFeatures(EXAMPLES, seed=draw)
    return [_error(problem, run.optimizer) for run in scene.runs]


TRIED = (0.01, 0.03, 0.1, 0.3)


def _error(problem: MoreFeatures, optimizer: Optimizer) -> float:
    start = np.zeros((problem.dim, len(TRIED)))
    measures = {"loss": problem.loss, "wrong": problem.unseen}
    found = follow(problem, optimizer, Constant(np.array(TRIED)), start, [STEPS], measures)
    fits = np.flatnonzero(found.values["loss"][-1] <= FITS)
    return float(found.values["wrong"][-1][fits[-1]]) if fits.size else 1.0
