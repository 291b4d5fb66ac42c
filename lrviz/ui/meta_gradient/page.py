"""The meta-gradient page: the loss at the end over η, its slope, and descent on it; a rate that learns as it runs."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrviz.declare import Hyper
from lrviz.numerals import count
from lrviz.optimizers import GD
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.surfaces import Ravine
from lrviz.tuning.meta_descent import Update
from lrviz.ui import chart, controls, session, widgets, words
from lrviz.ui.background import answer, drop
from lrviz.ui.head import head as page_head
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
    with st.container(key="notes"):
        words.notes([*session.problems(), *problems])
        if len(scene.runs) > 1:
            words.notes([f"This page is about the first of the {len(scene.runs)} runs, {name}."])


def sidebar(board: Board) -> None:
    """How descent on the meta-gradient goes, and the run that it is about."""
    scene, (view, _) = board.scene, parse(session.view())
    (id, run), *_ = board.runs().items()
    axis = studies.question(scene, view)
    shown = {"low": axis.low, "high": axis.high, "beta": studies.learnt(axis.text, view.beta).beta}
    declared = {one.name: one for one in View.hypers()}
    with st.sidebar:
        for names in (("pace", "updates"), ("low", "high"), ("beta",)):
            for name, column in zip(names, st.columns(len(names), wrap=False), strict=True):
                with column:
                    _number(declared[name], shown.get(name, getattr(view, name)))
        widgets.switch("Slope of the loss itself", declared["plain"].help, view.plain, _put_plain, "plain")
        st.divider()
        controls.surface(scene)
        controls.noise(scene)
        controls.shared_numbers(scene)
        st.divider()
        controls.whole_run(0, id, run)
        st.divider()
        controls.steps_and_seed(scene)
        controls.start(scene)


_LABELS = {
    "pace": "Pace γ",
    "updates": "Updates",
    "low": "η from",
    "high": "to",
    "beta": "β of hypergradient descent",
}


def _number(declared: Hyper, value: float) -> None:
    name = declared.name
    widgets.field(declared, "View", value, lambda value: _put(name, value), f"view {name}", _LABELS[name])


def _put(name: str, value: float) -> None:
    """Change a number of the view. For callbacks."""
    view, _ = parse(session.view())
    with session.refusal():
        session.look(str(view.replace(**{name: value})))


def _put_plain(on: bool) -> None:
    view, _ = parse(session.view())
    session.look(str(view.replace(plain=on)))


# ---- the picture


def slopes(board: Board) -> None:
    """The loss at the end, its slope, and descent on it, and what they come to."""
    view, _ = parse(session.view())
    asked_for = studies.question(board.scene, view)
    place = st.container(key="meta-gradient-chart")
    curve = _curve(asked_for, view)
    if curve is None:
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
    if eta is None:
        return

    def taken(scene: Scene) -> Scene:
        first, *others = scene.runs
        return replace(scene, runs=(replace(first, schedule=first.schedule.with_eta(eta)), *others))

    session.change(taken)


def links(board: Board) -> None:
    """The scene on the other pages."""
    open_in(board.scene, but=PAGE)
