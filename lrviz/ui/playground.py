"""The playground around its stage: what is chosen rather than dragged, and the numbers below."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrviz import tables
from lrviz.declare import Declared, Hyper
from lrviz.gallery import GALLERY, Exhibit
from lrviz.noise import NOISES
from lrviz.numerals import point, rounded
from lrviz.optimizers import OPTIMIZERS, Optimizer
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.schedules import SCHEDULES, Constant, Warmup
from lrviz.surfaces import SURFACES
from lrviz.ui import session, stage, widgets, words
from lrviz.ui.copy_link import copy_link
from lrviz.ui.stage.board import Board

_NO_NOISE = "none"


def head(scene: Scene) -> None:
    """Title, lesson, the gallery and the link."""
    with st.container(key="head"):
        text, buttons = st.columns([5, 1.6], vertical_alignment="center")
    with text:
        words.head("Playground", f"{scene.surface.title}. {scene.surface.lesson}")
    with buttons, st.container(horizontal=True, wrap=False):
        with st.popover("Gallery", width="stretch", key=f"gallery {session.popovers()}"):
            for exhibit in GALLERY:
                key = f"exhibit {exhibit.title}"
                st.button(exhibit.title, key=key, width="stretch", on_click=_open, args=[exhibit])
                st.caption(exhibit.look)
        copy_link()


def sidebar(board: Board) -> None:
    """What all runs share: surface, steps, noise; for each run its optimizer and schedule; and a way to add one."""
    scene = board.scene
    with st.sidebar:
        widgets.choice("Surface", SURFACES, scene.surface.slug, _choose_surface, "surface")
        st.markdown(f"$f(x, y) = {scene.surface.formula}$")  # inline: a long formula wraps
        _steps_and_noise(scene)
        st.divider()
        for number, (id, run) in enumerate(board.runs().items()):
            _run(number, id, run)
        _another(full=len(scene.runs) >= MOST_RUNS)


def notes() -> None:
    """What was refused; the place is always there, so that a note coming or going does not move what has the focus."""
    with st.container(key="notes"):
        words.notes(session.problems(), float_too=True)


@st.fragment
def stage_and_numbers() -> None:
    """The stage, and below it what follows each edit of it: the table, and every step as a file."""
    board = session.board()
    if session.restructured():
        st.rerun()
    stage.show(session.payload(board), on_edit=session.touch)
    scene, trajectories = board.scene, session.trajectories(board.scene)
    words.notes([_outside(scene)] if not scene.starts_inside else [])
    words.table(tables.lines(scene, trajectories))
    st.download_button(
        "Download every step (CSV)",
        lambda: tables.paths(scene, trajectories).to_csv(index=False),
        file_name=f"lrviz-{scene.surface.slug}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _outside(scene: Scene) -> str:
    (left, right), (bottom, top) = scene.surface.box
    box = f"[{rounded(left)}, {rounded(right)}] × [{rounded(bottom)}, {rounded(top)}]"
    return f"The start {point(scene.start)} lies outside the picture, {box}. The runs begin there all the same."


# ---- the scene's choices


def _open(exhibit: Exhibit) -> None:
    session.close_popovers()
    session.open_(exhibit.scene)


def _choose_surface(slug: str) -> None:
    """Another surface; a start that was the old one's own becomes the new one's own."""
    surface = SURFACES[slug]()

    def chosen(scene: Scene) -> Scene:
        own = scene.start == scene.surface.start
        return replace(scene, surface=surface, start=surface.start if own else scene.start)

    session.change(chosen)


def _steps_and_noise(scene: Scene) -> None:
    key = "noise"
    st.session_state[key] = scene.noise.slug if scene.noise else _NO_NOISE

    def choose() -> None:
        slug = st.session_state[key]
        session.change(lambda scene: replace(scene, noise=NOISES[slug]() if slug in NOISES else None))

    titles = {_NO_NOISE: "None"} | {slug: noise.title for slug, noise in NOISES.items()}
    st.selectbox("Gradient noise", titles, format_func=titles.__getitem__, key=key, on_change=choose)
    declared = {declared.name: declared for declared in scene.hypers()}
    columns = st.columns(2, wrap=False)
    for name, column in zip(("steps", "seed") if scene.noise else ("steps",), columns, strict=False):

        def put(value: float, name: str = name) -> None:
            session.change(lambda scene: scene.replace(**{name: value}))

        with column:
            widgets.field(declared[name], "Scene", getattr(scene, name), put, name, name.capitalize())


# ---- the choices of each run


def _run(number: int, id: int, run: Run) -> None:
    """A run's optimizer and schedule beside its line and marker; what else it has to choose opens on demand."""
    place = f"of run {number + 1}"

    def choose_optimizer(slug: str) -> None:
        session.change_run(id, lambda run: run.with_part(OPTIMIZERS[slug]()))

    def choose_schedule(slug: str) -> None:
        session.change_run(id, lambda run: run.with_part(SCHEDULES[slug]().with_eta(run.schedule.eta)))

    with st.container(key=f"run {number + 1}"):
        left, right = st.columns([1, 4.2], wrap=False, gap="small")
        with left:
            words.chip(number)
            with st.popover(f"More {place}", width="stretch", key=f"more {number + 1} {session.popovers()}"):
                _more(number, id, run)
        with right:
            label, key = f"Optimizer {place}", f"optimizer {number + 1}"
            widgets.choice(label, OPTIMIZERS, run.optimizer.slug, choose_optimizer, key, show_label=False)
            label, key = f"Schedule {place}", f"schedule {number + 1}"
            widgets.choice(label, SCHEDULES, run.inner.slug, choose_schedule, key, show_label=False)


def _more(number: int, id: int, run: Run) -> None:
    """A warm-up, and the numbers for each value of which a formula is another one."""

    def switch(on: bool) -> None:
        session.change_run(id, lambda run: replace(run, schedule=Warmup(run.inner) if on else run.inner))

    help = "The rate rises in a straight line to that with which the schedule begins."
    widgets.switch("Warm-up", help, isinstance(run.schedule, Warmup), switch, f"warmup {number + 1}")
    for name, part in run.parts().items():
        for declared in part.hypers():
            if declared.static:
                _static(declared, name, part, id, f"{declared.name} {number + 1}")


def _static(declared: Hyper, name: str, part: Declared, id: int, key: str) -> None:
    value = getattr(part, declared.name)

    def put(value: float) -> None:
        def changed(run: Run) -> Run:
            now = run.parts().get(name)
            return run.with_part(now.replace(**{declared.name: value})) if isinstance(now, type(part)) else run

        session.change_run(id, changed)

    if declared.kind == "flag":
        widgets.switch(declared.name.capitalize(), declared.help, value, put, key)
    else:
        label = f"{declared.symbol} · {declared.name.replace('_', ' ')}"
        widgets.field(declared, type(part).__name__, value, put, key, label)


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
