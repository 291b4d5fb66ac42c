"""What the page has computed: runs on two features, on all, and on sparse columns. Each answer is kept for all
visitors, under its question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.iterate import iterate
from lrviz.link import query, read
from lrviz.models import SETS, Data, Followed, follow, load
from lrviz.models.linear import Hinge, Linear, LogisticRegression
from lrviz.models.sparse import binned, lit
from lrviz.models.weights import Weights
from lrviz.optimizers import GD, AdaGrad, Optimizer
from lrviz.outcome import Outcome
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.simulation import Trajectory, simulate
from lrviz.theory import has_limit, stability_limit
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.logistic.view import View

HELD_OUT = 0.3
"""The share of the examples that is held out, but for the picture of two features: that shows all."""
LIT = 0.25
"""A pixel counts as lit where it is brighter than that share of the brightest."""
MOST_FRAMES = 240
"""So many steps of a run are shown: all of them, or the first half of these and then evenly."""
RATES = 121
"""So many rates are run side by side, evenly spaced on a logarithmic axis."""
TOGETHER = 31
"""So many of them before it is told how far that is."""
SEARCHED = np.geomspace(3e-3, 100, 46)
"""On sparse columns each optimizer is run at these rates: ten a decade."""
FINE = 121
"""The contour has so many points to a side."""


@dataclass(frozen=True)
class Question:
    """What is asked."""

    link: str
    """The scene's: its runs, steps and seed count."""
    view: View

    @cached_property
    def scene(self) -> Scene:
        """The scene of the link."""
        return read(parse_qs(self.link)).scene

    @cached_property
    def data(self) -> Data:
        """The examples of the two classes, as they are."""
        return load(SETS[self.view.data]).only(self.view.first, self.view.second)

    @property
    def is_sparse(self) -> bool:
        return self.view.part == 2

    def model(self, data: Data, held_out: Data | None = None, intercept: bool = True) -> Linear:
        kind = Hinge if self.view.hinge else LogisticRegression
        return kind(data, self.view.penalty, intercept, held_out)

    @cached_property
    def problem(self) -> Linear:
        """The model that is trained."""
        if self.view.part == 0:
            return self.model(self.data.columns(self.view.x, self.view.y).standardized(), intercept=False)
        return self.model(*self.columns.split(HELD_OUT, self.scene.seed))

    @cached_property
    def columns(self) -> Data:
        """All features: standardized, or made sparse."""
        if not self.is_sparse:
            return self.data.standardized()
        return lit(self.data, LIT) if SETS[self.view.data] == "digits" else binned(self.data)


def question(scene: Scene, view: View) -> Question:
    return Question(query(scene, default=None), view)


def shown(steps: int) -> list[int]:
    """The steps that are shown."""
    if steps <= MOST_FRAMES:
        return list(range(steps + 1))
    half = MOST_FRAMES // 2
    return sorted({*range(half), *np.linspace(half, steps, half).round().astype(int).tolist()})


# ---- landmarks on the axis of η


@dataclass(frozen=True)
class Landmarks:
    """What theory knows of the rates of an optimizer on a model; NaN where it knows nothing."""

    plain: bool
    """Whether the optimizer is gradient descent, whose limit on a curvature c is 2/c."""
    sure: float
    """By L, the most that the loss can bend anywhere: below it the loss falls at every step of gradient descent, from
    any start. No such thing is known of the others."""
    edge: float
    """By the curvature at the minimum: beyond it no run stays there."""
    end: float
    """By the penalty's own curvature, which is all that is left far out: beyond it runs grow without end."""


def landmarks(problem: Linear, optimizer: Optimizer) -> Landmarks:
    """The limits of an optimizer on the curvatures L, λmax(H(θ*)) and λ."""

    def limit(curvature: float) -> float:
        known = has_limit(optimizer) and 0 < curvature < np.inf
        return float(stability_limit(optimizer, curvature)) if known else np.nan

    plain = isinstance(optimizer, GD)
    if not isinstance(problem, LogisticRegression):
        return Landmarks(plain, np.nan, np.nan, limit(problem.penalty))
    edge = limit(problem.curvature(problem.minima[0])) if problem.minima else np.nan
    sure = limit(problem.smoothness) if plain else np.nan
    return Landmarks(plain, sure, edge, limit(problem.penalty))


def rates(problem: Linear, known: Landmarks) -> Array:
    """From far below what is safe to beyond what theory knows, (RATES,)."""
    smoothness = LogisticRegression(problem.data, problem.penalty, problem.intercept).smoothness
    low, edge = 0.02 / smoothness, np.nanmax([2 / smoothness, known.edge])
    high = np.nanmax([3 * edge, min(1.5 * known.end, 10 * edge) if known.end > 0 else np.nan])
    return np.geomspace(low, high, RATES)


# ---- two features: what is on the surface


@dataclass(frozen=True)
class Two:
    """Runs on the surface of two weights, and the first run's optimizer at every rate."""

    surface: Weights
    runs: tuple[Trajectory, ...]
    steps: list[int]
    """(K,): those that are shown."""
    axes: tuple[Array, Array]
    """(FINE,) each: the contour's points along the first weight and the second."""
    height: Array
    """(FINE, FINE): the loss above its infimum, rows along the second weight."""
    eta: Array
    """(RATES,)"""
    paths: Array
    """(RATES, K, 2)"""
    ends: Array
    """(RATES,): the loss at the end above the infimum; NaN where the run blew up."""
    outcomes: tuple[Outcome, ...]
    """(RATES,)"""
    known: Landmarks
    """Of the first run's optimizer."""

    @property
    def problem(self) -> Linear:
        return self.surface.problem

    def losses(self, number: int) -> Array:
        """(K,): of a run, above the infimum."""
        loss: Array = self.runs[number].loss[self.steps] - self.problem.infimum
        return loss


def two(asked: Question, progress: Progress, cancelled: Cancelled) -> Two:
    """Run the scene's runs, then the first one at every rate."""
    scene, problem = asked.scene, asked.problem
    surface, steps = Weights(problem), shown(asked.scene.steps)
    runs = tuple(simulate(surface, run.optimizer, run.schedule, steps=scene.steps) for run in scene.runs)
    x, y = (np.linspace(low, high, FINE) for low, high in surface.box)
    height = problem.loss(np.stack(np.meshgrid(x, y)).reshape(2, -1)).reshape(FINE, FINE) - problem.infimum
    first = scene.runs[0]
    known = landmarks(problem, first.optimizer)
    eta = rates(problem, known)
    paths, ends = [], []
    outcomes: list[Outcome] = []
    for begin in range(0, RATES, TOGETHER):
        some = eta[begin : begin + TOGETHER]
        if cancelled():
            break
        ran = simulate(surface, first.optimizer, first.schedule.with_eta(some), steps=scene.steps)
        paths.append(ran.theta[steps].transpose(2, 0, 1))
        ends.append(ran.loss[-1] - problem.infimum)
        outcomes += list(cast("Iterable[Outcome]", ran.outcome))
        progress(begin + some.size, RATES)
    return Two(
        surface, runs, steps, (x, y), height, eta, np.concatenate(paths), np.concatenate(ends), tuple(outcomes), known
    )


# ---- all features


@dataclass(frozen=True)
class All:
    """Runs on all features, and the first run's optimizer at every rate."""

    problem: Linear
    runs: tuple[Followed, ...]
    eta: Array
    """(RATES,)"""
    ends: dict[str, Array]
    """Of each measure (RATES,) at the end; NaN where a run blew up."""
    known: Landmarks


def measures(problem: Linear) -> dict[str, Any]:
    """What is measured of a run: the loss that it brings down, and how good it is on what was held out."""
    return {
        "loss above the lowest": lambda theta: problem.loss(theta) - problem.infimum,
        "held-out loss": problem.validation,
        "held-out accuracy": lambda theta: problem.accuracy(theta, problem.held_out),
    }


def everything(asked: Question, progress: Progress, cancelled: Cancelled) -> All:
    """Follow the scene's runs, then the first one at every rate."""
    scene, problem = asked.scene, asked.problem
    told, steps, total = measures(problem), shown(scene.steps), len(scene.runs) + 1
    followed = []
    for number, run in enumerate(scene.runs):
        followed.append(
            follow(problem, run.optimizer, run.schedule, problem.start[:, None], steps, told, cancelled=cancelled)
        )
        progress(number + 1, total)
    first = scene.runs[0]
    known = landmarks(problem, first.optimizer)
    eta = rates(problem, known)
    wide = np.zeros((problem.dim, eta.size))
    ran = follow(problem, first.optimizer, first.schedule.with_eta(eta), wide, [scene.steps], told, cancelled=cancelled)
    return All(problem, tuple(followed), eta, {name: _last(values) for name, values in ran.values.items()}, known)


def _last(values: Array) -> Array:
    """(K, B) → (B,): the last row; NaN where there is none, since it was cancelled."""
    return values[-1] if len(values) else np.full(values.shape[1], np.nan)


# ---- sparse columns


@dataclass(frozen=True)
class Contestant:
    """An optimizer at every rate, and followed at its best one."""

    run: Run
    """At its best rate."""
    ends: Array
    """(len(SEARCHED),): the loss at the end above the infimum; NaN where a run blew up."""
    followed: Followed
    acted: Array
    """(dim,): the rate with which each coordinate was stepped at the end."""


@dataclass(frozen=True)
class Sparse:
    """Optimizers on sparse columns, each at its own best rate."""

    problem: Linear
    contestants: tuple[Contestant, ...]

    @property
    def often(self) -> Array:
        """(d,): in which share of the training examples each column is on."""
        often: Array = self.problem.data.features.mean(axis=0)
        return often


def contestants(scene: Scene) -> list[Run]:
    """Gradient descent and AdaGrad at constant rates, and whatever else the scene's runs are, each once."""
    found = [Run(GD(), Constant(1.0)), Run(AdaGrad(), Constant(1.0))]
    for run in scene.runs:
        plain = replace(run, schedule=run.schedule.with_eta(1.0))
        if plain not in found:
            found.append(plain)
    return found[:6]


def sparse(asked: Question, progress: Progress, cancelled: Cancelled) -> Sparse:
    """Run each optimizer at every rate, then once more at its best."""
    scene, problem = asked.scene, asked.problem
    told, found = measures(problem), []
    runs = contestants(scene)
    for number, run in enumerate(runs):

        def part(done: int, total: int, number: int = number) -> None:
            progress(number * total + done, len(runs) * total)

        found.append(_contestant(problem, run, scene.steps, told, part, cancelled))
        if cancelled():
            break
    return Sparse(problem, tuple(found))


def _contestant(
    problem: Linear, run: Run, steps: int, told: dict[str, Any], progress: Progress, cancelled: Cancelled
) -> Contestant:
    wide = np.zeros((problem.dim, SEARCHED.size))
    ran = follow(
        problem,
        run.optimizer,
        run.schedule.with_eta(SEARCHED),
        wide,
        [steps],
        told,
        progress=lambda done, total: progress(done, total),
        cancelled=cancelled,
    )
    ends = _last(ran.values["loss above the lowest"])
    best = replace(run, schedule=run.schedule.with_eta(_best(ends)))
    start = problem.start[:, None]
    followed = follow(problem, best.optimizer, best.schedule, start, shown(steps), told, cancelled=cancelled)
    return Contestant(best, ends, followed, _acted(problem, best, steps))


def _best(ends: Array) -> float:
    """The rate with the lowest end, to the digits that are shown; the lowest rate where all blew up."""
    return float(f"{SEARCHED[np.nanargmin(ends)] if np.isfinite(ends).any() else SEARCHED[0]:.3g}")


def _acted(problem: Linear, run: Run, steps: int) -> Array:
    """How far the last step went in each coordinate, over the gradient there: NaN where that is 0."""
    before = last = None
    for it in iterate(problem, run.optimizer, run.schedule, problem.start[:, None], steps):
        before, last = last, it
    assert before is not None
    assert last is not None
    with np.errstate(all="ignore"):
        acted: Array = np.abs((last.theta - before.theta) / before.grad)[:, 0]
    return acted


# ---- where this server keeps what it found


@st.cache_resource(show_spinner=False)
def two_shelf() -> Shelf[Two]:
    return Shelf(12)


@st.cache_resource(show_spinner=False)
def all_shelf() -> Shelf[All]:
    return Shelf(16)


@st.cache_resource(show_spinner=False)
def sparse_shelf() -> Shelf[Sparse]:
    return Shelf(16)
