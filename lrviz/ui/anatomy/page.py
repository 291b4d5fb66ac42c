"""The page around its component: which run, its numbers, bias correction on and off, and the way to the other pages."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import streamlit as st

from lrviz.anatomy import dissect
from lrviz.gallery import Exhibit
from lrviz.kernel import TraceError
from lrviz.link import query, read
from lrviz.numerals import count, rounded
from lrviz.optimizers import Adam
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.simulation import Trajectory
from lrviz.surfaces import Quadratic
from lrviz.ui import controls, session, widgets, words
from lrviz.ui.anatomy import component
from lrviz.ui.anatomy.payload import CORRECTION, Told, alone, counterpart, tell
from lrviz.ui.anatomy.view import View
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "anatomy"
DEFAULT = Scene(
    surface=Quadratic(kappa=10.0, angle=30.0), runs=(Run(Adam(), Constant(0.2)),), start=(-1.6, 0.2), steps=60
)
"""Adam on a slanted valley: the gradient, what is remembered, and the step all point elsewhere."""

COMPARED = (1, 2, 3, 5, 10, 20, 50, 100)
"""The steps of which the lengths with and without correction are told."""


def board() -> Board:
    """The visitor's scene, at the step to which a hand has gone since."""
    if st.session_state.get("page") == PAGE and (at := component.news()):
        session.look(str(replace(View.parse(session.view())[0], step=at)))
    return session.board(PAGE, DEFAULT)


EXAMPLES = (
    Exhibit(
        "Adam's first step",
        "m and v start at 0. Corrected for that, the first step is η along each axis; uncorrected, 3.2 times that.",
        "surface=quadratic&start=-1.6+0.2&steps=60&run=adam+eta+0.2",
        "",
    ),
    Exhibit(
        "Momentum at the far wall",
        "Past the valley's floor the slope points back; what is remembered still points on. The step is what is left.",
        "surface=quadratic+kappa+50+angle+0&start=-1.7+1&steps=60&run=momentum+eta+0.02",
        "step 3",
    ),
    Exhibit(
        "RMSProp starts too fast",
        "Nothing corrects v for starting at 0, so the first step is 1/√(1 − ρ) = 10 times η along each axis.",
        "surface=quadratic&steps=60&run=rmsprop+eta+0.02",
        "",
    ),
    Exhibit(
        "AdaGrad's sum",
        "s only grows. Step on, and see the rate of each coordinate fall although the slope falls too.",
        "surface=quadratic&steps=60&run=adagrad+eta+0.5",
        "step 20",
    ),
    Exhibit(
        "The gradient is noisy, the mean is not",
        "Each gradient points elsewhere. m averages the last ten, and the step follows m.",
        "surface=himmelblau&steps=80&noise=additive+sigma+40&run=adam+eta+0.1",
        "step 30",
    ),
)


def head() -> None:
    """Title, what there is to see, examples and the link."""
    subtitle = "One step taken apart. ← and → lead from step to step, ↑ and ↓ from line to line."
    page_head("Anatomy", subtitle, "Examples", EXAMPLES)


def notes() -> None:
    """What was refused; the place is always there, so that a note coming or going moves nothing that has the focus."""
    view, told = session.view(), st.session_state.get("anatomy view")
    st.session_state["anatomy view"] = view
    problems = View.parse(view)[1] if view != told else ()
    refused(problems)


def sidebar(board: Board) -> None:
    """Which run, and all that it is made of."""
    scene, view = board.scene, _view(board)
    with st.sidebar:
        if len(scene.runs) > 1:
            _choice(scene, view)
        id, run = list(board.runs().items())[view.run - 1]
        controls.optimizer(id, run)
        if counterpart(run.optimizer) is not None:
            _correction(id, run)
        controls.schedule(id, run)
        controls.warmup(id, run)
        controls.run_numbers(id, run, but={CORRECTION})
        st.divider()
        controls.surface(scene)
        controls.start(scene)
        controls.noise(scene)
        controls.shared_numbers(scene)
        controls.steps_and_seed(scene)


@st.fragment
def step() -> None:
    """The step, below it what bias correction does to the first steps, and the way to the other pages."""
    current = board()
    view = _view(current)
    scene = alone(current.scene, current.scene.runs[view.run - 1])
    what = query(scene, default=None)
    try:
        told = _told(what)
    except TraceError as problem:
        words.notes([f"This step cannot be taken apart: {problem}."])
        return

    component.show(what, told, max(1, min(view.step, told.steps)))
    if counterpart(scene.runs[0].optimizer) is not None:
        _first_steps(scene)
    open_in(current.scene, but=PAGE)


# ---- choices


def _view(board: Board) -> View:
    """What the view says, of the runs that there are."""
    view, _ = View.parse(session.view())
    return replace(view, run=min(view.run, len(board.scene.runs)))


def _choice(scene: Scene, view: View) -> None:
    key, names = "anatomy run", dict(enumerate(scene.names(), 1))
    st.session_state[key] = view.run

    def choose() -> None:
        session.look(str(replace(view, run=st.session_state[key])))

    st.selectbox("Run", names, format_func=names.__getitem__, key=key, on_change=choose)


def _correction(id: int, run: Run) -> None:
    is_on = not getattr(run.optimizer, CORRECTION)

    def switch(on: bool) -> None:
        def changed(run: Run) -> Run:
            has = counterpart(run.optimizer) is not None
            return run.with_part(run.optimizer.replace(**{CORRECTION: not on})) if has else run

        session.change_run(id, changed)

    help = "m and v start at 0, and so their means are too small at first. Dividing by 1 − βᵗ makes up for it."
    widgets.switch("Bias correction", help, is_on, switch, "bias correction")


# ---- what it comes to


@st.cache_resource(max_entries=24, show_spinner=False)
def _told(what: str) -> Told:
    scene = read(parse_qs(what)).scene
    return tell(scene, *_both(scene))


def _both(scene: Scene) -> tuple[Trajectory, Trajectory | None]:
    """The run, and the same with its bias correction the other way round."""
    (run,) = scene.runs
    other = counterpart(run.optimizer)
    scenes = [scene] + ([] if other is None else [alone(scene, run.with_part(other))])
    first, *rest = (session.trajectories(one)[0] for one in scenes)
    return first, rest[0] if rest else None


def _first_steps(scene: Scene) -> None:
    """How long the first steps are with bias correction and without, each in its own run."""
    both = [run for run in _both(scene) if run is not None]
    by_flag = {bool(getattr(run.optimizer, CORRECTION)): run for run in both}
    lengths = {off: np.hypot(*dissect(run, scene.noise, scene.seed).update.T) for off, run in by_flag.items()}
    steps = [t for t in COMPARED if t <= min(map(len, lengths.values()))]
    if not steps:
        return
    rows: dict[str, list[Any]] = {"step": [count(t) for t in steps]}
    rows["with correction"] = [rounded(lengths[False][t - 1]) for t in steps]
    rows["without"] = [rounded(lengths[True][t - 1]) for t in steps]
    rows["without : with"] = [_ratio(lengths[True][t - 1], lengths[False][t - 1]) for t in steps]
    cells = "<tr>".join(
        "".join([f"<th>{escape(name)}", *(f"<td>{escape(text)}" for text in texts)]) for name, texts in rows.items()
    )
    st.html(
        "<p class=lr-lead><b>Bias correction</b>: how long the first steps are, each run by itself.</p>"
        f"<table class='lr-table lr-steps' tabindex=0><tr>{cells}</table>"
    )


def _ratio(one: float, other: float) -> str:
    with np.errstate(all="ignore"):
        return rounded(np.divide(one, other))
