"""The runs of a page without a stage: a row each, with its rate; more of it on demand; and ways to have others."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from lrviz.optimizers import TRAINERS
from lrviz.scene import MOST_RUNS, Run, Scene
from lrviz.schedules import Constant
from lrviz.ui import controls, session, widgets, words
from lrviz.ui.stage.board import Board

STEP = math.sqrt(10)
"""The factor from one rate to the next where they are spread …"""
SPREAD = (-2, -1, 0, 1, 2)
"""… so many of them below and above the run's own."""
DIGITS = 2
"""To so many digits: 0.032, not 0.0316227766."""


def runs(board: Board, but: Collection[str] = ()) -> None:
    """The scene's runs in the sidebar, and what makes others of them. but: the names of numbers not to be shown."""
    names = board.scene.names(short=True)
    for number, (id, run) in enumerate(board.runs().items()):
        _row(number, id, run, names[number], but, alone=len(names) == 1)
    full = len(names) >= MOST_RUNS
    left, right = st.columns(2, wrap=False)
    with left:
        help = f"{MOST_RUNS} runs are as many as can be told apart" if full else "another optimizer, at its typical η"
        st.button("Add a run", on_click=_add, disabled=full, help=help, width="stretch", key="add a run")
    with right:
        help = f"only the first run, at {len(SPREAD)} rates around its own, each √10 times the one before"
        st.button("Spread η", on_click=_spread, help=help, width="stretch", key="spread eta")


def _row(number: int, id: int, run: Run, name: str, but: Collection[str], alone: bool) -> None:
    place = f"of run {number + 1}"
    declared = next(one for one in run.inner.hypers() if one.name == "eta")
    with st.container(key=f"run {number + 1}"):
        chip, more, rate = st.columns([1, 2.5, 1.8], wrap=False, gap="small", vertical_alignment="center")
        with chip:
            words.chip(number)
        with more, st.popover(name, width="stretch", key=f"whole {number + 1} {session.popovers()}"):
            controls.whole_run(id, run, but=("eta", *but), offered=TRAINERS)
            left, right = st.columns(2, wrap=False)
            left.button("Duplicate", on_click=_duplicate, args=[id], width="stretch", key=f"duplicate {id}")
            right.button("Remove", on_click=_remove, args=[id], disabled=alone, width="stretch", key=f"remove {id}")
        with rate:

            def put(eta: float) -> None:
                session.change_run(id, lambda run: replace(run, schedule=run.schedule.with_eta(eta)))

            label = f"η {place}"
            widgets.field(declared, run.inner.title, float(run.schedule.eta), put, f"rate {id}", label, False)


# ---- changes, for callbacks


def _add() -> None:
    session.change(lambda scene: replace(scene, runs=(*scene.runs, another(scene))))


def another(scene: Scene) -> Run:
    """A run to compare with those that there are: the first optimizer that none of them has, at its typical η."""
    taken = {run.method.slug for run in scene.runs}
    optimizer = next(cls for slug, cls in TRAINERS.items() if slug not in taken)()
    return Run(optimizer, Constant(optimizer.typical_eta))


def _duplicate(id: int) -> None:
    session.duplicate(id)
    session.close_popovers()


def _remove(id: int) -> None:
    session.remove(id)
    session.close_popovers()


def _spread() -> None:
    session.change(spread)


def spread(scene: Scene) -> Scene:
    """The first run at several rates around its own, the lowest first. ValueError where one is no rate."""
    first, *_ = scene.runs
    rates = (float(f"{float(first.schedule.eta) * STEP**k:.{DIGITS}g}") for k in SPREAD)
    return replace(scene, runs=tuple(replace(first, schedule=first.schedule.with_eta(rate)) for rate in rates))
