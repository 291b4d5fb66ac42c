"""What the page computes about quadratic clients: the runs with their rounds, and the drift. Kept by its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lrviz.declare import Array
from lrviz.models import follow
from lrviz.models.clients import Quadratics, quadratics
from lrviz.models.federated import Federated
from lrviz.optimizers import GD, TRAINERS, Optimizer
from lrviz.scene import Run
from lrviz.schedules import Constant, Cosine, Schedule
from lrviz.ui.background import Cancelled, Progress, Shelf
from lrviz.ui.federated.view import View

AT_ONCE = 4_000
"""Up to so many local steps the page answers without a bar, and …"""
BY_ITSELF = 60_000
"""… up to so many it begins by itself; more waits for a button."""
DRAWN = 12
"""So many points of a local path are drawn at most."""

FED = {"gd": "FedAvg", "momentum": "FedAvgM", "adagrad": "FedAdagrad", "adam": "FedAdam", "adamw": "FedAdamW"}
"""What papers call it where the server's optimizer is this one."""


def names(runs: Sequence[Run]) -> list[str]:
    """The runs, by what papers call them; by their rate too where that tells them apart or changes what they are."""
    called = [_called(run) for run in runs]
    told = [
        f"{name}, η = {float(run.schedule.eta):g}" if called.count(name) > 1 else name
        for name, run in zip(called, runs, strict=True)
    ]
    return [f"{number}: {name}" if told.count(name) > 1 else name for number, name in enumerate(told, 1)]


def _called(run: Run) -> str:
    slug = run.optimizer.slug
    return FED.get(slug, f"server {run.optimizer.short or run.optimizer.title}")


@dataclass(frozen=True)
class Question:
    """The runs, and the view without what changes nothing here."""

    runs: tuple[Run, ...]
    view: View

    @cached_property
    def names(self) -> list[str]:
        return names(self.runs)

    @property
    def local_steps(self) -> int:
        """Of all runs and the one beside them; a step of all clients counts as one."""
        return (len(self.runs) + 1) * self.view.rounds * self.view.local


def question(runs: Sequence[Run], view: View) -> Question:
    """All that the picture of the quadratics depends on."""
    return Question(tuple(runs), view.replace(alpha=View.alpha, data_eta=View.data_eta, counted=False))


# ---- the problem


def optimizer(view: View) -> Optimizer:
    """The clients' optimizer."""
    return TRAINERS[view.optimizer]()


def schedule(view: View, eta: float, rounds: int) -> Schedule:
    """The clients' rate, over so many rounds."""
    return Cosine(eta=eta, period=rounds) if view.cosine else Constant(eta)


def clients(view: View) -> Quadratics:
    """The clients on the plane."""
    return quadratics(view.clients, view.apart, view.unlike, view.seed)


def problem(view: View) -> Federated:
    """What the server's optimizers step on."""
    return Federated(
        clients(view), optimizer(view), schedule(view, view.eta, view.rounds), view.local, view.share / 100, view.seed
    )


@dataclass(frozen=True, eq=False)
class Study:
    """The runs, round by round, and what they are measured by."""

    asked: Question
    problem: Federated
    path: Array
    """(T + 1, 2, R): θ of each run before each round; NaN from a blow-up on."""
    gap: Array
    """(T + 1, R): the mean loss of all clients above its lowest."""
    blew_up: NDArray[np.int64]
    """(R,): in which round; −1 where it did not."""
    fans: Array
    """(T, points, 2, S): where the clients of each round go from the first run's θ."""
    reference: Array
    """(T · E + 1,): the gap of the first run's optimizer with one local step, for as many local steps."""

    @property
    def clients(self) -> Quadratics:
        found = self.problem.clients
        assert isinstance(found, Quadratics)
        return found

    @property
    def grows(self) -> bool:
        """Whether plain steps of the clients at their rate lead away from everywhere."""
        return not self.clients.limit(self.asked.view.eta, self.local) > 0

    @cached_property
    def resting(self) -> Array | None:
        """(2,): where a round changes nothing; None where that is not known in closed form."""
        view = self.asked.view
        if not is_plain(view) or self.problem.each_round < len(self.clients) or self.grows:
            return None
        return self.clients.fixed_point(view.eta, view.local)

    @property
    def local(self) -> int:
        return self.asked.view.local


def is_plain(view: View) -> bool:
    """Whether the clients take plain gradient steps at one rate."""
    return isinstance(optimizer(view), GD) and not view.cosine


def study(asked: Question, progress: Progress, cancelled: Cancelled) -> Study:
    """Run them, one after the other."""
    view, federated = asked.view, problem(asked.view)
    quadratics, rounds = federated.clients, view.rounds
    assert isinstance(quadratics, Quadratics)
    lowest = quadratics.loss(quadratics.optimum)
    start = np.asarray(federated.start)[:, None]
    paths, gaps, ends = [], [], []

    def gap(theta: Array) -> Array:
        return np.maximum(quadratics.loss(theta) - lowest, 0.0)

    for number, run in enumerate(asked.runs):

        def told(done: int, _: int, number: int = number) -> None:
            progress(number * rounds + done, (len(asked.runs) + 1) * rounds)

        found = follow(
            federated,
            run.optimizer,
            run.schedule,
            start,
            range(rounds + 1),
            {"gap": gap},
            keep_path=True,
            progress=told,
            cancelled=cancelled,
        )
        paths.append(_filled(found.path[:, :, 0], rounds + 1))
        gaps.append(_filled(found.values["gap"][:, 0], rounds + 1))
        ends.append(int(found.blew_up[0]))
    first = asked.runs[0]
    single = Federated(quadratics, federated.optimizer, schedule(view, view.eta, rounds * view.local), 1)
    every = range(rounds * view.local + 1)
    alone = follow(single, first.optimizer, first.schedule, start, every, {"gap": gap}, cancelled=cancelled)
    return Study(
        asked,
        federated,
        np.stack(paths, axis=2),
        np.stack(gaps, axis=1),
        np.array(ends),
        _fans(federated, paths[0]),
        _filled(alone.values["gap"][:, 0], len(every)),
    )


def _filled(rows: Array, count: int) -> Array:
    """So many rows: those that are missing, where it was stopped, are NaN."""
    filled = np.full((count, *rows.shape[1:]), np.nan)
    filled[: len(rows)] = rows
    return filled


def _fans(federated: Federated, path: Array) -> Array:
    """(T, points, 2, S) from a path (T + 1, 2)."""
    index = sorted({round(step) for step in np.linspace(0, federated.steps, min(DRAWN, federated.steps + 1)).tolist()})
    shape = (len(index), 2, federated.each_round)
    return np.stack(
        [
            federated.at(t).local_paths(theta)[index] if np.isfinite(theta).all() else np.full(shape, np.nan)
            for t, theta in enumerate(path[:-1])
        ]
    )


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf[Study]:
    """Where this server keeps them."""
    return Shelf(48)


# ---- the drift: how far from the optimum the rounds come to rest

LOCALS = (1, 2, 3, 5, 7, 10, 14, 20, 30, 50, 70, 100)
"""Numbers of local steps at which the drift is drawn …"""
RUN_AT = (1, 5, 20, 100)
"""… and those at which it is measured, too: FedAvg is run until it rests."""
APARTS = np.linspace(0.0, 2.0, 21)
"""Times the page's own: how far apart the minima are."""
RUN_APARTS = (10, 20)
LEFT, MOST = 1e-6, 2_000
"""It is run until by theory this share of the way is left, where that takes no more local steps."""


@dataclass(frozen=True, eq=False)
class Drift:
    """The drift in closed form, and as measured by runs of FedAvg."""

    local: Array
    """(len(LOCALS),)"""
    measured_local: Array
    """(len(RUN_AT),)"""
    unlike: Array
    """(3, len(APARTS)): at no, half and all of the difference in curvature."""
    measured_unlike: Array
    """(3, len(RUN_APARTS))"""


def about_drift(view: View) -> View:
    """What of the view it depends on; the rest at its defaults."""
    names = ("local", "eta", "clients", "apart", "unlike", "seed")
    return View().replace(**{name: getattr(view, name) for name in names})


def drift(view: View) -> Drift:
    """Against E, and against how far apart the minima are."""
    own, eta, local = clients(view), view.eta, view.local
    others = [[_other(view, share, factor) for factor in APARTS] for share in (0.0, 0.5, 1.0)]
    return Drift(
        np.array([_closed(own, eta, steps) for steps in LOCALS]),
        np.array([_measured(own, eta, steps) for steps in RUN_AT]),
        np.array([[_closed(other, eta, local) for other in row] for row in others]),
        np.array([[_measured(row[i], eta, local) for i in RUN_APARTS] for row in others]),
    )


def _other(view: View, share: float, factor: float) -> Quadratics:
    return clients(view.replace(unlike=share * view.unlike, apart=min(factor * view.apart, 10.0)))


def _closed(quadratics: Quadratics, eta: float, local: int) -> float:
    if not quadratics.limit(eta, local) > 1:  # FedAvg, whose server has η = 1, leaves it
        return float(np.nan)
    return float(np.linalg.norm(quadratics.fixed_point(eta, local) - quadratics.optimum))


def _measured(quadratics: Quadratics, eta: float, local: int) -> float:
    """Where FedAvg comes to rest; NaN where it does not, or where that takes too long."""
    if not quadratics.limit(eta, local) > 1:
        return float(np.nan)
    contraction = float(np.abs(1 - np.linalg.eigvalsh(quadratics.pull(eta, local).mean(axis=0))).max())
    rounds = max(1, int(np.ceil(np.log(LEFT) / np.log(max(contraction, LEFT)))))
    if rounds * local > MOST:
        return float(np.nan)
    federated = Federated(quadratics, schedule=Constant(eta), steps=local)
    found = follow(federated, GD(), Constant(1.0), np.asarray(federated.start)[:, None], [rounds], {})
    return float(np.linalg.norm(found.theta[:, 0] - quadratics.optimum))
