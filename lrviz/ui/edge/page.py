"""The edge of stability page: training with all data, and the curvature that it comes to."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lrviz.models.curvature import TOLERANCE
from lrviz.numerals import count, rounded
from lrviz.optimizers import GD, Adam
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.theory import preconditioned_limit
from lrviz.tuning.task import Task
from lrviz.ui import chart, session, words
from lrviz.ui.background import drawn
from lrviz.ui.edge import picture, told
from lrviz.ui.edge import study as studies
from lrviz.ui.edge.exhibits import EXHIBITS
from lrviz.ui.edge.study import Study
from lrviz.ui.edge.view import View, parse
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.models import results, runs
from lrviz.ui.models.ranging import ranging
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "edge"
SCENE = Scene(runs=tuple(Run(GD(), Constant(eta)) for eta in (0.15, 0.3, 0.5)))
"""What an empty link shows."""
CHART = "edge-chart"
SUBTITLE = (
    "Trained with all data, a network grows sharper until λmax, the largest curvature of its loss, is at 2/η. There a"
    " quadratic would blow up; the network stays, and goes on learning."
)


def head(board: Board) -> None:
    """Title, what there is to see, scenes to start from and the link; and what was refused."""
    page_head("Edge of stability", SUBTITLE, "Examples", EXHIBITS)
    _, problems = parse(session.view())
    refused(problems)


def sidebar(board: Board) -> None:
    """The runs, the network and its data."""
    view, _ = parse(session.view())
    with st.sidebar:
        runs.runs(board)
        st.divider()
        view.fields(_FIELDS)


_FIELDS = (
    {"steps": "Steps", "images": "Images"},
    {"width": "Hidden width", "layers": "Hidden layers"},
    {"gain": "Initial weights ×", "seed": "Seed"},
    {"entropy": "Cross-entropy"},
)


def training(board: Board) -> None:
    """The runs, their picture, and what came of them."""
    view, _ = parse(session.view())
    scene = board.scene

    def show(study: Study) -> None:
        chart.show(picture.main(study), CHART)

    steps = view.steps * len(studies.together(scene.runs))
    study = drawn(
        show,
        "edge",
        studies.question(scene, view),
        lambda progress, cancelled: studies.study(scene, view, progress, cancelled),
        studies.studies(),
        saying=f"Training {count(len(scene.runs))} runs for {count(view.steps)} steps",
        label="Train",
        note=f"{count(steps)} steps with {count(view.images)} images in each.",
        by_itself=studies.size(scene, view) <= studies.AT_ONCE,
        keep_partial=True,
    )
    if study is None:
        return
    words.verdict(told.verdict(study))
    results.table(told.HEADINGS, told.rows(study))
    with st.expander("Run by run, and what is measured"):
        words.say([*told.sentences(study), *about(study.view)])
    results.csv_button(PAGE, lambda: columns(study))


def about(view: View) -> list[str]:
    """How it is measured, and where it comes from."""
    loss = "cross-entropy" if view.entropy else "half the squared distance of the outputs to the class"
    adam = Adam()
    return [
        f"The network has {view.layers} hidden layers of {view.width} tanh units; its loss is {loss}, over"
        f" {count(view.images)} digits of which each pixel’s mean was taken off. Every step sees them all.",
        "λmax is found from Hessian-vector products by Lanczos’s method, begun at the vector found before, until its"
        f" residual is {100 * TOLERANCE:g} % of it. Its edge is the curvature that the step can just bear on a"
        " quadratic: 2/η for gradient descent, 2(1 + β)/η with momentum. Methods that divide by a diagonal P step on"
        f" P⁻¹H: their λmax is that of P⁻¹H, and Adam’s edge is {rounded(float(preconditioned_limit(adam)))}/η at"
        f" β₁ = {rounded(float(adam.beta1))}.",
        "Source: Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of stability,"
        " ICLR; Cohen et al. (2022), Adaptive gradient methods at the edge of stability.",
    ]


def columns(study: Study) -> results.Columns:
    """For the file: a row for each run and look."""
    run, names = study.run, study.names
    return {
        "run": np.repeat(names, len(run.looks)),
        "step": np.tile(run.looks, len(names)),
        "loss": run.loss[run.looks].T.ravel(),
        "lambda_max": run.curvature.T.ravel(),
        "edge": run.edge.T.ravel(),
    }


def range_test(board: Board) -> None:
    """The range test of this network."""
    view, _ = parse(session.view())
    run = board.scene.runs[0]

    def task() -> Task:
        network = studies.network(view)
        start = tuple((view.gain * network.start).tolist())
        return Task(network, run.optimizer, STEPS, run.schedule, start)

    low, high = run.optimizer.typical_eta / BELOW, run.optimizer.typical_eta * ABOVE
    ranging(PAGE, studies.question(Scene(runs=(run,)), view), task, low, high)


STEPS = 300
"""Of the real runs beside the range test."""
BELOW, ABOVE = 10.0, 1e3
"""How far below and above the typical η the range test goes."""


def links(board: Board) -> None:
    """The runs on the other pages."""
    open_in(board.scene, but=PAGE)
