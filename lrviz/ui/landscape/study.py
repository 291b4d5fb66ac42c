"""What the page has computed: its runs with their paths, and a plane through the loss with all that is on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.link import query
from lrviz.models import MLP, Followed, Minibatches, follow, load
from lrviz.models.curvature import largest_eigenvalue, random_vectors
from lrviz.models.slice import Slice, field, principal_directions, random_directions
from lrviz.scene import Scene
from lrviz.schedules import Constant
from lrviz.simulation import Trajectory, simulate
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.landscape.view import View
from lrviz.ui.models import named

MOST = 3
"""So many runs are shown at most: more paths on one plane are not told apart."""
HELD_OUT = 0.2
"""The share of all digits that is held out."""
AN_EPOCH = 3
"""Looks in an epoch, where it has so many steps."""
GRID = 41
"""Points of the plane along each side."""
MARGIN = 0.3
"""There is so much room around the paths, as a share of their extent."""
AT_ONCE = 3e8
"""Up to so many weights times images that steps see, in all runs together, the page begins by itself."""
RIDE = 300
"""So many steps are made on the plane at most: each sees all images."""


@dataclass(frozen=True, eq=False)
class Trained:
    """The runs side by side, at K looks that are the same in epochs for all."""

    scene: Scene
    """With the runs that are shown."""
    view: View
    epochs: Array
    """(K,)"""
    steps: Array
    """(K, R): the steps that each run has taken by then."""
    path: Array
    """(K, dim, R): NaN from a blow-up on."""
    loss: Array
    """(K, R): of all images that are trained on."""
    validation: Array
    """(K, R)"""
    accuracy: Array
    """(K, R): of the held-out digits."""
    sharpness: Array
    """(R,): λmax where each run ended."""

    @property
    def names(self) -> list[str]:
        sizes = [f"m = {self.view.size(number)}" for number in range(len(self.scene.runs))]
        return named.names(self.scene.runs, sizes if len(set(sizes)) > 1 else ())

    @property
    def whole(self) -> list[int]:
        """The numbers of the runs that did not blow up; where all did, of all."""
        finite = np.isfinite(self.loss[-1])
        return [number for number in range(len(finite)) if finite[number] or not finite.any()]

    @property
    def last(self) -> Array:
        """(R,): the last look before a blow-up."""
        here = np.isfinite(self.loss)
        return cast(Array, here.shape[0] - 1 - np.argmax(here[::-1], axis=0))

    def end(self, number: int) -> Array:
        """(dim,): where a run ended."""
        end: Array = self.path[self.last[number], :, number]
        return end


@dataclass(frozen=True, eq=False)
class Seen:
    """A plane, and what is on it."""

    plane: Slice
    center: int
    """The run around whose end it lies."""
    x: Array
    y: Array
    """(GRID,) each"""
    losses: Array
    """(GRID, GRID): a row for each y."""
    path: Array
    """(K, 2, R): the runs as they fall on it."""
    distance: Array
    """(K, R): how far from it they are."""
    along: Array
    """(K, R): the loss where they fall on it."""
    share: float
    """How much of the squared distances of the paths from the centre the plane holds."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """The planes: one through all paths, or one around each end."""

    trained: Trained
    view: View
    seen: tuple[Seen, ...]
    ride: Trajectory | None
    """The first run's optimizer on the first plane."""


def shown(scene: Scene) -> Scene:
    """The runs that the page is about."""
    return Scene(runs=scene.runs[:MOST])


def training_question(scene: Scene, view: View) -> tuple[str, str]:
    """What training depends on."""
    return query(shown(scene), default=None), str(view.replace(random=False, ride=False, reach=1.0, draw=0))


def plane_question(scene: Scene, view: View) -> tuple[str, str]:
    """What the planes depend on."""
    return query(shown(scene), default=None), str(view)


def network(view: View) -> MLP:
    """The network on its images, with digits held out."""
    data, held_out = load("digits").split(HELD_OUT, view.seed)
    data = data.rows(np.random.default_rng(view.seed).permutation(len(data))[: view.images])
    objective: Any = "squared" if view.squared else "cross_entropy"
    return MLP(data, held_out, hidden=(view.width,), objective=objective, seed=view.seed)


def problem(net: MLP, view: View, number: int) -> Minibatches:
    """What a run steps on."""
    return Minibatches(net, view.size(number), view.seed)


def steps(scene: Scene, view: View) -> int:
    """Steps that all runs take together."""
    return sum(view.images // view.size(number) * view.epochs for number in range(len(scene.runs)))


def size(scene: Scene, view: View) -> float:
    """How much work training is: weights times images that steps see."""
    return float((64 + 10) * view.width * view.images * view.epochs * len(scene.runs))


def train(scene: Scene, view: View, progress: Progress, cancelled: Cancelled) -> Trained:
    """Train the runs, those of one method at fixed rates on the same minibatches side by side."""
    net = network(view)
    count = len(scene.runs)
    problems = [problem(net, view, number) for number in range(count)]
    each = max(1, min(AN_EPOCH, *(one.an_epoch for one in problems)))
    epochs = np.linspace(0, view.epochs, view.epochs * each + 1)
    at = np.array([np.rint(epochs * one.an_epoch).astype(int) for one in problems]).T
    measures = {
        "loss": net.loss,
        "validation": net.validation,
        "accuracy": lambda theta: net.accuracy(theta, net.held_out),
    }
    values = {name: np.full((len(epochs), count), np.nan) for name in measures}
    path = np.full((len(epochs), net.dim, count), np.nan)
    theta = np.tile(net.start[:, None], (1, count))
    batches = _together(scene, view)
    done, total = 0, sum(int(at[-1, batch[0]]) for batch in batches)

    def result(sharpness: Array) -> Trained:
        return Trained(
            scene,
            view,
            epochs,
            at,
            path.copy(),
            values["loss"].copy(),
            values["validation"].copy(),
            values["accuracy"].copy(),
            sharpness,
        )

    for batch in batches:
        first = batch[0]
        run = scene.runs[first]
        rates = np.array([float(scene.runs[number].schedule.eta) for number in batch])

        def take(part: Followed, batch: list[int] = batch) -> None:
            path[: len(part.path), :, batch] = part.path
            for name, its in part.values.items():
                values[name][: len(its), batch] = its

        def seen(part: Followed, batch: list[int] = batch, done: int = done) -> None:
            take(part, batch)
            progress(done + int(part.steps[-1]), total, result(np.full(count, np.nan)))

        part = follow(
            problems[first],
            run.optimizer,
            Constant(rates) if len(batch) > 1 else run.schedule,
            theta[:, batch],
            at[:, first].tolist(),
            measures,
            keep_path=True,
            cancelled=cancelled,
            seen=seen,
        )
        take(part)
        theta[:, batch] = part.theta
        done += int(at[-1, first])
    top = largest_eigenvalue(lambda v: net.hvp(theta, v), random_vectors(net.dim, count))
    blown = ~np.isfinite(values["loss"][-1])
    return result(np.where(blown, np.nan, top.value))


def _together(scene: Scene, view: View) -> list[list[int]]:
    """Which runs may be stepped side by side: by their numbers."""
    groups: dict[object, list[int]] = {}
    for number, run in enumerate(scene.runs):
        fixed = isinstance(run.schedule, Constant)
        groups.setdefault((run.optimizer, view.size(number)) if fixed else number, []).append(number)
    return list(groups.values())


# ---- the plane


def look(trained: Trained, view: View, progress: Progress, cancelled: Cancelled) -> Landscape:
    """The planes of a view, with the loss over each. ValueError where the paths span none."""
    net = network(trained.view)
    centers = [number for number in trained.whole if trained.last[number] > 0]
    if not centers:
        raise ValueError("every run blew up at once, so there is no path to lay a plane through")
    centers = centers if view.random else centers[:1]
    seen = []
    for number, center in enumerate(centers):

        def told(row: int, rows: int, before: int = number) -> None:
            progress(before * rows + row, rows * len(centers))

        plane, share = _plane(net, trained, view, center)
        seen.append(_over(plane, center, share, trained, told, cancelled))
        if cancelled():
            break
    ride = _ride(trained, view, seen[0]) if view.ride else None
    return Landscape(trained, view, tuple(seen), ride)


def _over(
    plane: Slice, center: int, share: float, trained: Trained, told: Callable[[int, int], object], cancelled: Cancelled
) -> Seen:
    """The loss over a plane, and the runs as they fall on it."""
    (left, right), (bottom, top) = plane.reach
    x, y = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    losses = field(plane, x, y, told, cancelled)
    paths = np.moveaxis(trained.path, 1, 0)
    with np.errstate(all="ignore"):
        on, distance = plane.projected(paths), plane.distance(paths)
        along = np.where(np.isfinite(distance), plane.loss(on), np.nan)
    return Seen(plane, center, x, y, losses, np.moveaxis(on, 0, 1), distance, along, share)


def _plane(net: MLP, trained: Trained, view: View, center: int) -> tuple[Slice, float]:
    """The plane around the end of a run, as far as it is looked at, and how much of the paths it holds."""
    end = trained.end(center)
    away = np.moveaxis(trained.path[:, :, trained.whole], 1, 2).reshape(-1, net.dim) - end
    away = away[np.isfinite(away).all(axis=1)]
    if view.random:
        directions, lengths = random_directions(net, end, view.draw)
        half = view.reach * float(lengths.mean())
        middle = np.zeros(2)
    else:
        directions = principal_directions(away + end, end).directions
        on = away @ directions
        low, high = on.min(axis=0), on.max(axis=0)
        middle = (low + high) / 2
        half = view.reach * float((high - low).max()) * (0.5 + MARGIN)
    reach = tuple((float(place - half), float(place + half)) for place in middle)
    held = float(((away @ directions) ** 2).sum() / max(float((away**2).sum()), 1e-300))
    return Slice(net, end, directions, cast(Any, reach)), held


def _ride(trained: Trained, view: View, seen: Seen) -> Trajectory:
    """The first run's optimizer and schedule on the plane: from where the run begins on it, or from near a corner."""
    run = trained.scene.runs[seen.center]
    start = np.array([0.7 * seen.x[-1], 0.6 * seen.y[-1]]) if view.random else seen.path[0, :, seen.center]
    made = int(min(trained.steps[-1, seen.center], RIDE))
    return simulate(seen.plane, run.optimizer, run.schedule, start=start, steps=made)


def truncated(scene: Scene) -> tuple[str, ...]:
    """What is said where there are more runs than are shown."""
    more = len(scene.runs) - MOST
    return (f"The first {MOST} of the {len(scene.runs)} runs are shown.",) if more > 0 else ()


@st.cache_resource(show_spinner=False)
def trainings() -> Shelf[Trained]:
    """Where this server keeps what was trained."""
    return Shelf(12)


@st.cache_resource(show_spinner=False)
def landscapes() -> Shelf[Landscape]:
    """Where this server keeps what was looked at."""
    return Shelf(24)
