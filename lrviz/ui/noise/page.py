"""The noise page: what is chosen at the left, the cloud, and below it what noise costs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lrviz.gallery import Exhibit
from lrviz.noise import Minibatch
from lrviz.optimizers import GD
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.surfaces import LeastSquares
from lrviz.ui import controls, references, session, words
from lrviz.ui.head import head as page_head
from lrviz.ui.head import notes
from lrviz.ui.noise import cloud as component
from lrviz.ui.noise import study as studies
from lrviz.ui.noise import told
from lrviz.ui.noise.view import View, parse
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "noise"
SCENE = Scene(LeastSquares(), (Run(GD(), Constant(0.05)),), steps=300, noise=Minibatch(1))
"""What an empty link shows."""


EXAMPLES = (
    Exhibit(
        "Minibatches of real data",
        "One car of fifty a step. The cloud is nearly round: such noise is strong where the bowl is steep.",
        "surface=least_squares&noise=minibatch&run=gd+eta+0.05",
    ),
    Exhibit(
        "The same noise everywhere",
        "Equal noise along x and y spreads along the flat direction: the cloud has the shape of the bowl.",
        "surface=least_squares&noise=additive+sigma+1&run=gd+eta+0.05",
    ),
    Exhibit(
        "Momentum widens the cloud",
        "At the same η momentum takes steps ten times as large in all, and its floor is ten times as high.",
        "surface=quadratic&noise=additive+sigma+1&run=momentum+eta+0.02",
    ),
    Exhibit(
        "The spread has a limit of its own",
        "η is below 2/L, so the mean settles. But one steep example can throw a run far: the squares grow.",
        "surface=least_squares&noise=minibatch&run=gd+eta+0.5",
    ),
    Exhibit(
        "A rate that fades",
        "With half a cosine the cloud shrinks to the minimum as η does.",
        "surface=least_squares&noise=minibatch&run=gd+eta+0.2+cosine",
    ),
    Exhibit(
        "Not quadratic",
        "In the banana valley no line of theory applies; what is measured still has its error.",
        "surface=rosenbrock&steps=1000&noise=additive+sigma+5&run=gd+eta+0.001",
    ),
)


def head(board: Board) -> None:
    """Title, what there is to see, examples and the link; and what was refused."""
    scene = board.scene
    subtitle = f"{scene.surface.title}. Hundreds of runs that differ by nothing but their draws."
    page_head("Noise", subtitle, "Examples", EXAMPLES)
    _, problems = parse(session.view())
    notes(scene, problems)


def cloud(board: Board) -> None:
    """The cloud, and what it comes to."""
    scene, (view, _) = board.scene, parse(session.view())
    text = studies.link(scene)
    component.show(
        _payload(text, view.seeds, _step_to_tell(text, view)), on_step=_take_step, on_ready=session.tell_again
    )
    words.say(told.cloud(studies.study(text, view.seeds)))


@st.cache_resource(max_entries=16, show_spinner=False)
def _payload(text: str, seeds: int, step: int) -> bytes:
    return component.pack(studies.study(text, seeds), step)


def _take_step() -> None:
    step = component.last_step()
    if step is not None:
        View.change(step=step)


def _step_to_tell(text: str, view: View) -> int:
    """The step of the view; what the component shows already is not told again, so that its bytes stay the same."""
    told = st.session_state.get("cloud told")
    if told is None or told[0] != (text, view.seeds) or view.step not in (told[1], component.last_step()):
        told = st.session_state["cloud told"] = ((text, view.seeds), view.step)
    step: int = told[1]
    return step


def sidebar(board: Board) -> None:
    """The surface, the noise, the run, and how many seeds."""
    scene = board.scene
    (id, run), *_ = board.runs().items()
    view, _ = parse(session.view())
    with st.sidebar:
        controls.surface(scene)
        controls.noise(scene)
        controls.shared_numbers(scene)
        st.divider()
        controls.whole_run(id, run)
        st.divider()
        controls.steps_and_seed(scene)
        controls.start(scene)
        view.fields([{"seeds": "Seeds"}])


def costs(board: Board) -> None:
    """The floor against η, constant against decayed rates, and many workers: once the first cloud has been drawn."""
    if not component.is_ready():
        return
    scene = board.scene
    if scene.noise is None or not scene.surface.minima:
        words.say([f"{scene.surface.title} has no minimum, so the loss has no floor."] if scene.noise else [])
        return
    from lrviz.figures import noise as figures  # Plotly takes its time: the cloud is on its way before

    text = studies.link(scene)
    left, right = st.columns(2, gap="large")
    with left:
        words.heading("The floor of the loss against η")
        found, eta = studies.floor_study(text), float(scene.runs[0].schedule.eta)
        measured = (found.measured.eta, found.measured.loss, found.measured.error)
        sentences = told.floor(found)
        _chart(
            figures.floor(measured, (found.etas, found.theory), found.line, found.limit, eta, words.theme()),
            "floor",
            sentences,
        )
    with right:
        words.heading("Constant against decayed")
        ways = studies.decay_study(text)
        sentences = told.decay(ways)
        _chart(figures.decay([(w.name, w.loss, w.error, w.theory) for w in ways], words.theme()), "decay", sentences)
    words.heading("K workers: batch × K, η × K")
    left, right = st.columns(2, gap="large", vertical_alignment="center")
    with left:
        spread = studies.scaling_study(text)
        workers = np.array([float(one.workers) for one in spread.measured])
        losses = np.array([one.loss for one in spread.measured])
        errors = np.array([one.error for one in spread.measured])
        sentences = told.scaling(spread)
        _chart(
            figures.scaling(workers, (losses, errors), spread.theory, words.theme()), "scaling", sentences, say=False
        )
    with right:
        words.say(["Every K sees as many examples in all, so K workers take one Kth of the steps.", *sentences])


def _chart(figure: object, key: str, sentences: list[str], say: bool = True) -> None:
    st.plotly_chart(figure, width="stretch", key=key, config={"displayModeBar": False}, alt=" ".join(sentences))
    if say:
        words.say(sentences)


def links(board: Board) -> None:
    """The scene on the other pages."""
    open_in(board.scene, but=PAGE)
    references.expander(board.scene)
