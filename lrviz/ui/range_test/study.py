"""What the page has computed: the test of the first run of a scene, and the truth about it.

Each answer is kept for all visitors, by the scene's link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.link import query, read
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.tuning.range_test import RangeTest, range_test
from lrviz.tuning.truth import TOGETHER, Truth, truth
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.range_test.view import View, parse

RATES = 81
"""So many fixed rates are run, spread evenly over the test's range on a logarithmic axis."""
SEEDS = 9
"""Under noise each of them so often: an odd number has a median."""
AT_ONCE = 1_000_000
"""So many steps of a particle are made while a visitor waits: less than half a second …"""
OVERHEAD = 500
"""… where a step of a batch costs as much as so many particles more."""


@dataclass(frozen=True)
class Study:
    """A test, and what real runs come to."""

    scene: Scene
    test: RangeTest
    truth: Truth | None
    """Over the whole axis; None while it is being computed."""
    advice: Truth | None
    """At the rates that the rules suggest, and at the scene's own."""


def link(scene: Scene) -> str:
    """The text by which answers are kept: the scene with the one run that the page is about, at a constant rate."""
    run = scene.runs[0]
    return query(replace(scene, runs=(Run(run.optimizer, Constant(run.schedule.eta)),)), default=None)


def _question(scene: Scene) -> str:
    """The same without the rate, which is what differs."""
    run = scene.runs[0]
    return query(replace(scene, runs=(Run(run.optimizer),)), default=None)


def test_of(scene: Scene, view: View) -> RangeTest:
    """The range test of the scene's first run."""
    return _test(_question(replace(scene, steps=1)), str(view))


@st.cache_resource(max_entries=16, show_spinner=False)
def _test(text: str, words: str) -> RangeTest:
    scene, (view, _) = read(parse_qs(text)).scene, parse(words)
    return range_test(
        scene.surface,
        scene.runs[0].optimizer,
        (view.low, view.high),
        view.ramp,
        linear=view.linear,
        smoothing=view.smoothing,
        stop=view.stop,
        start=scene.start,
        noise=scene.noise,
        seed=scene.seed,
    )


# ---- the truth

Question = tuple[str, tuple[float, ...]]
"""A scene, and the rates to run."""


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Truth]:
    """Where truths are kept."""
    return Shelf(24)


def axis(view: View) -> tuple[float, ...]:
    """The rates that are run to see the truth over a test's range."""
    return tuple(np.geomspace(view.low, view.high, RATES).tolist())


def advised(scene: Scene, test: RangeTest) -> tuple[float, ...]:
    """The rates that the rules suggest, and the scene's own, rising."""
    rates: Array = np.array([float(scene.runs[0].schedule.eta), *test.suggestions.values()])
    return tuple(np.unique(rates[np.isfinite(rates)]).tolist())


def question(scene: Scene, rates: tuple[float, ...]) -> Question:
    """All that a truth depends on."""
    return _question(scene), rates


def known(scene: Scene, rates: tuple[float, ...]) -> Truth | None:
    """What real runs at these rates come to, where that is known or quick to find out."""
    asked_for, particles = question(scene, rates), (SEEDS if scene.noise else 1) * len(rates)
    batches = -(-particles // TOGETHER)
    if scene.steps * (particles + batches * OVERHEAD) <= AT_ONCE:
        return run_truth(asked_for)
    return shelf().get(asked_for)


def run_truth(asked_for: Question, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Truth:
    """Run them all, and keep what they come to."""
    text, rates = asked_for
    kept = shelf().get(asked_for)
    if kept is None:
        kept = truth(read(parse_qs(text)).scene.task(), np.array(rates), SEEDS, progress, cancelled)
        if cancelled is None or not cancelled():
            shelf().put(asked_for, kept)
    return kept
