"""The transfer page: all ways over the size of the new data; then how much lower, one fine-tuning, and a range test."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from lrviz.declare import Array
from lrviz.models.transfer import RANDOM, SCRATCH, FineTuning
from lrviz.models.transfer_sweep import Sweep
from lrviz.numerals import count, exact, rounded
from lrviz.optimizers import GD
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.surfaces import Quadratic
from lrviz.ui import chart, controls, session, words
from lrviz.ui.background import answer, drawn, drop
from lrviz.ui.head import head as page_head
from lrviz.ui.head import notes
from lrviz.ui.models import results
from lrviz.ui.models.ranging import ranging
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board
from lrviz.ui.transfer import charts, told
from lrviz.ui.transfer import study as studies
from lrviz.ui.transfer.exhibits import EXHIBITS
from lrviz.ui.transfer.study import SIZES, Question
from lrviz.ui.transfer.view import View, parse

PAGE = "transfer"
SCENE = Scene(Quadratic(), (Run(GD(), Constant(0.3)),))
"""What an empty link shows."""
SIZES_CHART, MULTIPLIERS_CHART, CURVES_CHART = "transfer sizes", "transfer multipliers", "transfer curves"
"""The keys of the charts."""
RANGE = (0.1, 1000.0)
"""Of the range test, as multiples of the optimizer's typical η."""


def head(board: Board) -> None:
    """Title, what there is to see, transfers to start from and the link; and what was refused."""
    _, problems = parse(session.view())
    subtitle = "A network that knows the digits 0–4 learns 5–9 from few examples: should its early layers learn slower?"
    page_head("Transfer", subtitle, "Presets", EXHIBITS)
    notes(board.scene, problems)


def sidebar(board: Board) -> None:
    """How much there is to learn from, the early layers' rate, and the run that all ways share."""
    (view, _), (id, run) = parse(session.view()), next(iter(board.runs().items()))
    with st.sidebar:
        view.fields(_FIELDS)
        st.divider()
        controls.whole_run(id, run)


_FIELDS = (  # what people ask about comes first
    {"n": "New examples n", "early": "Early layers × η"},
    {"epochs": "Epochs of 0–4", "steps": "Steps on 5–9"},
    {"width": "Width", "seeds": "Seeds"},
    {"same": "All at the same η"},
)


def transfers(board: Board) -> None:
    """All ways over the size of the new data, in words and in a table; what goes on from there is below."""
    (view, _), run = parse(session.view()), board.scene.runs[0]
    asked = studies.over_sizes(run, view)
    found = drawn(
        partial(_sizes, view, asked),
        "transfer",
        asked,
        lambda progress, cancelled: studies.work(asked, progress, cancelled),
        studies.shelf(),
        saying=told.waiting(asked),
        label=f"Fine-tune: {told.waiting(asked)}",
        by_itself=True,
        keep_partial=True,
    )
    if found is None:
        drop("transfer over r")
        drop("transfer curves")
        return
    same = _same(view, asked)
    words.verdict(told.verdict(found, view.early, view.n, same))
    results.table(told.HEADINGS, told.rows(found, view.n, same))
    words.say(told.choice_of_rate(found, same))
    results.csv_button(PAGE, lambda: _columns(found), "Download every fine-tuning (CSV)")
    left, right = st.columns(2, gap="large")
    with left:
        _multipliers(view, run)
    with right:
        _curves(view, asked, found)
    ranging(
        PAGE,
        (asked.run, asked.setting, view.n, view.early),
        lambda: studies.task(asked, view.n, view.early, found.learnt[:, 0]),
        *(times * run.optimizer.typical_eta for times in RANGE),
        judged="held-out loss",
        what=f"fine-tuning on {count(view.n)} examples, {told.name(view.early)}",
    )


def _same(view: View, asked: Question) -> float | None:
    return asked.own if view.same else None


def _sizes(view: View, asked: Question, found: Sweep) -> None:
    """The first picture. A hand picks the n of all that is below it."""

    def pick() -> None:
        x = chart.last_pick(SIZES_CHART)
        if x is not None:
            View.change(n=min(SIZES, key=lambda size: abs(size - x)))

    chart.show(charts.sizes(found, view.early, view.n, _same(view, asked)), SIZES_CHART, on_pick=pick)


def _columns(found: Sweep) -> dict[str, ArrayLike]:
    """Every fine-tuning, a row each."""
    shape = found.accuracy.shape
    seed, n, way, eta = (index.ravel() for index in np.indices(shape))
    instead = {SCRATCH: "scratch", RANDOM: "random, frozen"}
    names = [instead.get(one, exact(one)) for one in found.ways]
    moved = found.drift.reshape(-1, len(charts.LAYERS)).T
    columns: dict[str, ArrayLike] = {
        "seed": seed,
        "n": np.array(found.sizes)[n],
        "early": np.array(names)[way],
        "eta": found.eta[eta],
        "accuracy": found.accuracy.ravel(),
    }
    return columns | {f"{layer} moved": share for layer, share in zip(charts.LAYERS, moved, strict=True)}


# ---- below it


def _multipliers(view: View, run: Run) -> None:
    """How much lower: the accuracy and the layers' drift over the multiplier."""
    asked = studies.over_multipliers(run, view)
    words.heading(f"How much lower? With {count(view.n)} new examples")
    found = answer(
        "transfer over r",
        asked,
        lambda progress, cancelled: studies.work(asked, progress, cancelled),
        studies.shelf(),
        saying=told.waiting(asked),
        label=f"Fine-tune: {told.waiting(asked)}",
        by_itself=True,
    )
    if found is not None:
        same = _same(view, asked)
        chart.show(charts.multipliers(found, same), MULTIPLIERS_CHART)
        words.say(told.over_multiplier(found, same))


def _curves(view: View, asked: Question, found: Sweep) -> None:
    """One fine-tuning, in all ways, each at the rate that the table says."""
    words.heading("One fine-tuning, step by step")
    best = found.best[found.sizes.index(view.n)]
    etas = tuple(asked.own if view.same else float(found.eta[index]) for index in best)
    tuned = _one(view, asked, etas, found.learnt[:, 0])
    if tuned is None:
        return
    chart.show(charts.curves(tuned, asked.ways), CURVES_CHART)
    rates = ", ".join(f"{told.name(way)} at η = {rounded(eta)}" for way, eta in zip(asked.ways, etas, strict=True))
    words.say([f"Seed 0, {count(view.n)} new examples: {rates}."])


def _one(view: View, asked: Question, etas: tuple[float, ...], learnt: Array) -> FineTuning | None:
    """At once where that is quick."""
    question, shelf = (asked, view.n, etas), studies.one_shelf()
    if view.steps <= studies.QUICK and shelf.get(question) is None:
        shelf.put(question, studies.one(asked, view.n, etas, learnt))
    return answer(
        "transfer curves",
        question,
        lambda progress, cancelled: studies.one(asked, view.n, etas, learnt, progress, cancelled),
        shelf,
        saying=f"{len(asked.ways)} ways side by side, {count(view.steps)} steps",
        label="Fine-tune",
        by_itself=True,
    )


def links(board: Board) -> None:
    """The scene on the other pages."""
    open_in(board.scene, but=PAGE)
