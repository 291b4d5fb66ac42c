"""What the page has computed: many seeds of the first run of a scene, and what theory says of them.

Each answer is kept for all visitors, by the scene's link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.ensemble import Ensemble, Floors, Scaled, ensemble, floors, scaled
from lrviz.link import query, read
from lrviz.noise import Noise
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant, Cosine, Schedule
from lrviz.theory.moments import Moments, why_not

FLOOR_SEEDS, FLOOR_STEPS, FLOOR_RATES = 32, 1_200, 9
UNSETTLED = 0.05
"""At most this share of the way to the floor is left when losses begin to count."""
DECAY_SEEDS = 128
SCALING_SEEDS = 256


@dataclass(frozen=True)
class Expected:
    """What theory says of each step: arrays (T + 1, …), as those that are measured."""

    mean: Array
    covariance: Array
    loss: Array

    @property
    def width(self) -> Array:
        """(T + 1,): √tr Σ."""
        width: Array = np.sqrt(np.trace(self.covariance, axis1=-2, axis2=-1))
        return width


@dataclass(frozen=True)
class Study:
    """A cloud, and theory's answers about it; None and infinite where there are none."""

    scene: Scene
    runs: Ensemble
    expected: Expected | None
    reason: str
    """Why theory says nothing of this cloud, as a clause."""
    rest: Array | None
    settled: Array | None
    """Where the cloud ends at a constant rate, (2,), and with which covariance, (2, 2)."""
    floor: float
    limit: float
    """The rate from which on second moments grow."""

    @property
    def run(self) -> Run:
        return self.scene.runs[0]


def link(scene: Scene) -> str:
    """The text by which answers are kept: the scene with the one run that the page is about."""
    return query(replace(scene, runs=scene.runs[:1]), default=None)


@st.cache_resource(max_entries=16, show_spinner=False)
def study(text: str, seeds: int) -> Study:
    """The cloud of so many seeds."""
    scene = _scene(text)
    run = scene.runs[0]
    runs = _ensemble(scene, run.schedule, scene.steps, seeds)
    if scene.noise is None:
        return Study(scene, runs, None, "there is no noise", None, None, np.nan, np.nan)
    if reason := _reason(scene, run):
        return Study(scene, runs, None, reason, None, None, np.nan, np.nan)
    moments = Moments(scene.surface, run.optimizer, scene.noise)
    expected, eta = _expected(moments, scene, run.schedule), float(run.schedule.eta)
    if not isinstance(run.schedule, Constant) or not moments.radius(eta) < 1:
        return Study(scene, runs, expected, "", None, None, np.nan, moments.limit)
    settled = moments.settled(eta)
    return Study(scene, runs, expected, "", moments.rest, settled, moments.floor(eta), moments.limit)


def _reason(scene: Scene, run: Run) -> str:
    if reason := why_not(scene.surface, run.optimizer):
        return reason
    return "the rate depends on the losses, which the noise draws" if run.schedule.init(np.zeros(1)) else ""


def _expected(moments: Moments, scene: Scene, schedule: Schedule, steps: int | None = None) -> Expected:
    rates = [float(schedule(t)) for t in range(steps or scene.steps)]
    means, covs = moments.path(rates, np.array(scene.start))
    return Expected(means, covs, moments.loss(means, covs))


def _ensemble(scene: Scene, schedule: Schedule, steps: int, seeds: int) -> Ensemble:
    surface, optimizer = scene.surface, scene.runs[0].optimizer
    return ensemble(
        surface, optimizer, schedule, scene.noise, start=scene.start, steps=steps, seeds=seeds, first=scene.seed
    )


def _scene(text: str) -> Scene:
    return read(parse_qs(text)).scene


# ---- the floor of the loss against η


@dataclass(frozen=True)
class FloorStudy:
    """The floor at some rates, and theory's curve through more of them."""

    measured: Floors
    etas: Array
    theory: Array
    """At `etas`; NaN where theory has no answer."""
    line: Array
    """At `etas`: what it would be if it were in proportion to η all the way, as it is for the smallest rates."""
    limit: float
    reason: str


@st.cache_resource(max_entries=16, show_spinner=False)
def floor_study(text: str) -> FloorStudy:
    """Measure the floor at rates around that of the scene, up to beyond the limit where there is one."""
    scene = _scene(text)
    run, noise = scene.runs[0], scene.noise
    assert noise is not None
    reason = why_not(scene.surface, run.optimizer)
    moments = None if reason else Moments(scene.surface, run.optimizer, noise)
    low, high = _rates(scene, moments)
    measured = floors(
        scene.surface,
        run.optimizer,
        np.geomspace(low, high, FLOOR_RATES),
        noise,
        steps=FLOOR_STEPS,
        seeds=FLOOR_SEEDS,
        first=scene.seed,
    )
    if moments is None:
        etas = np.array([low, high])
        return FloorStudy(measured, etas, etas + np.nan, etas + np.nan, np.nan, reason)
    limit = moments.limit
    etas, tiny = np.geomspace(low, limit * (1 - 1e-4), 60), 1e-6 * limit
    theory = np.array([moments.floor(eta) for eta in etas])
    return FloorStudy(measured, etas, theory, moments.floor(tiny) / tiny * etas, limit, reason)


def _rates(scene: Scene, moments: Moments | None) -> tuple[float, float]:
    """The smallest rate whose cloud settles before its losses count, and the largest, beyond the limit."""
    if moments is None:
        eta = float(scene.runs[0].schedule.eta)
        return eta / 30, 3 * eta
    high = 1.05 * moments.limit
    rates = np.geomspace(high / 200, high / 4, 30)
    left = np.array([moments.radius(eta) for eta in rates]) ** (FLOOR_STEPS / 2)
    return float(rates[-1] if (left > UNSETTLED).all() else rates[np.argmax(left <= UNSETTLED)]), high


# ---- constant against decayed


@dataclass(frozen=True)
class Way:
    """One way to spend the steps."""

    name: str
    loss: Array
    error: Array
    theory: Array | None


@st.cache_resource(max_entries=16, show_spinner=False)
def decay_study(text: str) -> tuple[Way, ...]:
    """The scene's rate held, a tenth of it held, and it decayed to 0 by half a cosine, over the same steps."""
    scene = _scene(text)
    run, eta = scene.runs[0], float(scene.runs[0].schedule.eta)
    ways: dict[str, Schedule] = {
        "constant η": Constant(eta),
        "constant η/10": Constant(eta / 10),
        "cosine, η to 0": Cosine(eta, period=scene.steps),
    }
    if scene.noise is None or why_not(scene.surface, run.optimizer):
        moments = None
    else:
        moments = Moments(scene.surface, run.optimizer, scene.noise)
    told = []
    for name, schedule in ways.items():
        runs = _ensemble(scene, schedule, scene.steps, DECAY_SEEDS)
        theory = None if moments is None else _expected(moments, scene, schedule).loss
        told.append(Way(name, runs.loss, runs.loss_error, theory))
    return tuple(told)


# ---- workers


@dataclass(frozen=True)
class ScalingStudy:
    """The linear scaling rule, measured, and theory's answer for each number of workers."""

    measured: tuple[Scaled, ...]
    theory: Array
    floors: Array
    """The loss at the end, and the floor of the loss, for each."""
    limits: Array
    """The rate from which on second moments grow, for each; NaN where theory has no answer."""
    reason: str


@st.cache_resource(max_entries=16, show_spinner=False)
def scaling_study(text: str) -> ScalingStudy:
    """Spend the examples of the scene's run on more and more workers."""
    scene = _scene(text)
    run, noise = scene.runs[0], scene.noise
    assert noise is not None
    measured = scaled(
        scene.surface,
        run.optimizer,
        float(run.schedule.eta),
        noise,
        start=scene.start,
        steps=scene.steps,
        seeds=SCALING_SEEDS,
        first=scene.seed,
    )
    reason = why_not(scene.surface, run.optimizer)
    answers = [
        (np.nan, np.nan, np.nan) if reason else _answer(scene, one.noise, one.eta, one.steps) for one in measured
    ]
    theory, lows, limits = np.array(answers).T
    return ScalingStudy(measured, theory, lows, limits, reason)


def _answer(scene: Scene, noise: Noise, eta: float, steps: int) -> tuple[float, float, float]:
    moments = Moments(scene.surface, scene.runs[0].optimizer, noise)
    return float(_expected(moments, scene, Constant(eta), steps).loss[-1]), moments.floor(eta), moments.limit
