"""What the page has computed: the loss at the end over η, its slope, descent on it, and a rate that learns as it runs.

Each answer is kept for all visitors, by its question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.link import query, read
from lrviz.numerals import count
from lrviz.optimizers import GD, Hypergradient
from lrviz.scene import Scene
from lrviz.simulation import simulate
from lrviz.surfaces import Surface
from lrviz.theory import has_limit, local_curvature, stability_limit
from lrviz.tuning.meta_descent import Update, descend
from lrviz.tuning.meta_gradient import MetaGradient, central, meta_gradient
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.meta_gradient.view import View

RATES, CHECKED = 321, 21
"""So many rates are on the curve, and at so many the slope is also taken by differences."""
QUICK = 400
"""Of so many steps the curve is there at once; of more it is done in the background."""
BELOW, ABOVE = 100.0, 4.0
"""By how much the axis goes below and above the limit of stability, where theory knows one."""
TYPICALLY_BELOW, TYPICALLY_ABOVE = 10.0, 1e3
"""By how much below and above the typical η, where it does not."""
SHARE = 0.5
"""β is chosen so that two gradients like the first add this share of the first η to it."""


@dataclass(frozen=True)
class Question:
    """What the curve is about."""

    text: str
    """The link of a scene with one run."""
    low: float
    high: float
    limit: float
    """The η of the limit of stability; NaN where theory knows none."""

    @property
    def scene(self) -> Scene:
        return read(parse_qs(self.text)).scene


@dataclass(frozen=True)
class Curve:
    """The loss at the end, and its slope, over an axis of η."""

    question: Question
    slopes: MetaGradient
    checked: Array
    """(CHECKED,): the rates at which the slope was also taken by differences,"""
    differences: Array
    """and these, d loss / d log η; NaN where there are none."""
    checked_slopes: MetaGradient
    of_log: bool
    """Whether what is shown and descended is the logarithm of the loss: it is, unless some losses are negative."""

    @property
    def slope(self) -> Array:
        """What is shown, at each rate."""
        return self.slopes.log_slope if self.of_log else self.slopes.slope

    @property
    def shown_differences(self) -> Array:
        """The differences in the measure of `slope`."""
        with np.errstate(all="ignore"):
            return self.differences / self.checked_slopes.loss if self.of_log else self.differences

    @property
    def best(self) -> int:
        """The index of the least loss."""
        return int(np.argmin(self.slopes.loss))


@dataclass(frozen=True)
class Learnt:
    """One run whose rate learns."""

    beta: float
    alpha: Array
    """(T,): the rate of each step that it took."""
    loss: float
    """At the end; +inf where it blew up."""
    held: float
    """The loss at the end of the scene's own run, whose rate does not learn."""


def question(scene: Scene, view: View) -> Question:
    """The axis that the view asks for, or one around the limit of stability or the typical η, with the scene's own."""
    eta, optimizer = float(scene.runs[0].schedule.eta), scene.runs[0].optimizer
    limit = limit_of(scene)
    if np.isfinite(limit):
        low, high = _two_digits(limit / BELOW), _two_digits(limit * ABOVE)
    else:
        low, high = optimizer.typical_eta / TYPICALLY_BELOW, optimizer.typical_eta * TYPICALLY_ABOVE
    low, high = view.low or min(low, _two_digits(eta / 2)), view.high or max(high, _two_digits(eta * 2))
    if not low < high:  # one end was chosen, beyond the other that was not
        low, high = (low, 100 * low) if view.low else (high / 100, high)
    return Question(query(replace(scene, runs=scene.runs[:1]), default=None), low, high, limit)


def _two_digits(value: float) -> float:
    """What the page chooses is easy to read."""
    return float(f"{value:.1e}")


def limit_of(scene: Scene) -> float:
    """The limit on η at the minimum nearest to where the run of the scene ended; NaN where theory knows none."""
    run, surface = scene.runs[0], scene.surface
    if not has_limit(run.optimizer) or not surface.minima or surface.beyond_theory:
        return np.nan
    theta = simulate(surface, run.optimizer, run.schedule, start=scene.start, steps=scene.steps).theta
    end = theta[np.isfinite(theta).all(axis=1)][-1]
    limit = float(stability_limit(run.optimizer, local_curvature(surface, surface.nearest_minimum(end))))
    return limit if 0 < limit < np.inf else np.nan


def described(question: Question) -> str:
    """What a curve is about, in words."""
    scene = question.scene
    return f"{scene.names()[0]} on {scene.surface.title}, {count(scene.steps)} steps"


def is_quick(scene: Scene) -> bool:
    """Whether the curve can be had while the page is drawn."""
    return scene.steps <= QUICK


@st.cache_resource(max_entries=16, show_spinner=False)
def quick_curve(question: Question, plain: bool) -> Curve:
    """The curve of a short run."""
    return curve(question, plain)


def curve(
    question: Question, plain: bool, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Curve:
    """Run and differentiate at all rates, and take differences at some."""
    task = question.scene.task()
    etas = np.geomspace(question.low, question.high, RATES)
    slopes = meta_gradient(task, etas, progress, cancelled)
    some = slice(None, None, (RATES - 1) // (CHECKED - 1))
    checked = MetaGradient(etas[some], slopes.loss[some], slopes.slope[some], slopes.reason)
    missing = np.full(CHECKED, np.nan)
    differences = missing if slopes.reason or (cancelled and cancelled()) else central(task, etas[some])
    of_log = not plain and bool(np.all(slopes.loss >= 0))
    return Curve(question, slopes, etas[some], differences, checked, of_log)


def updates(
    question: Question, view: View, of_log: bool, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> tuple[Update, ...]:
    """Descent on the meta-gradient from the scene's η."""
    task = question.scene.task()
    eta = float(task.schedule.eta)
    return descend(task, eta, view.pace, view.updates, of_log, progress, cancelled)


@st.cache_resource(max_entries=16, show_spinner=False)
def learnt(text: str, beta: float) -> Learnt:
    """Hypergradient descent from the scene's start and η. beta: 0 for one that suits the first gradient."""
    scene = read(parse_qs(text)).scene
    run = scene.runs[0]
    match run.optimizer:
        case Hypergradient(hyper_beta=own, weight_decay=decay):
            beta = beta or float(own)
        case GD(weight_decay=decay):
            pass
        case _:
            decay = 0.0
    beta = beta or _fitting(scene.surface, scene)
    done = simulate(
        scene.surface,
        Hypergradient(hyper_beta=beta, weight_decay=decay),
        run.schedule,
        start=scene.start,
        steps=scene.steps,
        noise=scene.noise,
        seed=scene.seed,
    )
    alpha = done.eta + done.state["h"][1:]
    loss = float(done.loss[-1])
    alpha = alpha[np.isfinite(alpha)]
    held = float(scene.task().losses(np.array([float(run.schedule.eta)]))[0])
    return Learnt(beta, alpha, loss if np.isfinite(loss) else np.inf, held)


def _fitting(surface: Surface, scene: Scene) -> float:
    slope = surface.grad(np.array(scene.start))
    squared = float(np.sum(slope * slope))
    share = SHARE * float(scene.runs[0].schedule.eta)
    return (
        _two_digits(share / squared)
        if squared > 0 and np.isfinite(share / squared)
        else float(Hypergradient().hyper_beta)
    )


@st.cache_resource(show_spinner=False)
def curves() -> Shelf[Curve]:
    """Curves that took long."""
    return Shelf(16)


@st.cache_resource(show_spinner=False)
def descents() -> Shelf[tuple[Update, ...]]:
    """Where descents led."""
    return Shelf(48)
