"""The playground around its stage: what is chosen rather than dragged, and the numbers below."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrviz import tables
from lrviz.gallery import GALLERY
from lrviz.numerals import point, rounded
from lrviz.optimizers import OPTIMIZERS, Optimizer
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.schedules import Constant
from lrviz.ui import controls, export, fair, references, session, words
from lrviz.ui.head import head as page_head
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "playground"


def head(scene: Scene) -> None:
    """Title, lesson, the button that tunes each run, the gallery and the link."""
    lesson = f"{scene.surface.title}. {scene.surface.lesson}"
    page_head("Playground", lesson, "Gallery", GALLERY, first=lambda: fair.button(scene))


def sidebar(board: Board) -> None:
    """What all runs share: surface, steps, noise; for each run its optimizer and schedule; and a way to add one."""
    scene = board.scene
    with st.sidebar:
        controls.surface(scene)
        controls.noise(scene)
        controls.shared_numbers(scene, static_only=True)
        controls.steps_and_seed(scene)
        st.divider()
        for number, (id, run) in enumerate(board.runs().items()):
            controls.run(number, id, run)
        _another(full=len(scene.runs) >= MOST_RUNS)


def notes() -> None:
    """What was refused; the place is always there, so that a note coming or going does not move what has the focus."""
    with st.container(key="notes"):
        words.notes(session.problems(), float_too=True)


@st.fragment
def stage_and_numbers() -> None:
    """The stage, and below it what follows each edit of it: the table, the race, and the scene as a file."""
    board = session.board(PAGE)
    if session.restructured():
        st.rerun()
    session.show_stage()
    scene, trajectories = board.scene, session.trajectories(board.scene)
    words.notes([_outside(scene)] if not scene.starts_inside else [])
    words.table(tables.lines(scene, trajectories))
    fair.show(scene)
    open_in(scene, but=PAGE)
    references.expander(scene)
    export.menu(scene, trajectories)


def _outside(scene: Scene) -> str:
    (left, right), (bottom, top) = scene.surface.box
    box = f"[{rounded(left)}, {rounded(right)}] × [{rounded(bottom)}, {rounded(top)}]"
    return f"The start {point(scene.start)} lies outside the picture, {box}. The runs begin there all the same."


# ---- the scene's choices


def _another(full: bool) -> None:
    key, titles = "another", {slug: optimizer.title for slug, optimizer in OPTIMIZERS.items()}

    def add() -> None:
        session.change(lambda scene: _with_another(scene, OPTIMIZERS[st.session_state[key]]()))

    choice, button = st.columns([3, 1], vertical_alignment="bottom", wrap=False, gap="small")
    choice.selectbox("Another run", titles, format_func=titles.__getitem__, key=key, on_change=session.touch)
    button.button("Add", on_click=add, disabled=full, help=f"Up to {MOST_RUNS} runs", width="stretch")


def _with_another(scene: Scene, optimizer: Optimizer) -> Scene:
    """The scene with one more run, where there is room, at the rate of the last."""
    return replace(scene, runs=(*scene.runs, Run(optimizer, Constant(scene.runs[-1].schedule.eta)))[:MOST_RUNS])
