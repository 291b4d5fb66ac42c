"""Real clients: the digits, shared among them by class, and a logistic regression of ten classes that they learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models import MLP, Followed, follow, load
from lrviz.models.clients import Index, by_label, shared
from lrviz.models.federated import Federated
from lrviz.scene import Run
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.federated import study
from lrviz.ui.federated.view import View

HELD = 0.3
"""This share of the digits is for the test: no client has them."""
PENALTY = 1e-3
"""λ: times half the squared weights. With it the loss has a minimum."""
BY_ITSELF = 3_000
"""Up to so many local steps of all clients the page begins by itself."""
FACTORS = 10.0 ** (np.arange(-3, 4) / 2)
"""Times a run's own η: at these rates of the server each of them is tried …"""
ALPHAS = (0.1, 1.0, 100.0)
"""… for digits shared so evenly."""


@dataclass(frozen=True)
class Question:
    """The runs, and the view without what changes nothing here."""

    runs: tuple[Run, ...]
    view: View

    @cached_property
    def names(self) -> list[str]:
        return study.names(self.runs)

    @property
    def local_steps(self) -> int:
        """Of all runs; a step of all clients counts as one."""
        return len(self.runs) * self.view.rounds * self.view.local


def question(runs: Sequence[Run], view: View) -> Question:
    """All that the training depends on."""
    about = view.replace(eta=View.eta, apart=View.apart, unlike=View.unlike, counted=False)
    return Question(tuple(runs), about)


# ---- the problem


def model() -> MLP:
    """The logistic regression on all clients' digits: a network without a hidden layer."""
    train, test = load("digits").split(HELD)
    return replace(MLP(train, test, hidden=()), penalty=PENALTY)


def parts(view: View) -> list[Index]:
    """The digits of each client."""
    return by_label(model().data, view.clients, view.alpha, view.seed)


def about_sharing(view: View) -> View:
    """What of the view that depends on; the rest at its defaults."""
    return View().replace(clients=view.clients, alpha=view.alpha, seed=view.seed)


def problem(view: View) -> Federated:
    """What the server's optimizers step on."""
    clients = shared(model(), parts(view))
    rate = study.schedule(view, view.data_eta, view.rounds)
    return Federated(clients, study.optimizer(view), rate, view.local, view.share / 100, view.seed)


# ---- the runs


@dataclass(frozen=True, eq=False)
class Trained:
    """The runs, round by round: fewer rounds than were asked for where it was stopped."""

    loss: Array
    """(T + 1, R): on all clients' digits."""
    accuracy: Array
    """(T + 1, R): on the held-out ones."""
    blew_up: NDArray[np.int64]
    """(R,): in which round; −1 where it did not."""


def train(asked: Question, progress: Progress, cancelled: Cancelled) -> Trained:
    """Train the runs, one after the other, all from zeros."""
    net, federated, rounds = model(), problem(asked.view), asked.view.rounds
    count = len(asked.runs)
    loss, accuracy = np.full((rounds + 1, count), np.nan), np.full((rounds + 1, count), np.nan)
    blew_up = np.full(count, -1)

    def so_far(now: Followed, number: int) -> Trained:
        done = len(now.steps)
        loss[:done, number], accuracy[:done, number] = now.values["loss"][:, 0], now.values["accuracy"][:, 0]
        blew_up[number] = now.blew_up[0]
        return Trained(loss.copy(), accuracy.copy(), blew_up.copy())

    for number, run in enumerate(asked.runs):

        def seen(now: Followed, number: int = number) -> None:
            progress(number * rounds + len(now.steps) - 1, count * rounds, so_far(now, number))

        came = follow(
            federated,
            run.optimizer,
            run.schedule,
            np.zeros((net.dim, 1)),
            range(rounds + 1),
            {"loss": net.loss, "accuracy": lambda theta: net.accuracy(theta, net.held_out)},
            seen=seen,
            cancelled=cancelled,
        )
        found = so_far(came, number)
        if cancelled():
            break
    return found


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Trained]:
    """Where this server keeps what was trained."""
    return Shelf(48)


# ---- each at its best rate


@dataclass(frozen=True, eq=False)
class Swept:
    """How the runs end at each α and rate of the server: (alphas, R, FACTORS)."""

    loss: Array
    """On all clients' digits; +inf where a run blew up, NaN where it has not come to it yet."""
    accuracy: Array

    @property
    def best(self) -> Array:
        """(alphas, R): the lowest loss of each."""
        return np.where(np.isnan(self.loss).any(axis=-1), np.nan, self.loss.min(axis=-1))

    def at_best(self, alpha: int, run: int) -> int:
        """Which of the rates is best."""
        return int(np.argmin(self.loss[alpha, run]))


def sweep(asked: Question, progress: Progress, cancelled: Cancelled) -> Swept:
    """Each run at every rate, side by side, for each α."""
    net, view = model(), asked.view
    shape = (len(ALPHAS), len(asked.runs), len(FACTORS))
    loss, accuracy = np.full(shape, np.nan), np.full(shape, np.nan)
    total = len(ALPHAS) * len(asked.runs) * view.rounds
    for a, alpha in enumerate(ALPHAS):
        federated = problem(view.replace(alpha=alpha))
        for number, run in enumerate(asked.runs):
            before = (a * len(asked.runs) + number) * view.rounds
            eta = float(run.schedule.eta) * FACTORS

            def told(done: int, _: int, before: int = before) -> None:
                progress(before + done, total, Swept(loss.copy(), accuracy.copy()))

            came = follow(
                federated,
                run.optimizer,
                run.schedule.with_eta(eta),
                np.zeros((net.dim, len(eta))),
                [view.rounds],
                {"loss": net.loss, "accuracy": lambda theta: net.accuracy(theta, net.held_out)},
                progress=told,
                cancelled=cancelled,
            )
            if cancelled():
                return Swept(loss, accuracy)
            end = came.values["loss"][-1]
            loss[a, number] = np.where(np.isfinite(end), end, np.inf)
            accuracy[a, number] = came.values["accuracy"][-1]
    return Swept(loss, accuracy)


@st.cache_resource(show_spinner=False)
def sweeps() -> Shelf[Swept]:
    """Where this server keeps them."""
    return Shelf(16)
