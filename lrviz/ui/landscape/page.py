"""The loss landscape page: a plane through the loss of a network, and training on it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lrviz.numerals import count
from lrviz.optimizers import GD
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.tuning.task import Task
from lrviz.ui import chart, session, words
from lrviz.ui.background import answer
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.landscape import picture, told
from lrviz.ui.landscape import study as studies
from lrviz.ui.landscape.exhibits import EXHIBITS
from lrviz.ui.landscape.study import Landscape, Trained
from lrviz.ui.landscape.view import View, parse
from lrviz.ui.models import results, runs
from lrviz.ui.models.ranging import ranging
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "landscape"
SCENE = Scene(runs=(Run(GD(), Constant(0.05)), Run(GD(), Constant(0.5))))
"""What an empty link shows."""
CHART = "landscape-chart"
SUBTITLE = (
    "A network’s loss has thousands of dimensions. A plane through it is one of our surfaces: with contours, with the"
    " paths of training on it, and with the same optimizers to run there."
)


def head(board: Board) -> None:
    """Title, what there is to see, scenes to start from and the link; and what was refused."""
    page_head("Loss landscape", SUBTITLE, "Examples", EXHIBITS)
    _, problems = parse(session.view())
    refused(problems, studies.truncated(board.scene))


def sidebar(board: Board) -> None:
    """The plane, the runs, and the network."""
    view, _ = parse(session.view())
    with st.sidebar:
        view.fields(_PLANE)
        st.divider()
        runs.runs(board)
        st.divider()
        view.fields(_TRAINING)


_PLANE = (
    {"random": "Directions by chance"},
    {"ride": "Run on the plane itself"},
    {"reach": "Reach", "draw": "Draw"},
)
_TRAINING = (
    {"epochs": "Epochs", "images": "Images"},
    {"batch": "Minibatch", "other": "Of other runs"},
    {"width": "Hidden width", "seed": "Seed"},
    {"squared": "Squared loss"},
)


def landscape(board: Board) -> None:
    """The runs on the plane, and what came of them."""
    view, _ = parse(session.view())
    scene = studies.shown(board.scene)
    with st.container(key="landscape picture"):
        trained = _trained(scene, view)
        found = _seen(trained, view) if trained is not None else None
    if trained is None:
        return
    if found is not None:
        words.verdict(told.verdict(found))
    results.table(told.HEADINGS, told.rows(trained))
    if found is not None:
        seen = found
        with st.expander("What is drawn"):
            words.say(told.about(found))
        left, right = st.columns(2)
        with left:
            results.csv_button(PAGE, lambda: path_columns(seen), "Download the paths (CSV)")
        with right:
            results.csv_button(PAGE, lambda: field_columns(seen), "Download the plane (CSV)")


def _trained(scene: Scene, view: View) -> Trained | None:
    return answer(
        "landscape training",
        studies.training_question(scene, view),
        lambda progress, cancelled: studies.train(scene, view, progress, cancelled),
        studies.trainings(),
        saying=f"Training {count(len(scene.runs))} runs for {count(view.epochs)} epochs",
        label="Train",
        note=f"{count(studies.steps(scene, view))} steps in all.",
        by_itself=studies.size(scene, view) <= studies.AT_ONCE,
        show=lambda trained: chart.show(picture.training(trained), CHART),
        keep_partial=True,
    )


def _seen(trained: Trained, view: View) -> Landscape | None:
    """The planes; while they are computed, the losses. A sentence where there is none."""
    if not trained.last.any():
        words.notes(["Every run blew up at once: there is no path to lay a plane through."])
        return None
    found = answer(
        "landscape",
        (studies.training_question(trained.scene, trained.view), str(view), int(trained.last.max())),
        lambda progress, cancelled: studies.look(trained, view, progress, cancelled),
        studies.landscapes(),
        saying=f"The loss at {count(studies.GRID**2)} points of the plane",
        label="Look at the plane",
        by_itself=True,
    )
    chart.show(picture.training(trained) if found is None else picture.main(found), CHART)
    return found


def path_columns(found: Landscape) -> results.Columns:
    """For the file: a row for each run and look, on the first plane."""
    trained, seen = found.trained, found.seen[0]
    looks = len(trained.epochs)
    return {
        "run": np.repeat(trained.names, looks),
        "epoch": np.tile(trained.epochs, len(trained.names)),
        "step": trained.steps.T.ravel(),
        "along_d1": seen.path[:, 0].T.ravel(),
        "along_d2": seen.path[:, 1].T.ravel(),
        "distance": seen.distance.T.ravel(),
        "loss": trained.loss.T.ravel(),
        "loss_on_plane": seen.along.T.ravel(),
        "validation": trained.validation.T.ravel(),
        "accuracy": trained.accuracy.T.ravel(),
    }


def field_columns(found: Landscape) -> results.Columns:
    """For the file: a row for each point of each plane."""
    across = [np.meshgrid(seen.x, seen.y) for seen in found.seen]
    return {
        "plane": np.repeat(np.arange(1, len(found.seen) + 1), studies.GRID**2),
        "along_d1": np.concatenate([x.ravel() for x, _ in across]),
        "along_d2": np.concatenate([y.ravel() for _, y in across]),
        "loss": np.concatenate([seen.losses.ravel() for seen in found.seen]),
    }


def range_test(board: Board) -> None:
    """The range test of this network, on its minibatches."""
    view, _ = parse(session.view())
    run = board.scene.runs[0]

    def task() -> Task:
        return Task(studies.problem(studies.network(view), view, 0), run.optimizer, STEPS, run.schedule)

    low, high = run.optimizer.typical_eta / BELOW, run.optimizer.typical_eta * ABOVE
    ranging(PAGE, studies.training_question(Scene(runs=(run,)), view), task, low, high)


STEPS = 300
"""Of the real runs beside the range test."""
BELOW, ABOVE = 10.0, 1e4
"""How far below and above the typical η the range test goes."""


def links(board: Board) -> None:
    """The runs on the other pages."""
    open_in(board.scene, but=PAGE)
