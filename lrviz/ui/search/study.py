"""What the page has computed: the searches, the truth that they look for, and many repetitions of them.

Each answer is kept for all visitors, under its question: the scene's link, and what was asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.link import query, read
from lrviz.optimizers import with_number
from lrviz.scene import Scene
from lrviz.tuning.repeat import Repeated, repeat
from lrviz.tuning.search import Search, prepare, search
from lrviz.tuning.task import ETA, Task
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.search.view import METHODS, Range, Second, View, number

RATES = 400
"""So many rates, evenly spaced on a logarithmic axis, are the truth."""
PAIRS = (120, 25)
"""So many rates and values of a second number, where there is one."""
DRAWS = 16
"""Under noise every η is also run with so many draws of it, the search's own among them."""
AT_ONCE = 400
"""So many runs go side by side before it is told how far that is."""
QUICK = tuple(method for method in METHODS if method != "bayesian")
"""The searches whose samples do not wait for one another: they cost no more than a few batches of runs."""


@dataclass(frozen=True)
class Question:
    """What is searched, and for how much."""

    link: str
    """The scene's, with the one run that is tuned, at a rate that does not matter."""
    eta: Range
    also: Second | None
    runs: int

    @cached_property
    def scene(self) -> Scene:
        """The scene of the link."""
        return read(parse_qs(self.link)).scene

    @cached_property
    def task(self) -> Task:
        """What is tuned."""
        return self.scene.task()

    @property
    def arguments(self) -> dict[str, Any]:
        """What all searches are given alike, but for the budget."""
        task = self.task
        return {
            "problem": task.problem,
            "optimizer": task.optimizer,
            "eta": self.eta,
            "also": {} if self.also is None else dict([self.also]),
            "steps": task.steps,
            "schedule": task.schedule,
            "start": task.start,
            "noise": task.noise,
            "seed": task.seed,
        }

    @cached_property
    def budget(self) -> int:
        """The evaluations that each search may spend. ValueError where there is nothing to search."""
        with np.errstate(all="ignore"):  # the start may be too high for a number: then there is a sentence
            return self.runs * prepare(**self.arguments, budget=MOST_EVALUATIONS).a_run


MOST_EVALUATIONS = 2**62
"""No budget at all, for asking what a run costs."""


def question(scene: Scene, view: View) -> Question:
    """What the page asks. η, and whatever else is searched, is not part of it."""
    run = scene.runs[0]
    run = replace(run, schedule=run.schedule.with_eta(run.optimizer.typical_eta))
    if view.also is not None:
        default = number(run, view.also.name).default
        run = replace(run, optimizer=with_number(run.optimizer, view.also.name, default))
    return Question(query(replace(scene, runs=(run,)), default=None), view.eta, view.also, view.runs)


# ---- the searches


@st.cache_resource(max_entries=16, show_spinner=False)
def quick(asked: Question) -> dict[str, Search]:
    """The searches that are there at once."""
    return {method: search(**asked.arguments, method=method, budget=asked.budget) for method in QUICK}


@st.cache_resource(show_spinner=False)
def bayesian_shelf() -> Shelf[Search]:
    """Where this server keeps the Bayesian searches."""
    return Shelf(16)


def bayesian(asked: Question, progress: Progress, cancelled: Cancelled) -> Search:
    """The Bayesian search, each of whose samples waits for those before it."""
    return search(**asked.arguments, method="bayesian", budget=asked.budget, progress=progress, cancelled=cancelled)


# ---- the truth


@dataclass(frozen=True)
class Truth:
    """What runs come to for every η, and for every value of the second number where there is one."""

    eta: Array
    """(n,)"""
    also: Array
    """(m,); one NaN where there is none."""
    loss: Array
    """(m, n): with the search's own draw of the noise, where there is noise; +inf where a run blew up."""
    draws: Array | None = None
    """(DRAWS, n): with other draws too, where there is noise and η is searched alone."""

    @property
    def best(self) -> tuple[float, float, float]:
        """The best η, the value of the second number there, and the loss."""
        row, column = np.unravel_index(int(np.argmin(self.loss)), self.loss.shape)
        return float(self.eta[column]), float(self.also[row]), float(self.loss[row, column])

    def quantile(self, share: float) -> Array:
        """(n,): over the draws of the noise, a loss that occurred: between a loss and a blow-up there is nothing."""
        assert self.draws is not None
        quantile: Array = np.quantile(self.draws, share, axis=0, method="higher")
        return quantile


@st.cache_resource(show_spinner=False)
def truth_shelf() -> Shelf[Truth]:
    """Where this server keeps what was revealed."""
    return Shelf(16)


def truth(asked: Question, progress: Progress, cancelled: Cancelled) -> Truth:
    """Run them all, some side by side at a time."""
    if asked.also is None:
        eta, also = np.geomspace(*asked.eta, RATES), np.array([np.nan])
        over = {ETA: eta}
    else:
        eta, also = np.geomspace(*asked.eta, PAIRS[0]), spaced(asked, PAIRS[1])
        over = {ETA: np.tile(eta, also.size), asked.also.name: np.repeat(also, eta.size)}
    draws = DRAWS if asked.also is None and asked.task.noise is not None else 1
    over = {name: np.tile(values, draws) for name, values in over.items()}
    seeds = np.repeat(asked.task.seed + np.arange(float(draws)), also.size * eta.size)
    loss = np.full(seeds.size, np.inf)
    for first in range(0, loss.size, AT_ONCE):
        if cancelled():
            break
        some = slice(first, first + AT_ONCE)
        loss[some] = asked.task.course({name: values[some] for name, values in over.items()}, seeds=seeds[some]).loss[
            -1
        ]
        progress(min(first + AT_ONCE, loss.size), loss.size)
    each = loss.reshape(draws, also.size, eta.size)
    return Truth(eta, also, each[0], each[:, 0] if draws > 1 else None)


def spaced(asked: Question, count: int) -> Array:
    """So many values of the second number over its range, evenly spaced on its own scale."""
    assert asked.also is not None
    space = prepare(**asked.arguments, budget=MOST_EVALUATIONS).space
    return space.dimensions[1].value(np.linspace(0.0, 1.0, count))


# ---- many repetitions


@st.cache_resource(show_spinner=False)
def many_shelf() -> Shelf[Repeated]:
    """Where this server keeps the repetitions."""
    return Shelf(16)


def many(asked: Question, seeds: int, progress: Progress, cancelled: Cancelled) -> Repeated:
    """Each search so many times, every time with other chance."""
    return repeat(
        **asked.arguments,
        methods=tuple(METHODS),
        seeds=seeds,
        budget=asked.budget,
        progress=progress,
        cancelled=cancelled,
    )
