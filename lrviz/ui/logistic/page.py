"""The page of linear models: two features and their surface, all features, and sparse columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lrviz.models import SETS, load
from lrviz.numerals import count
from lrviz.scene import Scene
from lrviz.tuning import Task
from lrviz.ui import chart, session, widgets, words
from lrviz.ui.background import answer
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.logistic import charts, told, told_sparse
from lrviz.ui.logistic import study as studies
from lrviz.ui.logistic.examples import EXAMPLES
from lrviz.ui.logistic.study import All, Question, Sparse, Two
from lrviz.ui.logistic.view import PARTS, SHAPES, View
from lrviz.ui.models import results
from lrviz.ui.models.ranging import ranging
from lrviz.ui.models.runs import runs
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "logistic"
SCENE = EXAMPLES[0].scene
"""What an empty link shows."""
STEPS, HAND, CURVES, RATES, CONTEST, ACTING = (
    f"logistic {name}" for name in ("steps", "hand", "curves", "rates", "contest", "acting")
)
"""The keys of the charts."""


# ---- the head


def head(view: View, problems: tuple[str, ...]) -> None:
    """Title, what there is to see, examples and the link; and what was refused."""
    so = "Its kinks let no fixed η come to rest." if view.hinge else "One fixed η will do."
    subtitle = f"Real data, a convex loss: on two features it is a surface like all the others. {so}"
    page_head("Logistic regression", subtitle, "Examples", EXAMPLES)
    refused(problems)


# ---- the sidebar


def sidebar(board: Board, view: View) -> None:
    """The runs, then the data and the loss."""
    with st.sidebar:
        runs(board)
        st.divider()
        _data(view)
        _loss(view)
        _costs(board.scene, view)


def _data(view: View) -> None:
    """Which data, which two classes, and which two features."""

    def choose(data: int) -> None:
        if data != view.data:
            View.change(**View.on(data))

    _pick("Data", [SHAPES[name].title for name in SETS], view.data, choose, "data")
    data = load(SETS[view.data])
    classes = [told.class_name(name) for name in data.classes]
    one, other = st.columns(2, wrap=False)
    with one:
        _pick("One class", classes, view.first, _swapping("first", "second"), "first class")
    with other:
        _pick("The other", classes, view.second, _swapping("second", "first"), "second class")
    if view.part == 0:
        features = [name.replace("_", " ") for name in data.names]
        _pick("Feature of w₁", features, view.x, _swapping("x", "y"), "feature x")
        _pick("Feature of w₂", features, view.y, _swapping("y", "x"), "feature y")


def _swapping(name: str, other: str) -> widgets.Put[int]:
    """Choose one of two that must differ: the other's own makes them change places."""

    def put(value: int) -> None:
        now, _ = View.parse(session.view())
        swapped = {other: getattr(now, name)} if value == getattr(now, other) else {}
        View.change(**{name: value}, **swapped)

    return put


def _pick(label: str, titles: list[str], current: int, put: widgets.Put[int], key: str) -> None:
    """A choice by its number."""
    st.session_state[key] = current
    st.selectbox(
        label,
        range(len(titles)),
        format_func=titles.__getitem__,
        key=key,
        on_change=lambda: put(st.session_state[key]),
    )


def _loss(view: View) -> None:
    _pick("Loss", ["Logistic", "Hinge (linear SVM)"], int(view.hinge), lambda on: View.change(hinge=bool(on)), "loss")


def _costs(scene: Scene, view: View) -> None:
    """The penalty and the steps; where data are held out, which draw of them."""
    view.fields([{"penalty": "Penalty λ"}])
    declared = {one.name: one for one in Scene.hypers()}
    shown = {"steps": "Steps"} | ({"seed": "Seed of the split"} if view.part else {})
    for (name, label), column in zip(shown.items(), st.columns(2, wrap=False), strict=False):

        def put(value: float, name: str = name) -> None:
            session.change(lambda scene: scene.replace(**{name: value}))

        with column:
            help = "which part of the examples is held out" if name == "seed" else declared[name].help
            widgets.field(replace(declared[name], help=help), "Scene", getattr(scene, name), put, name, label)


# ---- the parts


def parts(board: Board, view: View) -> None:
    """Two features, all features or sparse columns."""
    key = "part"
    st.session_state[key] = PARTS[view.part]

    def choose() -> None:
        chosen = st.session_state[key] or PARTS[view.part]  # a second click on the chosen one means nothing
        View.change(part=PARTS.index(chosen))

    st.segmented_control("Part", PARTS, key=key, on_change=choose, label_visibility="collapsed")
    (_two, _all, _sparse)[view.part](board, studies.question(board.scene, view))


def _two(board: Board, asked: Question) -> None:
    """The surface of two weights."""
    found = answer(
        "logistic two",
        asked,
        lambda progress, cancelled: studies.two(asked, progress, cancelled),
        studies.two_shelf(),
        saying="Running every η",
        label="Run",
        by_itself=True,
    )
    if found is None:
        return
    chart.show(charts.steps(asked, found, _frame(found)), STEPS)
    words.say(told.verdict_two(asked, found))
    results.table(told.HEADINGS_TWO, told.rows_two(asked, found))
    results.csv_button(PAGE, lambda: _path_columns(asked, found), "Download every step (CSV)")
    words.heading(f"η under the hand: {asked.scene.names()[0]} at every rate")
    words.say([f"Drag over the rates, and the path and the line follow. {' '.join(told.found_rates(found))}"])
    chart.show(charts.hand(asked, found), HAND, on_pick=lambda: _take(board, HAND))
    _range_test(board, asked)


def _frame(found: Two) -> int:
    """The last step at first."""
    return len(found.steps) - 1


def _all(board: Board, asked: Question) -> None:
    """All features."""
    found = answer(
        "logistic all",
        asked,
        lambda progress, cancelled: studies.everything(asked, progress, cancelled),
        studies.all_shelf(),
        saying="Training on all features",
        label="Train",
        by_itself=True,
    )
    if found is None:
        return
    names = asked.scene.names(short=True)
    chart.show(charts.curves(asked, names, found.runs, found.problem), CURVES)
    words.say(told.verdict_all(asked, found))
    etas = [float(run.schedule.eta) for run in asked.scene.runs]
    results.table(told.HEADINGS_ALL, told.rows_all(names, etas, found.runs, found.problem.infimum))
    results.csv_button(PAGE, lambda: _curve_columns(names, found), "Download every step (CSV)")
    words.heading(f"Every rate of {asked.scene.names()[0]}, and what theory knows")
    words.say(told.best_rates(found))
    chart.show(charts.every_rate(asked, found), RATES, on_pick=lambda: _take(board, RATES))
    _range_test(board, asked)


def _sparse(board: Board, asked: Question) -> None:
    """Sparse columns."""
    found = answer(
        "logistic sparse",
        asked,
        lambda progress, cancelled: studies.sparse(asked, progress, cancelled),
        studies.sparse_shelf(),
        saying=f"Each optimizer at {count(studies.SEARCHED.size)} rates",
        label="Run",
        by_itself=True,
    )
    if found is None:
        return
    words.say([told_sparse.columns(asked, found)])
    left, right = st.columns(2, gap="large")
    with left:
        words.heading("Which comes lowest, each at its best η?")
        chart.show(charts.contest(asked, found), CONTEST)
    with right:
        words.heading("Who is stepped with which rate?")
        chart.show(charts.acting(found), ACTING)
    words.say(told_sparse.verdict(found))
    names = told_sparse.names(found)
    followed = [one.followed for one in found.contestants]
    etas = [float(one.run.schedule.eta) for one in found.contestants]
    results.table(told.HEADINGS_ALL, told.rows_all(names, etas, followed, found.problem.infimum))
    results.csv_button(PAGE, lambda: _sparse_columns(found), "Download every rate (CSV)")
    words.heading("The best of each, step by step")
    chart.show(charts.curves(asked, names, followed, found.problem), CURVES)
    _range_test(board, asked)


def _take(board: Board, key: str) -> None:
    eta = chart.last_pick(key)
    if eta is not None:
        session.change_run(board.ids[0], lambda run: replace(run, schedule=run.schedule.with_eta(eta)))


def _range_test(board: Board, asked: Question) -> None:
    """The range test of the first run on this model."""
    run, problem = board.scene.runs[0], asked.problem
    eta = studies.rates(problem, studies.landmarks(problem, run.optimizer))
    plain = replace(run, schedule=run.schedule.with_eta(1.0))  # its own rate plays no part in it
    question = replace(asked, link=studies.question(replace(board.scene, runs=(plain,)), asked.view).link)
    ranging(
        PAGE,
        question,
        lambda: Task(problem, run.optimizer, board.scene.steps, run.schedule),
        float(eta[0]),
        float(eta[-1]),
    )


# ---- files


def _path_columns(asked: Question, found: Two) -> results.Columns:
    """A row for each run and step that is shown."""
    names, each = asked.scene.names(), len(found.steps)
    where = np.concatenate([run.theta[found.steps] for run in found.runs])
    return {
        "run": np.repeat(names, each),
        "step": np.tile(found.steps, len(names)),
        "w1": where[:, 0],
        "w2": where[:, 1],
        "loss": np.concatenate([run.loss[found.steps] for run in found.runs]),
    }


def _curve_columns(names: tuple[str, ...], found: All) -> results.Columns:
    """A row for each run and step that is shown."""
    return {
        "run": np.repeat(names, [len(run.steps) for run in found.runs]),
        "step": np.concatenate([run.steps for run in found.runs]),
        **{name: np.concatenate([run.values[name][:, 0] for run in found.runs]) for name in found.ends},
    }


def _sparse_columns(found: Sparse) -> results.Columns:
    """A row for each optimizer and rate."""
    rates = studies.SEARCHED
    return {
        "optimizer": np.repeat(told_sparse.names(found), rates.size),
        "eta": np.tile(rates, len(found.contestants)),
        "loss above the lowest": np.concatenate([one.ends for one in found.contestants]),
    }


def links(board: Board) -> None:
    """The runs on the other pages."""
    open_in(board.scene, but=PAGE)
