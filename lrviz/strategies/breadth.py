"""How wide the range of good rates is, for a method of each strategy: what "hard to tune" comes to, in decades."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs

import numpy as np

from lrviz.declare import Array
from lrviz.link import read
from lrviz.numerals import count, rounded
from lrviz.scene import Scene
from lrviz.strategies.trials import bar, ends, good_decades, named, rates

QUERY = (
    "surface=quadratic&noise=additive+sigma+1&run=gd+eta+0.02&run=gd+eta+0.05+cosine&run=gd+eta+0.05+triangular"
    "&run=adam+eta+0.02&run=adam+eta+0.05+cosine&run=hypergradient+hyper_beta+0.001"
)
"""A noisy bowl, and on it a method of each strategy."""
TRIED = (1e-4, 1e2)
SEEDS = 8


@dataclass(frozen=True, eq=False)
class Breadth:
    """Every run of a scene at many rates."""

    scene: Scene
    etas: Array
    """(E,)"""
    losses: Array
    """(runs, E): above the minimum at the end, the mean over seeds; +inf where one blew up."""
    bar: float
    """A rate is good that ends with no more than this."""

    @cached_property
    def names(self) -> list[str]:
        """Of the runs, with their schedules."""
        return [name.replace("Gradient descent", "GD") for name in named(self.scene)]

    @cached_property
    def decades(self) -> list[float]:
        """Of good rates, for each run."""
        return [good_decades(self.etas, losses, self.bar) for losses in self.losses]

    def sentences(self) -> list[str]:
        """What it comes to, the narrowest first."""
        order = np.argsort(self.decades, kind="stable").tolist()
        told = "; ".join(f"{self.names[run]} {rounded(self.decades[run], 2)}" for run in order)
        return [
            f"Decades of good rates, out of {rounded(float(np.log10(TRIED[1] / TRIED[0])))}: {told}.",
            f"A noisy bowl, {count(self.scene.steps)} steps, the mean of {SEEDS} seeds at each of"
            f" {count(len(self.etas))} rates. A rate is good that ends with at most a hundredth of the loss it began"
            " with. On another problem the numbers are others; the claims below say where each was measured.",
        ]


def breadth(query: str = QUERY) -> Breadth:
    """Measure it for all runs of a scene."""
    scene = read(parse_qs(query)).scene
    etas = rates(*TRIED, 15)
    losses = np.array([ends(scene, number, etas, SEEDS) for number in range(len(scene.runs))])
    return Breadth(scene, etas, losses, bar(scene))
