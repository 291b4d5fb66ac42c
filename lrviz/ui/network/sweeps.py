"""Every η: the same training over a whole range of rates, for one thing besides η that varies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.models import follow
from lrviz.optimizers import OPTIMIZERS
from lrviz.scene import Run
from lrviz.schedules import Constant
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.network.study import Setting, trains
from lrviz.ui.network.view import View

KINDS = {"gap": "Gap and accuracy", "typical": "Typical values", "minibatch": "Minibatch and η"}
"""What may vary besides η: the seed, the optimizer, the minibatch."""
FACTORS = 10.0 ** (np.arange(-4, 9) / 3)
"""The rates, as multiples of the optimizer's typical one, which is among them."""
SEEDS = 3
"""So many splits of the data, initial weights and orders of the minibatches, the view's own the first."""
COMPARED = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
TIMES = (1, 4, 16)
"""Minibatches so many times as large as the view's; what is more than all examples is left out."""


@dataclass(frozen=True)
class Lane:
    """One training at all rates, side by side."""

    name: str
    setting: Setting
    run: Run
    """At the optimizer's typical η."""

    @property
    def eta(self) -> Array:
        """(E,)"""
        return float(self.run.schedule.eta) * FACTORS


@dataclass(frozen=True)
class Sweep:
    """What is asked: which thing varies, the run (its η does not matter), and the view."""

    kind: str
    run: Run
    view: View

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        return _LANES[self.kind](self.run, self.view)

    @property
    def networks(self) -> int:
        """How many are trained."""
        return len(self.lanes) * len(FACTORS)

    @property
    def steps(self) -> int:
        """Of all of them, those side by side counted once."""
        return sum(lane.setting.steps for lane in self.lanes)


def sweep(kind: str, run: Run, view: View) -> Sweep:
    """What the page asks. ValueError where there is nothing to train."""
    run = run if kind != "typical" else Run()  # all optimizers: the scene's does not matter
    run = replace(run, schedule=run.schedule.with_eta(run.optimizer.typical_eta))
    asked = Sweep(kind, run, trains(view))
    asked.lanes  # noqa: B018 — refuses what makes no sense
    return asked


def _seeds(run: Run, view: View) -> tuple[Lane, ...]:
    seeds = range(view.seed, view.seed + SEEDS)
    return tuple(Lane(f"seed {seed}", Setting(view.replace(seed=seed)), run) for seed in seeds)


def _optimizers(run: Run, view: View) -> tuple[Lane, ...]:
    classes, setting = [OPTIMIZERS[slug] for slug in COMPARED], Setting(view)
    return tuple(Lane(cls.short or cls.title, setting, Run(cls(), Constant(cls.typical_eta))) for cls in classes)


def _minibatches(run: Run, view: View) -> tuple[Lane, ...]:
    n = len(Setting(view).train)
    return tuple(
        Lane(
            f"{view.batch * times} examples",
            Setting(view.replace(batch=view.batch * times)),
            replace(run, schedule=run.schedule.stretched(1 / times)),
        )
        for times in TIMES
        if view.batch * times <= n
    )


_LANES: dict[str, Callable[[Run, View], tuple[Lane, ...]]] = {
    "gap": _seeds,
    "typical": _optimizers,
    "minibatch": _minibatches,
}


@dataclass(frozen=True, eq=False)
class Swept:
    """How the trainings ended: of each measure the lanes that are done, (lanes, E). NaN where a run blew up."""

    values: dict[str, Array]

    @property
    def done(self) -> int:
        """How many lanes are."""
        return len(self.values["training loss"])

    @property
    def gap(self) -> Array:
        """(lanes, E): validation loss − training loss."""
        return self.values["validation loss"] - self.values["training loss"]


def train(asked: Sweep, progress: Progress, cancelled: Cancelled) -> Swept:
    """Train them, one lane after another."""
    rows: dict[str, list[Array]] = {}
    done = 0
    for lane in asked.lanes:
        setting = lane.setting

        def told(step: int, _: int, done: int = done) -> None:
            progress(done + step, asked.steps, _swept(rows) if rows else None)

        came = follow(
            setting.problem,
            lane.run.optimizer,
            lane.run.schedule.with_eta(lane.eta),
            setting.starts(len(lane.eta)),
            [setting.steps],
            setting.measures,
            progress=told,
            cancelled=cancelled,
        )
        if cancelled():
            break
        done += setting.steps
        for name, values in came.values.items():
            rows.setdefault(name, []).append(values[-1])
    return _swept(rows)


def _swept(rows: dict[str, list[Array]]) -> Swept:
    return Swept({name: np.array(values) for name, values in rows.items()})


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Swept]:
    """Where this server keeps what was swept."""
    return Shelf(24)
