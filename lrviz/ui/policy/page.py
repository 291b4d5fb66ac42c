"""The Reinforcement page: what learns at the left; the learning curves; in words and numbers; the cart itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from lrviz.models.learning import Learned
from lrviz.ui import chart, words
from lrviz.ui.background import drawn
from lrviz.ui.head import head as page_head
from lrviz.ui.head import refused
from lrviz.ui.models import named, results
from lrviz.ui.models.ranging import ranging
from lrviz.ui.models.runs import runs
from lrviz.ui.open_in import open_in
from lrviz.ui.policy import charts, told
from lrviz.ui.policy import study as studies
from lrviz.ui.policy.examples import EXAMPLES
from lrviz.ui.policy.study import Question
from lrviz.ui.policy.view import View
from lrviz.ui.stage.board import Board

PAGE = "policy"
SCENE = EXAMPLES[0].scene
"""What an empty link shows."""
CURVES, SEEDS, CART = "policy learning", "policy seeds", "policy cart"
UPDATES = 40
"""Of each real run beside the range test …"""
AROUND = 100.0
"""… whose rates are from the first run’s own divided by this to that times this."""


def head(problems: tuple[str, ...]) -> None:
    """Title, things to start from and the link; and what was refused."""
    page_head(
        "Reinforcement",
        "REINFORCE learns to balance a pole from its own trials, at several η at once.",
        "Examples",
        EXAMPLES,
    )
    refused(problems)


def sidebar(board: Board, view: View) -> None:
    """The runs, then how they learn."""
    with st.sidebar:
        runs(board)
        st.divider()
        view.fields(_FIELDS)


_FIELDS = (
    {"budget": "Steps to learn from", "episodes": "Episodes an update"},
    {"seeds": "Seeds", "seed": "First seed"},
    {"hidden": "tanh units", "discount": "Discount γ"},
    {"bare": "Without a baseline"},
)


def learning(board: Board, view: View) -> None:
    """The learning curves and what came of the runs; then the cart, and a range test."""
    asked = studies.question(board.scene.runs, view)

    def draw(found: tuple[Learned, ...]) -> None:
        chart.show(charts.learning(asked, found), CURVES)

    found = drawn(
        draw,
        "policy learning",
        asked,
        lambda progress, cancelled: studies.study(asked, progress, cancelled),
        studies.shelf(),
        saying=f"Learning to balance: {told.long(asked)[:-1]}",
        label="Learn",
        by_itself=asked.steps <= studies.AT_ONCE,
        note=told.long(asked),
        keep_partial=True,
    )
    if found is None:
        return
    words.verdict(told.verdict(asked, found))
    results.table(told.HEADINGS, told.rows(asked, found))
    results.csv_button(PAGE, lambda: columns(asked, found), "Download every update (CSV)")
    st.html(f'<p class="lr-quiet">{told.setting(asked)}</p>')
    _cart(asked, found, view)
    words.heading("Seed by seed")
    chart.show(charts.seeds(asked, found), SEEDS)
    _range_test(asked)


def _cart(asked: Question, found: Sequence[Learned], view: View) -> None:
    words.heading("Watch the cart")
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    seen = studies.watch(asked, found, view.watch, view.after / 100)
    with left:
        words.say(
            [
                "One episode that none has learned from, with the same start and the same luck for all."
                f" {told.watched(named.names(asked.runs), seen)}"
            ]
        )
    with right:
        view.fields([{"watch": "Seed", "after": "Learned, %"}])
    chart.show(charts.watching(asked, seen), CART)


def _range_test(asked: Question) -> None:
    run = asked.runs[0]
    eta = float(run.schedule.eta)
    ranging(
        PAGE,
        asked,
        lambda: studies.task(asked, run, UPDATES),
        eta / AROUND,
        eta * AROUND,
        steps=2 * UPDATES,
        judged="loss, which is minus the mean return",
    )
    st.html(
        f'<p class="lr-quiet">How to read it: one seed, {asked.setting.episodes} episodes an update, so each loss is'
        " mostly luck, and the smoothed curve is late. Where the policy has become sure of the wrong thing its gradient"
        " is gone: no later rate brings it back, and the test says nothing of rates above that one.</p>"
    )


def columns(asked: Question, found: Sequence[Learned]) -> dict[str, ArrayLike]:
    """All that was seen, a row for each run, seed and update."""
    names, first = named.names(asked.runs), asked.setting.seed
    parts: dict[str, list[ArrayLike]] = {name: [] for name in _COLUMNS}
    for name, each in zip(names, found, strict=True):
        updates, seeds = each.returns.shape
        parts["run"].append(np.repeat(name, updates * seeds))
        parts["seed"].append(np.tile(np.arange(first, first + seeds), updates))
        parts["update"].append(np.repeat(np.arange(updates), seeds))
        parts["environment_steps"].append(each.taken.ravel())
        parts["mean_return"].append(each.returns.ravel())
        parts["entropy"].append(each.entropy.ravel())
        parts["next_eta"].append(np.repeat(np.append(each.eta, np.nan)[:updates], seeds))
        parts["next_step_length"].append(np.concatenate([each.moved, np.full((1, seeds), np.nan)]).ravel())
    return {name: np.concatenate(values) for name, values in parts.items()}


_COLUMNS = (
    "run",
    "seed",
    "update",
    "environment_steps",
    "mean_return",
    "entropy",
    "next_eta",
    "next_step_length",
)


def links(board: Board) -> None:
    """The runs on the other pages."""
    open_in(board.scene, but=PAGE)
