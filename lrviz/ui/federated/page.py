"""The Federated page: the server's runs and the clients at the left; the rounds on a plane; the drift; real clients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from lrviz.numerals import count
from lrviz.optimizers import TRAINERS
from lrviz.tuning.task import Task
from lrviz.ui import chart, widgets, words
from lrviz.ui.background import answer, drawn
from lrviz.ui.federated import digits as real
from lrviz.ui.federated import digits_picture, digits_told, picture, told
from lrviz.ui.federated import study as studies
from lrviz.ui.federated.digits import Swept, Trained
from lrviz.ui.federated.examples import EXAMPLES
from lrviz.ui.federated.study import Drift, Study
from lrviz.ui.federated.view import View
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.models import results, runs
from lrviz.ui.models.ranging import ranging
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "federated"
SCENE = EXAMPLES[0].scene
"""What an empty link shows."""
PLANE, DIGITS, SWEEP = "federated plane", "federated digits", "federated sweep"
"""The keys of the charts."""
SUBTITLE = (
    "Each client takes steps on its own data; a server puts together what they found, and may use any optimizer for it."
)


def head(problems: tuple[str, ...]) -> None:
    """Title, what there is to see, scenes to start from and the link; and what was refused."""
    page_head("Federated", SUBTITLE, "Examples", EXAMPLES)
    refused(problems)


# ---- the sidebar


def sidebar(board: Board, view: View) -> None:
    """The server's runs, then the clients and their rounds."""
    with st.sidebar:
        st.html('<span class="lr-quiet">The server</span>')
        runs.runs(board)
        st.divider()
        st.html('<span class="lr-quiet">The clients</span>')
        _optimizer(view)
        view.fields(_FIELDS)


_FIELDS = (
    {"local": "Local steps E", "eta": "Clients’ η"},
    {"rounds": "Rounds", "clients": "Clients"},
    {"apart": "Minima apart", "unlike": "Curvatures unlike"},
    {"share": "Taking part, %", "seed": "Seed"},
    {"cosine": "Clients’ η falls to 0"},
    {"counted": "Count local steps"},
    {"alpha": "Digits: α", "data_eta": "Digits: clients’ η"},
)


def _optimizer(view: View) -> None:
    """The clients' optimizer."""
    widgets.choice(
        "Their optimizer", TRAINERS, view.optimizer, lambda slug: View.change(optimizer=slug), "clients’ optimizer"
    )


# ---- quadratics


def plane(board: Board, view: View) -> None:
    """The rounds on the plane, and what came of them."""
    asked = studies.question(board.scene.runs, view)

    def draw(found: Study) -> None:
        chart.show(picture.main(found, view), PLANE)

    with st.container(key="federated rounds"):
        if asked.local_steps <= studies.AT_ONCE and studies.shelf().get(asked) is None:
            studies.shelf().put(asked, studies.study(asked, lambda *_: None, lambda: False))
        found = answer(
            "federated rounds",
            asked,
            lambda progress, cancelled: studies.study(asked, progress, cancelled),
            studies.shelf(),
            saying=f"{count(view.rounds)} rounds of {count(view.local)} local steps",
            label="Run the rounds",
            note=f"{count(asked.local_steps)} local steps of {count(view.clients)} clients.",
            by_itself=asked.local_steps <= studies.BY_ITSELF,
        )
        if found is not None:
            draw(found)
    if found is None:
        return
    words.verdict(told.verdict(found))
    results.table(told.HEADINGS, told.rows(found))
    results.csv_button(PAGE, lambda: columns(found), "Download the rounds (CSV)")


def columns(found: Study) -> dict[str, ArrayLike]:
    """A row for each run and round."""
    rounds, names = len(found.gap), found.asked.names
    return {
        "run": np.repeat(names, rounds),
        "round": np.tile(np.arange(rounds), len(names)),
        "theta_1": found.path[:, 0].T.ravel(),
        "theta_2": found.path[:, 1].T.ravel(),
        "loss_above_lowest": found.gap.T.ravel(),
    }


# ---- the drift


def drift(view: View) -> None:
    """What the drift grows with."""
    words.heading("What the drift grows with")
    found = _drift(str(studies.about_drift(view)))
    left, right = st.columns(2, gap="large")
    with left:
        chart.show(picture.drift_by_local(found, view), "federated drift by local")
        words.say([told.drift_by_local(found, view)])
    with right:
        chart.show(picture.drift_by_apart(found, view), "federated drift by apart")
        words.say([told.drift_by_apart(found, view)])
    with st.expander("The fixed point in closed form"):
        st.latex(r"\bar\theta = \Bigl(\sum_k M_k\Bigr)^{-1} \sum_k M_k \theta_k^*, \qquad M_k = I - (I - \eta A_k)^E")
        words.say(
            [
                "E gradient steps at η take client k from θ to θ − Mₖ (θ − θₖ*). Where the mean of these moves is 0 a"
                " round changes nothing. With E = 1 it is Mₖ = η Aₖ, and the fixed point is the optimum. It is so too"
                " where all Aₖ are the same: then all Mₖ are. Lines are this formula, dots are runs of FedAvg with all"
                " clients in each round."
            ]
        )


@st.cache_resource(max_entries=64, show_spinner=False)
def _drift(view: str) -> Drift:
    return studies.drift(View.parse(view)[0])


# ---- real clients


def digits(board: Board, view: View) -> None:
    """The digits, shared by class."""
    words.heading("Real clients: digits, shared by class")
    asked = real.question(board.scene.runs, view)
    words.say([_sharing(str(real.about_sharing(view)))])

    def draw(found: Trained) -> None:
        chart.show(digits_picture.training(asked, found), DIGITS)

    found = drawn(
        draw,
        "federated digits",
        asked,
        lambda progress, cancelled: real.train(asked, progress, cancelled),
        real.shelf(),
        saying=f"{count(len(asked.runs))} runs of {count(view.rounds)} rounds",
        label="Train",
        note=f"{count(asked.local_steps)} local steps of {count(view.clients)} clients.",
        by_itself=asked.local_steps <= real.BY_ITSELF,
        keep_partial=True,
    )
    if found is not None:
        words.verdict(digits_told.verdict(asked, found))
        results.table(digits_told.HEADINGS, digits_told.rows(asked, found))
        results.csv_button(PAGE, lambda: digit_columns(asked, found), "Download the training (CSV)")
        with st.expander("What is learned, and what α is"):
            words.say(digits_told.about())
    _sweep(asked)


@st.cache_resource(max_entries=64, show_spinner=False)
def _sharing(view: str) -> str:
    return digits_told.sharing(real.parts(View.parse(view)[0]))


def digit_columns(asked: real.Question, found: Trained) -> dict[str, ArrayLike]:
    """A row for each run and round."""
    rounds = len(found.loss)
    return {
        "run": np.repeat(asked.names, rounds),
        "round": np.tile(np.arange(rounds), len(asked.names)),
        "loss": found.loss.T.ravel(),
        "held_out_accuracy": found.accuracy.T.ravel(),
    }


def _sweep(asked: real.Question) -> None:
    """Each of the server's optimizers at its own best rate: once it is asked for."""
    words.heading("Each server at its own best η")
    asked = real.question(asked.runs, asked.view.replace(alpha=View().alpha))  # it has its own
    rates, alphas = len(real.FACTORS), len(real.ALPHAS)
    trainings = rates * alphas * len(asked.runs)

    def draw(found: Swept) -> None:
        chart.show(digits_picture.sweep(asked, found), SWEEP)

    found = drawn(
        draw,
        "federated sweep",
        asked,
        lambda progress, cancelled: real.sweep(asked, progress, cancelled),
        real.sweeps(),
        saying=f"{count(trainings)} trainings",
        label=f"Train {count(trainings)} times",
        note=(
            f"Each run at {rates} rates of the server, a factor √10 apart around its own, for {alphas} values of α:"
            f" {count(alphas * asked.local_steps)} local steps of all clients, {rates} rates side by side."
        ),
        by_itself=False,
    )
    if found is not None:
        words.say(digits_told.best(asked, found))
        results.table(digits_told.BEST_HEADINGS, digits_told.best_rows(asked, found))


# ---- the range test


def ranged(board: Board, view: View) -> None:
    """The range test of the server's η, on the digits."""
    run = board.scene.runs[0]
    typical = 1.0 if run.optimizer.slug == "gd" else run.optimizer.typical_eta
    asked = real.question([replace(run, schedule=run.schedule.with_eta(typical))], view)

    def task() -> Task:
        federated = real.problem(view)
        return Task(federated, run.optimizer, view.rounds, run.schedule, tuple(np.zeros(real.model().dim).tolist()))

    ranging(PAGE, asked, task, BELOW * typical, ABOVE * typical, steps=RAMP)


RAMP = 100
"""Rounds of the range test's ramp."""
BELOW, ABOVE = 1e-2, 1e2
"""It goes from so many times a usual rate of the server to so many times it."""


def links(board: Board) -> None:
    """The runs on the other pages."""
    open_in(board.scene, but=PAGE)
