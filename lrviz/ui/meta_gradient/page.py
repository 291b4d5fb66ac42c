"""The meta-gradient page: the loss at the end over η, its slope, and descent on it; a rate that learns as it runs."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrviz.numerals import count
from lrviz.optimizers import GD
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.surfaces import Ravine
from lrviz.tuning.meta_descent import Update
from lrviz.ui import chart, controls, session, words
from lrviz.ui.background import answer, drop, last
from lrviz.ui.head import head as page_head
from lrviz.ui.head import notes
from lrviz.ui.meta_gradient import picture, told
from lrviz.ui.meta_gradient import study as studies
from lrviz.ui.meta_gradient.exhibits import EXHIBITS
from lrviz.ui.meta_gradient.study import Curve
from lrviz.ui.meta_gradient.view import View, parse
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "meta_gradient"
SCENE = Scene(Ravine(), (Run(GD(), Constant(0.005)),), steps=60)
"""What an empty link shows."""
CHART = "meta-gradient"


def head(board: Board) -> None:
    """Title, what there is to see, scenes to start from and the link; and what was refused."""
    scene = board.scene
    name, surface = scene.names()[0], scene.surface.title
    subtitle = f"{name} on {surface}: how the loss at the end changes with η, through every step of the run."
    page_head("Meta-gradient", subtitle, "Examples", EXHIBITS)
    _, problems = parse(session.view())
    notes(scene, problems)


def sidebar(board: Board) -> None:
    """How descent on the meta-gradient goes, and the run that it is about."""
    scene, (view, _) = board.scene, parse(session.view())
    (id, run), *_ = board.runs().items()
    axis = studies.question(scene, view)
    chosen = {"low": axis.low, "high": axis.high, "beta": studies.learnt(axis.text, view.beta).beta}
    with st.sidebar:
        view.fields(_FIELDS, chosen)
        st.divider()
        controls.surface(scene)
        controls.noise(scene)
        controls.shared_numbers(scene)
        st.divider()
        controls.whole_run(id, run)
        st.divider()
        controls.steps_and_seed(scene)
        controls.start(scene)


_FIELDS = (
    {"pace": "Pace γ", "updates": "Updates"},
    {"low": "η from", "high": "to"},
    {"beta": "β of hypergradient descent"},
    {"plain": "Slope of the loss itself"},
)


# ---- the picture


def slopes(board: Board) -> None:
    """The loss at the end, its slope, and descent on it, and what they come to."""
    view, _ = parse(session.view())
    asked_for = studies.question(board.scene, view)
    place = st.container(key="meta-gradient-chart")
    curve = _curve(asked_for, view)
    if curve is None:
        _before(place, view)
        return
    found = studies.learnt(asked_for.text, view.beta)
    updates = _updates(curve, view)
    with place:
        chart.show(picture.main(curve, updates, found, view), CHART, on_pick=_take_picked)
    words.say([" ".join(told.smoothness(curve)), " ".join(told.agreement(curve))])
    left, right = st.columns(2, gap="large")
    with left:
        words.heading("Learning η run by run")
        if updates:
            chart.show(picture.descent(curve, updates), "descent")
            rule = "After each run log η moves against the slope, γ times as far, and all is run anew."
            words.say([" ".join([rule, *told.descent(updates, curve, view)])])
        elif curve.slopes.reason:
            words.say(["Without a slope there is nothing to go down."])
    with right:
        words.heading("Learning η within one run")
        chart.show(picture.rates(curve, found), "learnt rate")
        words.say([" ".join(told.hypergradient(found, curve))])


def _before(place: DeltaGenerator, view: View) -> None:
    """While another curve is on its way: the one that was there before it."""
    before: tuple[Hashable, Curve] | None = last("the curve")
    if before is None:
        return
    _, curve = before
    with place:
        words.notes([f"This is still the curve of {studies.described(curve.question)}."])
        chart.show(picture.main(curve, (), studies.learnt(curve.question.text, 0.0), view), CHART, on_pick=_take_picked)


def _curve(asked_for: studies.Question, view: View) -> Curve | None:
    """The curve; where it takes long, None until it is there."""
    if studies.is_quick(asked_for.scene):
        drop("the curve")
        return studies.quick_curve(asked_for, view.plain)
    return answer(
        "the curve",
        ("curve", asked_for, view.plain),
        lambda progress, cancelled: studies.curve(asked_for, view.plain, progress, cancelled),
        studies.curves(),
        saying=f"{count(studies.RATES)} runs of {count(asked_for.scene.steps)} steps, differentiated",
        label="Run and differentiate",
        by_itself=True,
    )


def _updates(curve: Curve, view: View) -> tuple[Update, ...]:
    """Descent on the meta-gradient; nothing until it is done."""
    if curve.slopes.reason:
        return ()
    asked_for = curve.question
    found = answer(
        "the descent",
        (asked_for.text, view.pace, view.updates, curve.of_log),
        lambda progress, cancelled: studies.updates(asked_for, view, curve.of_log, progress, cancelled),
        studies.descents(),
        saying=f"{view.updates} runs, one after another",
        label="Go down the slope",
        by_itself=True,
    )
    return found or ()


def _take_picked() -> None:
    """Start from the η that a hand picked. For the callback."""
    eta = chart.last_pick(CHART)
    if eta is not None:
        session.take_rate(eta)


def links(board: Board) -> None:
    """The scene on the other pages."""
    open_in(board.scene, but=PAGE)
