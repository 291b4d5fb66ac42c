"""The By hand page: attempts on top, what came of them below, and at last what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from lrviz.declare import Array
from lrviz.numerals import count, exact
from lrviz.optimizers import Momentum
from lrviz.scene import Run, Scene
from lrviz.schedules import Constant
from lrviz.surfaces import Rosenbrock
from lrviz.tuning.by_hand import Entry, hint, log
from lrviz.tuning.measure import measure
from lrviz.tuning.repeat import Repeated
from lrviz.ui import background, chart, controls, session, words
from lrviz.ui.by_hand import charts, study, told
from lrviz.ui.by_hand.examples import EXAMPLES
from lrviz.ui.by_hand.view import View, declared, parse, start
from lrviz.ui.head import head as page_head
from lrviz.ui.head import notes
from lrviz.ui.open_in import open_in
from lrviz.ui.stage.board import Board

PAGE = "by_hand"
SCENE = Scene(Rosenbrock(), (Run(Momentum(), Constant(Momentum.typical_eta)),))
"""What an empty link shows."""
RATES = "by hand rates"
NAME = "by hand"
STEPS = {"÷ 10": 0.1, "Halve": 0.5, "Double": 2.0, "× 10": 10.0}


def head(board: Board) -> None:
    """Title, what there is to find, exercises and the link; and what was refused."""
    scene = board.scene
    subtitle = f"Find the best η of {scene.names()[0]} on {scene.surface.title}: one attempt is one run."
    page_head("By hand", subtitle, "Exercises", EXAMPLES)
    _, problems = parse(session.view(), scene.runs[0])
    notes(scene, problems)


def exercise(board: Board) -> None:
    """The attempts, their log, and what they are compared with once that is asked for."""
    scene = replace(board.scene, runs=board.scene.runs[:1])
    view, _ = parse(session.view(), scene.runs[0])
    text = study.link(scene)
    try:
        known = measure(study.task(text))
    except ValueError as problem:
        words.notes([f"{problem}."])
        return
    entries = log([study.attempted(text, eta) for eta in view.etas])
    _controls(view)
    if view.hints:
        words.say([told.hint(hint([entry.attempt for entry in entries]))])
    height = charts.Height(known)
    truth = _with_attempts(study.truth(text, *charts.ends_of(view.etas)), entries) if view.compared else None
    chart.show(charts.rates(entries, height, scene, truth), RATES, on_pick=_pick)
    st.html(told.table(entries))
    words.say([told.what_counts(scene)])
    words.heading("The attempts, step by step")
    chart.show(charts.curves(entries, height), "by hand curves")
    if view.compared and truth is not None:
        words.heading("What that is worth")
        words.say([told.yours(entries, truth, known)])
        _against(text, entries, height, noisy=scene.noise is not None)
    open_in(_found(scene, entries), but=PAGE)


def _found(scene: Scene, entries: tuple[Entry, ...]) -> Scene:
    """The scene at the best rate that a hand has found; as it came while nothing but the typical rate was tried."""
    if len(entries) == 1:
        return scene
    best = min(entries, key=lambda entry: entry.attempt.end).attempt.eta
    return replace(scene, runs=(replace(scene.runs[0], schedule=scene.runs[0].schedule.with_eta(best)),))


def _with_attempts(truth: tuple[Array, Array], entries: tuple[Entry, ...]) -> tuple[Array, Array]:
    """The truth with the attempts on it: no attempt may be better than all there is."""
    etas = np.append(truth[0], [entry.attempt.eta for entry in entries])
    losses = np.append(truth[1], [entry.attempt.end for entry in entries])
    rising, first = np.unique(etas, return_index=True)
    return rising, losses[first]


# ---- attempts


def _now() -> tuple[View, Run]:
    """The view as it is, for callbacks."""
    run = session.scene().runs[0]
    view, _ = parse(session.view(), run)
    return view, run


def _look(change: Callable[[View], View]) -> None:
    """Change the view, or tell why not."""
    view, run = _now()
    with session.refusal():
        session.look(change(view).text(run))


def _try(eta: float) -> None:
    _look(lambda view: view.tried(eta))


def _step(factor: float) -> None:
    # 0.07 × 10 is 0.7, and not what binary arithmetic makes of it.
    _look(lambda view: view.tried(float(f"{view.etas[-1] * factor:.12g}")))


def _pick() -> None:
    eta = chart.last_pick(RATES)
    if eta is not None and eta > 0:
        _try(float(charts.readable(np.array([eta]))[0]))


def _controls(view: View) -> None:
    """What may be done next."""
    key = "try η"
    st.session_state[key] = exact(view.etas[-1])

    def typed() -> None:
        _, run = _now()
        with session.refusal():
            _try(float(declared(run).parse("Attempt", st.session_state[key])))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="attempts"):
        st.text_input("Try η", key=key, on_change=typed, width=120, help="Any rate, such as 0.003 or 3e-3")
        for label, factor in STEPS.items():
            st.button(label, on_click=_step, args=[factor], help=f"Run at {exact(factor)} times the last η")
        st.button("Undo", on_click=_look, args=[_undone], disabled=len(view.etas) == 1, help="Forget the last attempt")
        st.button("Start again", on_click=_again, disabled=len(view.etas) == 1 and not view.compared)
        st.session_state["hints"] = view.hints
        st.toggle("Hints", key="hints", on_change=lambda: _look(_hinted))
        if not view.compared:
            help = "Shows what every η would have come to, and what searches find at the same cost"
            st.button("Compare", on_click=_compare, type="primary", help=help)


def _undone(view: View) -> View:
    return replace(view, etas=view.etas[:-1] or view.etas)


def _hinted(view: View) -> View:
    return replace(view, hints=st.session_state["hints"])


def _again() -> None:
    view, run = _now()
    session.look(replace(start(run), hints=view.hints).text(run))


def _compare() -> None:
    _look(lambda view: replace(view, compared=True))
    st.session_state["by hand compare"] = True


# ---- the comparison


def _against(text: str, entries: tuple[Entry, ...], height: charts.Height, noisy: bool) -> None:
    """What searches find at the same cost; while another cost is asked for, what they found before."""
    budget = entries[-1].spent
    least = study.least_budget(text)
    if budget < least:
        words.say(
            [
                f"So far {count(budget)} evaluations were spent. A search cannot count on runs that blow up: it needs"
                f" {count(least)} for a single one, so there is nothing to compare with yet."
            ]
        )
        return
    question = (text, budget)
    found = background.answer(
        NAME,
        question,
        lambda progress, cancelled: study.search(text, budget, progress, cancelled),
        study.searches,
        saying=f"Searching {study.SEEDS} times by each method, at {count(budget)} evaluations",
        label=f"Search at {count(budget)} evaluations",
        by_itself=st.session_state.pop("by hand compare", False) or background.last(NAME) is None,
    )
    if found is not None:
        _compared(entries, found, height, noisy)
        return
    before: tuple[object, Repeated] | None = background.last(NAME)
    if before is not None and isinstance(before[0], tuple) and before[0][0] == text:
        words.say([f"What follows was found at {count(before[0][1])} evaluations."])
        earlier = tuple(entry for entry in entries if entry.spent <= before[0][1])
        if earlier:
            _compared(earlier, before[1], height, noisy)


def _compared(entries: tuple[Entry, ...], searches: Repeated, height: charts.Height, noisy: bool) -> None:
    words.say([told.verdict(entries, searches), told.advantage(noisy)])
    chart.show(charts.race(entries, searches, height), "by hand race")
    st.html(told.rows(entries, searches))


# ---- the sidebar


def sidebar(board: Board) -> None:
    """The surface, the noise, the run and its numbers but its rate, and how long and from where it runs."""
    scene = board.scene
    (id, run), *_ = board.runs().items()
    with st.sidebar:
        controls.surface(scene)
        controls.noise(scene)
        controls.shared_numbers(scene)
        st.divider()
        controls.whole_run(id, run, but=("eta",))
        st.divider()
        controls.steps_and_seed(scene)
        controls.start(scene)
