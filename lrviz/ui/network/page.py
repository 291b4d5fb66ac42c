"""The Network page: what is trained at the left; the training; in words and numbers what came of it; more below."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from lrviz.numerals import count
from lrviz.scene import Run
from lrviz.ui import chart, session, words
from lrviz.ui.background import drawn
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.models import named, results
from lrviz.ui.models.ranging import ranging
from lrviz.ui.models.runs import runs
from lrviz.ui.network import charts, sweeps, sweeps_chart, sweeps_told, told
from lrviz.ui.network import study as studies
from lrviz.ui.network.examples import EXAMPLES
from lrviz.ui.network.study import Question, Trained
from lrviz.ui.network.sweeps import Sweep, Swept
from lrviz.ui.network.view import View
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "network"
SCENE = EXAMPLES[0].scene
"""What an empty link shows."""
CHART = "network training"


def sidebar(board: Board, view: View) -> None:
    """The runs, then what they train."""
    with st.sidebar:
        runs(board)
        st.divider()
        view.fields(_FIELDS)


_FIELDS = (
    {"epochs": "Epochs", "batch": "Minibatch"},
    {"width": "Hidden units", "layers": "Hidden layers"},
    {"share": "Data kept, %", "wrong": "Wrong labels, %"},
    {"patience": "Patience, epochs", "seed": "Seed"},
    {"tanh": "tanh instead of ReLU"},
)


def head(problems: tuple[str, ...]) -> None:
    """Title, trainings to start from and the link; and what was refused."""
    page_head("Network", "A small network learns handwritten digits, at several η at once.", "Examples", EXAMPLES)
    refused(problems)


def training(board: Board, view: View) -> Question | None:
    """The runs side by side, and what came of them. None, with a sentence, where there is nothing to train."""
    try:
        asked = studies.question(board.scene.runs, view)
    except ValueError as problem:
        words.notes([f"There is nothing to train: {problem}."])
        return None

    def draw(found: Trained) -> None:
        chart.show(charts.training(asked, found, view.patience), CHART)

    found = drawn(
        draw,
        "network training",
        asked,
        lambda progress, cancelled: studies.train(asked, progress, cancelled),
        studies.shelf(),
        saying=f"Training: {count(len(asked.runs))} runs of {count(asked.setting.steps)} steps",
        label="Train",
        by_itself=asked.steps <= studies.AT_ONCE,
        note=told.long(view, asked),
        keep_partial=True,
    )
    if found is not None:
        words.verdict([*told.verdict(asked, found, view.patience), *told.decay(asked.runs)])
        _numbers(asked, found, view)
    return asked


def _numbers(asked: Question, found: Trained, view: View) -> None:
    results.table(told.HEADINGS, told.rows(asked, found, view.patience))
    results.csv_button(PAGE, lambda: columns(asked, found), "Download every epoch (CSV)")
    st.html(f'<p class="lr-quiet">{escape(told.setting(asked.setting))}</p>')


def columns(asked: Question, found: Trained) -> dict[str, ArrayLike]:
    """All that was looked at, a row for each run and epoch."""
    epochs, names = found.epochs + 1, named.names(asked.runs)
    each: dict[str, ArrayLike] = {name: values.T.ravel() for name, values in found.values.items()}
    return {"run": np.repeat(names, epochs), "epoch": np.tile(np.arange(epochs), len(names))} | each


# ---- every η


def every_rate(board: Board, view: View) -> None:
    """The same training at many rates, for one thing besides η that varies: once it is asked for."""
    words.heading("Every η")
    kind = _kind(view)
    try:
        asked = sweeps.sweep(kind, board.scene.runs[0], view)
    except ValueError as problem:
        words.notes([f"There is nothing to compare: {problem}."])
        return
    words.say([sweeps_told.question(kind)])

    def pick() -> None:
        eta = chart.last_pick(SWEEP)
        if eta is not None:
            session.take_rate(float(f"{eta:.3g}"))  # a hand is no more exact

    def draw(found: Swept) -> None:
        chart.show(sweeps_chart.chart(asked, found), SWEEP, on_pick=pick)

    found = drawn(
        draw,
        "network sweep",
        asked,
        lambda progress, cancelled: sweeps.train(asked, progress, cancelled),
        sweeps.shelf(),
        saying=f"Training {count(asked.networks)} networks",
        label=f"Train {count(asked.networks)} networks",
        by_itself=False,
        note=sweeps_told.cost(asked),
    )
    if found is not None:
        words.verdict(sweeps_told.verdict(asked, found))
        results.table(sweeps_told.HEADINGS, sweeps_told.rows(asked, found), of_runs=kind != "gap")
        results.csv_button(PAGE, lambda: swept_columns(asked, found), f"Download every η (CSV): {sweeps.KINDS[kind]}")


SWEEP = "network sweep"


def _kind(view: View) -> str:
    """What varies besides η."""
    kinds, key = list(sweeps.KINDS), "compared"
    st.session_state[key] = kinds[view.compared]

    def choose() -> None:
        chosen = st.session_state[key]  # a second click on the chosen one means nothing
        if chosen is not None:
            View.change(compared=kinds.index(chosen))

    st.segmented_control(
        "Compare",
        kinds,
        format_func=sweeps.KINDS.__getitem__,
        key=key,
        on_change=choose,
        label_visibility="collapsed",
    )
    return kinds[view.compared]


def swept_columns(asked: Sweep, found: Swept) -> dict[str, ArrayLike]:
    """How each training ended, a row for each lane and η."""
    lanes = asked.lanes[: found.done]
    each: dict[str, ArrayLike] = {name: values.ravel() for name, values in found.values.items()}
    names = np.repeat([lane.name for lane in lanes], len(sweeps.FACTORS))
    return {"what": names, "eta": np.concatenate([lane.eta for lane in lanes]), **each}


# ---- the range test


def ranged(board: Board, view: View) -> None:
    """The range test of the first run, on its minibatches."""
    run = board.scene.runs[0]
    try:
        setting = studies.Setting(view)
    except ValueError:
        return  # it has been said
    typical = run.optimizer.typical_eta
    ranging(
        PAGE,
        (studies.question([at_typical(run)], view)),
        lambda: setting.task(at_typical(run)),
        RANGE[0] * typical,
        RANGE[1] * typical,
        judged="validation loss",
    )


RANGE = (1e-2, 1e3)
"""The range test goes from so many times the optimizer's typical η to so many times it."""


def at_typical(run: Run) -> Run:
    """The run at a rate that does not depend on where its own was dragged."""
    return replace(run, schedule=run.schedule.with_eta(run.optimizer.typical_eta))


def links(board: Board) -> None:
    """The runs on the other pages."""
    open_in(board.scene, but=PAGE)
