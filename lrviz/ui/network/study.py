"""What the page trains, and what came of it. Each answer is kept for all visitors, under its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.models import MLP, Data, Followed, Minibatches, follow, load
from lrviz.models.early_stopping import EarlyStop, early_stop
from lrviz.models.follow import Measure
from lrviz.numerals import count
from lrviz.optimizers import Optimizer
from lrviz.scene import Run
from lrviz.schedules import Schedule
from lrviz.tuning.task import Task
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.network.view import View

HELD = 0.2
"""The share of the digits that is for the test; of the rest as large a share is for validation, and early stopping."""
MOST_STEPS = 20_000
"""As many steps as a page can wait for."""
AT_ONCE = 10_000
"""Training of up to so many steps in all begins by itself; more waits for a button."""


@dataclass(frozen=True)
class Setting:
    """A network, its data and how it is trained, all that the runs share. ValueError where that makes no sense."""

    view: View

    def __post_init__(self) -> None:
        n = len(self.train)
        if self.view.batch > n:
            raise ValueError(f"a minibatch of {count(self.view.batch)} examples cannot be drawn from {count(n)}")
        if self.steps > MOST_STEPS:
            epochs = f"{count(self.view.epochs)} epochs of {count(n // self.view.batch)} steps"
            raise ValueError(
                f"{epochs} are {count(self.steps)}; {count(MOST_STEPS)} are as many as a page can wait for"
            )

    @cached_property
    def parts(self) -> tuple[Data, Data, Data]:
        """The digits for training, validation and the test. Training alone has wrong labels, where there are any."""
        view = self.view
        rest, test = load("digits").split(HELD, view.seed)
        train, validation = rest.split(HELD, view.seed)
        if view.share < 100:
            _, train = train.split(view.share / 100, view.seed)
        if not len(train):
            raise ValueError(f"{view.share:g} % of the training data are none")
        return mislabelled(train, view.wrong / 100, view.seed), validation, test

    @property
    def train(self) -> Data:
        return self.parts[0]

    @property
    def test(self) -> Data:
        return self.parts[2]

    @cached_property
    def network(self) -> MLP:
        """The network on its training data; its `validation` is on the data for that."""
        view = self.view
        train, validation, _ = self.parts
        return MLP(train, validation, (view.width,) * view.layers, "tanh" if view.tanh else "relu", seed=view.seed)

    @cached_property
    def problem(self) -> Minibatches:
        """What the steps see of it."""
        return Minibatches(self.network, self.view.batch, self.view.seed)

    @property
    def steps(self) -> int:
        """Of each run."""
        return self.view.epochs * (len(self.train) // self.view.batch)

    @property
    def looks(self) -> list[int]:
        """Steps: one look before the first epoch, and one after each."""
        return [epoch * self.problem.an_epoch for epoch in range(self.view.epochs + 1)]

    @property
    def measures(self) -> dict[str, Measure]:
        """What is looked at after each epoch."""
        tested = replace(self.network, data=self.test, held_out=None)
        return {
            "training loss": self.network.loss,
            "validation loss": self.network.validation,
            "test loss": tested.loss,
            "test accuracy": tested.accuracy,
        }

    def starts(self, count: int) -> Array:
        """(dim, count): the same initial weights for all."""
        return np.repeat(self.network.start[:, None], count, axis=1)

    def task(self, run: Run) -> Task:
        """A run as what a range test is about."""
        return Task(self.problem, run.optimizer, self.steps, run.schedule)


def mislabelled(data: Data, share: float, seed: int) -> Data:
    """The data with this share of the labels replaced, each by another class, drawn evenly (NumPy's PCG64).

    Source: symmetric label noise, as in Zhang et al. (2017), Understanding deep learning requires rethinking
    generalization, ICLR.
    """
    generator = np.random.default_rng(seed)
    index = generator.permutation(len(data))[: round(share * len(data))]
    classes, labels = len(data.classes), data.labels.copy()
    labels[index] = (labels[index] + generator.integers(1, classes, len(index))) % classes
    return replace(data, labels=labels)


# ---- the runs of the scene

RATE = "eta"


@dataclass(frozen=True)
class Question:
    """What is trained: the runs, and the view without what changes no training."""

    runs: tuple[Run, ...]
    view: View

    @cached_property
    def setting(self) -> Setting:
        return Setting(self.view)

    @property
    def steps(self) -> int:
        """Of all runs together."""
        return self.setting.steps * len(self.runs)


def question(runs: Sequence[Run], view: View) -> Question:
    """What the page asks. ValueError, with a sentence, where there is nothing to train."""
    asked = Question(tuple(runs), trains(view))
    asked.setting  # noqa: B018 — refuses what makes no sense
    return asked


def trains(view: View) -> View:
    """The view without what changes no training: those numbers at their defaults."""
    return view.replace(patience=View.patience, compared=View.compared)


@dataclass(frozen=True, eq=False)
class Trained:
    """Runs by epochs: K looks at B runs. Fewer looks than were asked for where it was stopped."""

    values: dict[str, Array]
    """Of each measure, and of η, (K, B): NaN from a blow-up on, and where a run has not come to it yet."""
    blew_up: Array
    """(B,): at which step; −1 where it did not."""

    @property
    def epochs(self) -> int:
        """How many are done by the run that is farthest."""
        return len(self.values["training loss"]) - 1

    def of(self, name: str, run: int) -> Array:
        """(K,): a measure of a run."""
        return self.values[name][:, run]

    def stop(self, run: int, patience: int) -> EarlyStop:
        """What early stopping does to a run, by the looks that there were at it. ValueError where there was none."""
        losses = self.of("validation loss", run)
        return early_stop(losses[: np.flatnonzero(np.isfinite(losses)).max(initial=-1) + 1], patience)


def train(asked: Question, progress: Progress, cancelled: Cancelled) -> Trained:
    """Train the runs. Those that differ by η alone go side by side; of the others one after another."""
    setting, groups = asked.setting, alike(asked.runs)
    looks, total = setting.looks, setting.steps * len(groups)
    values = {name: np.full((len(looks), len(asked.runs)), np.nan) for name in (*setting.measures, RATE)}
    blew_up = np.full(len(asked.runs), -1)
    done = 0

    def so_far(now: Followed, group: list[int]) -> Trained:
        for name, measured in now.values.items():
            values[name][: len(now.steps), group] = measured
        values[RATE][: len(now.steps), group] = now.eta
        blew_up[group] = now.blew_up
        most = max(most_seen, len(now.steps))
        return Trained({name: rows[:most].copy() for name, rows in values.items()}, blew_up.copy())

    most_seen = 0
    for group in groups:
        optimizer, schedule = side_by_side([asked.runs[number] for number in group])
        latest: list[Trained] = []

        def seen(now: Followed, group: list[int] = group, latest: list[Trained] = latest) -> None:
            if len(now.steps) > 1:  # of one look there is no curve
                latest[:] = [so_far(now, group)]

        def told(step: int, _: int, latest: list[Trained] = latest, done: int = done) -> None:
            progress(done + step, total, latest[0] if latest else None)

        came = follow(
            setting.problem,
            optimizer,
            schedule,
            setting.starts(len(group)),
            looks,
            setting.measures,
            seen=seen,
            progress=told,
            cancelled=cancelled,
        )
        found = so_far(came, group)
        done, most_seen = done + setting.steps, max(most_seen, len(came.steps))
        if cancelled():
            break
    return found


def alike(runs: Sequence[Run]) -> list[list[int]]:
    """The numbers of the runs, in groups that differ by η alone."""
    groups: dict[Run, list[int]] = {}
    for number, run in enumerate(runs):
        groups.setdefault(replace(run, schedule=run.schedule.with_eta(1.0)), []).append(number)
    return list(groups.values())


def side_by_side(runs: Sequence[Run]) -> tuple[Optimizer, Schedule]:
    """Such a group as one batch."""
    eta = np.array([run.schedule.eta for run in runs], dtype=np.float64)
    return runs[0].optimizer, runs[0].schedule.with_eta(eta)


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Trained]:
    """Where this server keeps what was trained."""
    return Shelf(48)
