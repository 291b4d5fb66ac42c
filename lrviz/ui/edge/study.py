"""What the page has computed: its runs on the network, with the curvature along them. Kept by what they depend on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from lrviz.link import query
from lrviz.models import MLP, load, looks
from lrviz.models.edge import EdgeRun, run_at_the_edge
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.edge.view import View
from lrviz.ui.models import named

LOOKS = 120
"""So often the curvature is measured along a run."""
AT_ONCE = 3.5e9
"""Up to so many weights times images times steps times runs the page begins by itself."""


@dataclass(frozen=True, eq=False)
class Study:
    """The scene's runs side by side, in its order; NaN where they have not come to yet."""

    scene: Scene
    view: View
    run: EdgeRun

    @property
    def names(self) -> list[str]:
        return named.names(self.scene.runs)


def question(scene: Scene, view: View) -> tuple[str, str]:
    """All that an answer depends on: a page about runs does not look at the surface."""
    return query(Scene(runs=scene.runs), default=None), str(view)


def network(view: View) -> MLP:
    """The network on its images, each pixel less its mean over them."""
    data = load("digits")
    data = data.rows(np.random.default_rng(view.seed).permutation(len(data))[: view.images])
    return MLP(
        replace(data, features=data.features - data.features.mean(axis=0)),
        hidden=(view.width,) * view.layers,
        objective="cross_entropy" if view.entropy else "squared",
        seed=view.seed,
    )


def size(scene: Scene, view: View) -> float:
    """How much work it is: weights times images times steps times runs."""
    pixels, classes = 64, 10
    weights = pixels * view.width + (view.layers - 1) * view.width**2 + view.width * classes
    return float(weights * view.images * view.steps * len(scene.runs))


def study(scene: Scene, view: View, progress: Progress, cancelled: Cancelled) -> Study:
    """Train the runs: those of one method, at fixed rates, side by side."""
    net = network(view)
    at = looks(view.steps, LOOKS)
    count = len(scene.runs)
    found = EdgeRun(
        np.full((view.steps + 1, count), np.nan),
        np.array(at),
        np.full((len(at), count), np.nan),
        np.full((len(at), count), np.nan),
        np.full(count, -1),
        np.tile(view.gain * net.start[:, None], (1, count)),
    )
    batches = together(scene.runs)
    for number, batch in enumerate(batches):
        first = scene.runs[batch[0]]
        schedule = first.schedule
        if len(batch) > 1:
            schedule = Constant(np.array([float(scene.runs[i].schedule.eta) for i in batch]))
        before = found

        def seen(part: EdgeRun, before: EdgeRun = before, batch: list[int] = batch, number: int = number) -> None:
            done = number * view.steps + len(part.loss)
            progress(done, len(batches) * view.steps, Study(scene, view, _with(before, part, batch)))

        start = found.theta[:, batch]
        part = run_at_the_edge(
            net, first.optimizer, schedule, start, view.steps, set(at), cancelled=cancelled, seen=seen
        )
        found = _with(before, part, batch)
    return Study(scene, view, found)


def together(runs: tuple[Run, ...]) -> list[list[int]]:
    """Which runs may be stepped side by side: by their numbers."""
    groups: dict[object, list[int]] = {}
    for number, run in enumerate(runs):
        key = run.optimizer if isinstance(run.schedule, Constant) else number
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def _with(all_: EdgeRun, part: EdgeRun, batch: list[int]) -> EdgeRun:
    """All runs, with what there is of some in their columns."""
    filled = {}
    for name in ("loss", "curvature", "edge"):
        values, its = getattr(all_, name).copy(), getattr(part, name)
        values[: len(its), batch] = its
        filled[name] = values
    blew_up, theta = all_.blew_up.copy(), all_.theta.copy()
    blew_up[batch], theta[:, batch] = part.blew_up, part.theta
    return replace(all_, **filled, blew_up=blew_up, theta=theta)


@st.cache_resource(show_spinner=False)
def studies() -> Shelf[Study]:
    """Where this server keeps them."""
    return Shelf(32)
