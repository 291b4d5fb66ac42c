"""What the page has computed: all ways over the sizes of the new data, over the multiplier, and one fine-tuning.

Each answer is kept for all visitors, under its question: the text of the run, and the view's numbers that matter to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.models.follow import looks
from lrviz.models.transfer import RANDOM, SCRATCH, FineTuning, Setting, fine_tune, multipliers
from lrviz.models.transfer_sweep import Sweep, sweep
from lrviz.optimizers.groups import PerCoordinate
from lrviz.scene import Run
from lrviz.tuning.task import Task
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.transfer.view import View

SIZES = (10, 20, 50, 100, 200)
"""New examples; the view's own n is tried too."""
MULTIPLIERS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Of the early layers' rate, in the second picture."""
FROZEN, ONE_RATE = 0.0, 1.0
HALVES = (-2, -1, 0, 1, 2)
"""The rates that are tried are the run's own, times 10 to the power of half of these."""
LOOKS = 60
"""So often the curves of one fine-tuning are measured."""


@dataclass(frozen=True)
class Question:
    """What is tried, and how often."""

    run: Run
    """Its rate is the middle one of those that are tried."""
    setting: Setting
    sizes: tuple[int, ...]
    ways: tuple[float, ...]
    seeds: int

    @property
    def own(self) -> float:
        """The run's η."""
        return float(self.run.schedule.eta)

    @property
    def eta(self) -> Array:
        """(E,): the rates that are tried."""
        return np.array([self.own if half == 0 else self.own * 10 ** (half / 2) for half in HALVES])


def _question(run: Run, view: View, sizes: tuple[int, ...], ways: tuple[float, ...]) -> Question:
    setting = Setting((view.width, view.width), epochs=view.epochs, steps=view.steps)
    return Question(run, setting, sizes, ways, view.seeds)


def over_sizes(run: Run, view: View) -> Question:
    """What the first picture shows."""
    sizes = tuple(sorted({*SIZES, view.n}))
    return _question(run, view, sizes, (ONE_RATE, view.early, FROZEN, SCRATCH))


def over_multipliers(run: Run, view: View) -> Question:
    """What the second one shows."""
    return _question(run, view, (view.n,), (*sorted({*MULTIPLIERS, view.early}), SCRATCH, RANDOM))


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Sweep]:
    """Where this server keeps them."""
    return Shelf(24)


def work(asked: Question, progress: Progress, cancelled: Cancelled) -> Sweep:
    """Try all that is asked."""
    run, (sizes, ways) = asked.run, (asked.sizes, asked.ways)
    found = sweep(asked.setting, sizes, ways, asked.eta, run.optimizer, run.schedule, asked.seeds, progress, cancelled)
    return cast(Sweep, found)  # None only of one that was stopped, and then no answer is kept


# ---- one fine-tuning

QUICK = 100
"""A fine-tuning of so many steps is made while the visitor waits."""


@st.cache_resource(show_spinner=False)
def one_shelf() -> Shelf[FineTuning]:
    """Where this server keeps them."""
    return Shelf(24)


def one(
    asked: Question,
    n: int,
    etas: tuple[float, ...],
    learnt: Array,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> FineTuning:
    """The fine-tunings of seed 0 on n examples, each way at a rate of its own, measured all along.

    learnt: (dim,), the network of that seed.
    """
    run, at = asked.run, looks(asked.setting.steps, LOOKS)
    ways, rates = np.array(asked.ways), np.array(etas)
    return fine_tune(asked.setting, learnt, n, 0, ways, rates, run.optimizer, run.schedule, at, progress, cancelled)


def task(asked: Question, n: int, early: float, learnt: Array) -> Task:
    """The same with lower early rates, for a range test."""
    run = asked.run
    begun = fine_tune(
        asked.setting, learnt, n, 0, np.array([early]), np.array([asked.own]), run.optimizer, run.schedule, [0]
    )
    optimizer = PerCoordinate(run.optimizer, tuple(multipliers(begun.net, early).tolist()))
    return Task(begun.problem, optimizer, asked.setting.steps, start=tuple(begun.first[:, 0].tolist()))
